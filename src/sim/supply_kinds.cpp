#include "sim/supply_kinds.hpp"

#include <algorithm>
#include <utility>

#include "sim/budget.hpp"
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

void BudgetSupply::begin_cycle() {
    half_units_left_ = next_half_units_;
    next_half_units_ = half_units_;
}

Grant BudgetSupply::pay(const Demand& demand) {
    if (demand.work == Work::overhead) return grant_of(demand, demand.count);
    const uint64_t price = (demand.work == Work::mac ? budget_prices.mac : budget_prices.read_byte) / 8;
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

}  // namespace dynbal::sim
