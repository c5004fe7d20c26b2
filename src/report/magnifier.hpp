//! Picks one power cycle of each stage, to be shown with every piece of its work.
//!
//! Invariants:
//!  1. such a cycle begins and ends inside of its stage; the third one is taken if there is one, else the first: early
//!     ones still learn the supply;
//!  2. at most `spans_max` spans are kept of a cycle; of more, the longest kind in each of equal parts of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/observer.hpp"

namespace dynbal::report {

struct MagnifiedCycle {
    uint16_t stage = 0;
    uint64_t cycle = 0;  ///< its number in the run, from 0
    double begin_s = 0, duration_s = 0;
    std::vector<sim::Span> spans;
};

class Magnifier {
public:
    explicit Magnifier(size_t spans_max) : spans_max_(spans_max) {}

    void power_on(double time_s);
    void power_off(double time_s);
    void span(const sim::Span& span);
    /// The engine has come to a stage.
    void stage(uint16_t stage);

    std::vector<MagnifiedCycle> cycles() const;

private:
    void take(double end_s);

    size_t spans_max_;
    uint64_t cycle_count_ = 0;
    bool whole_ = false;  ///< the running cycle has seen one stage only
    uint16_t stage_ = 0;
    double begin_s_ = 0;
    std::vector<sim::Span> spans_;
    struct Taken {
        uint32_t seen = 0;
        MagnifiedCycle cycle;
    };
    std::map<uint16_t, Taken> taken_;
};

}  // namespace dynbal::report
