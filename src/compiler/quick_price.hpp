//! A quick look at what a configuration costs: the traffic of the stage without power failures, counted exactly, and a
//! formula for what failures cost. It only sorts the configurations that are worth walking (compiler/price_tiles.hpp).
//!
//! The formula: a datum of cost L that is used over a span of work S costs L * (1 - L / 2S) when power fails at a random
//! moment of that span: all of it if it had been fetched, half of it on average while it is being fetched.
#pragma once

#include <cstdint>

#include "plugin/walk.hpp"

namespace dynbal::compiler {

/// In 1/16 units.
struct QuickPrice {
    TileConfig config;
    uint64_t reuse = 0;    ///< the stage without failures
    uint64_t refetch = 0;  ///< expected cost of one power failure: fetched again plus unfinished job
    uint64_t need = 0;     ///< energy of a cycle that does a job, as seen at a few places, boot included
};

/// `model.boot` is what a boot spends, search included.
QuickPrice quick_price(const LoopShape& shape, const TileConfig& config, const CostModel& model, uint32_t arena_bytes);

/// About what the stage costs where each cycle brings `energy` (`never`: no failures); infinite if no progress is expected.
double quick_cost(const QuickPrice& price, const CostModel& model, uint64_t energy);

}  // namespace dynbal::compiler
