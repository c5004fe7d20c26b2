//! Words for what an observer is told.
#pragma once

#include <array>

#include "plugin/loop_nest.hpp"
#include "sim/observer.hpp"

namespace dynbal::report {

/// By SpanKind.
inline constexpr std::array<const char*, sim::span_kind_count> span_kind_names{
    "charging", "boot", "idle", "weights", "inputs", "outputs", "checkpoints", "recovery", "control", "compute"};

constexpr const char* name_of(LoopOrder order) {
    switch (order) {
        case LoopOrder::weights_stay: return "weights_stay";
        case LoopOrder::inputs_stay: return "inputs_stay";
        case LoopOrder::sums_move: return "sums_move";
    }
    return "unknown";
}

}  // namespace dynbal::report
