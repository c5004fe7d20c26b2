//! Watches a run in time: what it is told is enough to draw the run, and nothing it does changes the run.
//!
//! Times are seconds since the run began (the capacitor's first charge included) and never go back. Energies are what
//! the load drew, without losses of converter and capacitor.
#pragma once

#include <cstdint>

#include "platform/trace.hpp"

namespace dynbal::sim {

/// What time and energy go to.
enum class SpanKind : uint8_t {
    charging,
    boot,
    idle,
    weights,
    inputs,
    outputs,
    checkpoints,
    recovery,
    control,
    compute
};
inline constexpr uint32_t span_kind_count = 10;

/// One kind of work without interruption.
struct Span {
    SpanKind kind = SpanKind::idle;
    uint16_t stage = 0;
    double begin_s = 0;
    double duration_s = 0;
    double energy_j = 0;
    double voltage_begin_v = 0;  ///< of the capacitor; 0 if the supply has none
    double voltage_end_v = 0;
};

class Observer {
public:
    virtual void power_on(double /*time_s*/) {}
    /// The power has failed. At the end of a run the device is still on.
    virtual void power_off(double /*time_s*/) {}
    /// Spans follow each other without a gap; those without duration are not told.
    virtual void span(const Span&) {}
    /// What the engine said, with its time.
    virtual void event(double /*time_s*/, const Event&) {}

protected:
    ~Observer() = default;
};

}  // namespace dynbal::sim
