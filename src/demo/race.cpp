#include "demo/race.hpp"

#include <algorithm>

namespace dynbal::demo {

Race::Race(const Network& network, std::span<const PolicyKind> policies, double power_w, double capacitance_f)
    : history_(power_w) {
    power::ChainOptions chain = sim::chain_of(network.profile());
    if (capacitance_f > 0) chain.capacitor.capacitance_f = capacitance_f;
    for (const PolicyKind policy : policies) {
        boards_.push_back(std::make_unique<Board>(network, policy, history_, chain));
    }
}

void Race::advance(double seconds, double sample_step_s) {
    time_s_ += seconds;
    for (const auto& board : boards_) board->advance(time_s_, sample_step_s);
}

void Race::set_power(double power_w) {
    if (power_w == this->power_w()) return;
    history_.set(time_s_, power_w);
    for (const auto& board : boards_) board->power_changed();
}

bool Race::has_ended() const {
    return std::all_of(boards_.begin(), boards_.end(),
                       [](const auto& board) { return board->has_ended() || !board->trouble().empty(); });
}

}  // namespace dynbal::demo
