//! Boards that run the same network on the same input under the same power, each with a policy of its own.
//!
//! Invariants:
//!  1. what one board does changes nothing for another: only the power is common.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "demo/board.hpp"

namespace dynbal::demo {

class Race {
public:
    /// The network must outlive the race and has an input. `capacitance_f`: 0 for that of the device.
    Race(const Network& network, std::span<const PolicyKind> policies, double power_w, double capacitance_f = 0);

    /// On by so many seconds. Boards that have ended stay as they are.
    void advance(double seconds, double sample_step_s);
    void set_power(double power_w);
    void kill(size_t board) { boards_.at(board)->kill(); }

    double time_s() const { return time_s_; }
    double power_w() const { return history_.power_at(time_s_); }
    bool has_ended() const;
    const PowerHistory& history() const { return history_; }
    std::span<const std::unique_ptr<Board>> boards() const { return boards_; }

private:
    PowerHistory history_;
    std::vector<std::unique_ptr<Board>> boards_;
    double time_s_ = 0;
};

}  // namespace dynbal::demo
