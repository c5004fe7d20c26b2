//! What the engine tells a platform while it works. Each board implements it once, most of them by doing nothing.
#pragma once

#include <cstdint>

#include "plugin/cost.hpp"
#include "plugin/loop_nest.hpp"

namespace dynbal {

/// Why NVM is accessed.
enum class TrafficClass : uint8_t { weights, inputs, outputs, checkpoints, recovery, control };
inline constexpr uint32_t traffic_class_count = 6;

enum class EventKind : uint8_t {
    boot,          ///< recovery begins
    resumed,       ///< recovery is over; `value` = values of the region known to be finished
    stage_begin,   ///< a region begins; `config` is what was chosen
    reconfigured,  ///< the configuration was changed inside a stage
    shrunk,        ///< the same, because a power cycle had made no progress
    stage_end,
    inference_end,
};

struct Event {
    EventKind kind = EventKind::boot;
    uint16_t stage = 0;
    uint32_t inference = 0;
    uint64_t value = 0;
    TileConfig config;
};

/// Receives what happens; must not touch NVM.
class Trace {
public:
    virtual void event(const Event&) {}
    virtual void traffic(TrafficClass, const Traffic&) {}

protected:
    ~Trace() = default;
};

}  // namespace dynbal
