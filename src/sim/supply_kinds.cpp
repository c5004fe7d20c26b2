#include "sim/supply_kinds.hpp"

#include <algorithm>
#include <utility>

#include "base/random.hpp"

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

void BudgetSupply::begin_cycle() {
    left_ = next_sixteenths_;
    next_sixteenths_ = sixteenths_;
}

Grant BudgetSupply::pay(const Demand& demand) {
    if (demand.work == Work::overhead) return grant_of(demand, demand.count);
    const bool is_mac = demand.work == Work::mac;
    const uint64_t price = is_mac ? prices_.mac : demand.work == Work::read ? prices_.read_byte : prices_.write_byte;
    const uint64_t start = is_mac ? prices_.job : prices_.transfer;
    // Dividing rather than multiplying: no count can overflow.
    const uint64_t affordable = left_ < start ? 0 : (left_ - start) / price;
    if (left_ < start || demand.count > affordable) {
        left_ = 0;
        return {affordable, false, grant_of(demand, affordable).cost};
    }
    left_ -= start + demand.count * price;
    return grant_of(demand, demand.count);
}

void RandomSupply::begin_cycle() {
    allowance_.set(in_range(random64(seed_, cycle_), low_, high_));
    ++cycle_;
}

}  // namespace dynbal::sim
