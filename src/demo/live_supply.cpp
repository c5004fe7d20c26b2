#include "demo/live_supply.hpp"

#include <algorithm>

namespace dynbal::demo {

void LiveSupply::begin_cycle() {
    on_ps_ = 0;
    supply_->begin_cycle();
}

sim::Grant LiveSupply::pay(const sim::Demand& demand) {
    const uint64_t whole_ps = grant_of(demand, demand.count).cost.time_ps;
    if (!cut_ps_ || on_ps_ + whole_ps <= *cut_ps_) {
        on_ps_ += whole_ps;
        return supply_->pay(demand);
    }
    const uint64_t left_ps = *cut_ps_ - std::min(on_ps_, *cut_ps_);
    if (left_ps < demand.start.time_ps) return {};
    sim::Demand part = demand;
    // What takes no time is over before the cut.
    part.count = demand.each.time_ps == 0 ? 0 : (left_ps - demand.start.time_ps) / demand.each.time_ps;
    sim::Grant grant = supply_->pay(part);
    grant.whole = false;
    return grant;
}

}  // namespace dynbal::demo
