#include "sim/supply_kinds.hpp"

#include <algorithm>
#include <utility>

#include "sim/random.hpp"

namespace dynbal::sim {

uint64_t WriteAllowance::pay(Work work, uint64_t count) {
    if (work != Work::write) return count;
    const uint64_t paid = std::min(count, bytes_left_);
    bytes_left_ -= paid;
    return paid;
}

OnceSupply::OnceSupply(uint64_t bytes, std::unique_ptr<Supply> rest) : rest_(std::move(rest)) { allowance_.set(bytes); }

void OnceSupply::begin_cycle() {
    if (failed_) rest_->begin_cycle();
}

uint64_t OnceSupply::pay(Work work, uint64_t count) {
    if (failed_) return rest_->pay(work, count);
    const uint64_t paid = allowance_.pay(work, count);
    failed_ = paid < count;
    return paid;
}

uint64_t BudgetSupply::pay(Work work, uint64_t count) {
    const uint64_t price = work == Work::mac ? 2 : 29;
    // Dividing rather than multiplying: no count can overflow.
    if (count <= half_units_left_ / price) {
        half_units_left_ -= count * price;
        return count;
    }
    const uint64_t paid = half_units_left_ / price;
    half_units_left_ = 0;
    return paid;
}

void RandomSupply::begin_cycle() {
    allowance_.set(in_range(random64(seed_, cycle_), low_, high_));
    ++cycle_;
}

HarvestSupply::HarvestSupply(uint64_t power_nw, const DeviceProfile& profile)
    : power_nw_(power_nw),
      capacity_fj_(static_cast<int64_t>(profile.capacitor.energy_fj())),
      mac_fj_(net_fj(profile.mac())),
      byte_fj_(net_fj(profile.byte())),
      transfer_fj_(net_fj(profile.transfer())),
      boot_fj_(net_fj(profile.boot())) {}

int64_t HarvestSupply::net_fj(const Cost& cost) const {
    // nW * ps are 1e-21 J.
    return static_cast<int64_t>(cost.energy_fj) - static_cast<int64_t>(power_nw_ * (cost.time_ps / 1000) / 1000);
}

void HarvestSupply::begin_cycle() {
    // fJ / nW are microseconds.
    charging_ps_ += static_cast<uint64_t>(capacity_fj_ - left_fj_) * 1'000'000 / power_nw_;
    left_fj_ = capacity_fj_;
    take(boot_fj_, 1);
}

uint64_t HarvestSupply::take(int64_t each_fj, uint64_t count) {
    if (each_fj <= 0) {
        // Harvests more than it uses. The gain is bounded before it is multiplied.
        const uint64_t room = static_cast<uint64_t>(capacity_fj_ - left_fj_);
        const uint64_t gain = static_cast<uint64_t>(-each_fj);
        left_fj_ = gain != 0 && count > room / gain ? capacity_fj_ : left_fj_ + static_cast<int64_t>(gain * count);
        return count;
    }
    const uint64_t affordable = static_cast<uint64_t>(left_fj_ / each_fj);
    if (count <= affordable) {
        left_fj_ -= each_fj * static_cast<int64_t>(count);
        return count;
    }
    left_fj_ = 0;
    return affordable;
}

uint64_t HarvestSupply::pay(Work work, uint64_t count) {
    if (work == Work::mac) return take(mac_fj_, count);
    if (count == 0 || take(transfer_fj_, 1) == 0) return 0;
    return take(byte_fj_, count);
}

}  // namespace dynbal::sim
