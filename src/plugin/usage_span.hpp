//! The Usage Span: what a configuration costs, without running it.
//!
//! Two parts, as in the DynBal paper: data reuse (the traffic and work of one stage without power failures,
//! counted exactly) and data refetch (what one failure is expected to cost again). A datum of cost L that is
//! used over a span of work S costs L * (1 - L / 2S) when power fails at a random moment of that span: all of
//! it if it had been fetched, half of it on average while it is being fetched.
#pragma once

#include <cstdint>

#include "plugin/walk.hpp"

namespace dynbal {

/// The price of one configuration of one stage. All costs in 1/16 units.
struct UsageSpan {
    uint64_t reuse = 0;    ///< the stage without failures
    uint64_t refetch = 0;  ///< expected cost of one power failure: fetched again plus unfinished job
    uint64_t need = 0;     ///< a power cycle with less than this (boot included) may make no progress
    Traffic traffic;
};

UsageSpan usage_span(const LoopShape& shape, const TileConfig& config, const CostModel& model, uint32_t arena_bytes);

/// Expected total cost of a stage when each power cycle affords `cycle_cost` (0: no failures): every cycle loses boot and
/// at least refetch (the nearer the energy is to need, the more, up to all of it), so that the stage takes
/// reuse * E / (E - boot - lost). Returns UINT64_MAX if no progress is expected. Arguments up to 2^32 - 1.
uint64_t expected_cost(uint64_t reuse, uint64_t refetch, uint64_t need, uint64_t boot, uint64_t cycle_cost);

}  // namespace dynbal
