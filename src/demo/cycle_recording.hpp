//! One power cycle as it will be: simulated at once, then shown in its own time.
//!
//! Invariants:
//!  1. moments are in ascending order of time and cover the cycle without a gap;
//!  2. `log_end` of a moment counts the bytes of the log that were written up to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/observer.hpp"
#include "sim/sim_nvm.hpp"

namespace dynbal::demo {

/// A span, or, without duration, an event.
struct Moment {
    sim::Span span;
    std::optional<Event> event;
    double end_s = 0;    ///< since the cycle began
    size_t log_end = 0;  ///< written by then
};

class Recording final : public sim::Observer {
public:
    void clear();
    void power_on(double time_s) override { on_s_ = time_s; }
    void span(const sim::Span& span) override {
        moments_.push_back({span, std::nullopt, span.begin_s + span.duration_s, log.size()});
    }
    void event(double time_s, const Event& event) override { moments_.push_back({{}, event, time_s, log.size()}); }

    const std::vector<Moment>& moments() const { return moments_; }
    /// When the power came; nothing if it never does.
    std::optional<double> on_s() const { return on_s_; }

    std::vector<sim::LoggedByte> log;  ///< all that was written

private:
    std::vector<Moment> moments_;
    std::optional<double> on_s_;
};

}  // namespace dynbal::demo
