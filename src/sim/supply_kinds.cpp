#include "sim/supply_kinds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/random.hpp"

namespace dynbal::sim {

Grant WriteAllowance::pay(const Demand& demand) {
    if (demand.work != Work::write) return grant_of(demand, demand.count);
    const uint64_t paid = std::min(demand.count, bytes_left_);
    bytes_left_ -= paid;
    return grant_of(demand, paid);
}

OnceSupply::OnceSupply(uint64_t bytes, std::unique_ptr<Supply> rest) : rest_(std::move(rest)) { allowance_.set(bytes); }

void OnceSupply::begin_cycle() {
    if (failed_) rest_->begin_cycle();
}

Grant OnceSupply::pay(const Demand& demand) {
    if (failed_) return rest_->pay(demand);
    const Grant grant = allowance_.pay(demand);
    failed_ = !grant.whole;
    return grant;
}

Grant BudgetSupply::pay(const Demand& demand) {
    if (demand.work == Work::overhead) return grant_of(demand, demand.count);
    const uint64_t price = demand.work == Work::mac ? 2 : 29;
    // Dividing rather than multiplying: no count can overflow.
    const uint64_t affordable = half_units_left_ / price;
    if (demand.count > affordable) {
        half_units_left_ = 0;
        return grant_of(demand, affordable);
    }
    half_units_left_ -= demand.count * price;
    return grant_of(demand, demand.count);
}

void RandomSupply::begin_cycle() {
    allowance_.set(in_range(random64(seed_, cycle_), low_, high_));
    ++cycle_;
}

HarvestSupply::HarvestSupply(uint64_t power_nw, const Capacitor& capacitor)
    : power_nw_(power_nw), capacitor_(capacitor), capacity_fj_(static_cast<int64_t>(capacitor.energy_fj())) {}

int64_t HarvestSupply::net_fj(const Cost& cost) const {
    // nW * ps are 1e-21 J.
    return static_cast<int64_t>(cost.energy_fj) - static_cast<int64_t>(power_nw_ * (cost.time_ps / 1000) / 1000);
}

double HarvestSupply::voltage_v() const {
    const double off_v = static_cast<double>(capacitor_.off_mv) * 1e-3;
    // 2 fJ / nF are uV^2.
    const double above = 2e-6 * static_cast<double>(left_fj_) / static_cast<double>(capacitor_.capacitance_nf);
    return std::sqrt(off_v * off_v + above);
}

void HarvestSupply::begin_cycle() {
    // fJ / nW are microseconds.
    charging_ps_ += static_cast<uint64_t>(capacity_fj_ - left_fj_) * 1'000'000 / power_nw_;
    left_fj_ = capacity_fj_;
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

Grant HarvestSupply::pay(const Demand& demand) {
    if (take(net_fj(demand.start), 1) == 0) return {0, false, demand.start};
    return grant_of(demand, take(net_fj(demand.each), demand.count));
}

}  // namespace dynbal::sim
