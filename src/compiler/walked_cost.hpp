//! What a stage costs on average under power that fails: the walk of plugin/walk.hpp from many places, with energies that
//! differ as those of real cycles do. All costs in 1/16 units.
#pragma once

#include "plugin/walk.hpp"

namespace dynbal::compiler {

/// How far the energies of cycles lie from what a device takes for them, both ways: it knows a steady supply to some percent.
/// A price that holds for one energy alone would be a lucky one.
inline constexpr double energy_jitter = 0.04;
/// So many walks only tell which of many configurations are worth more.
inline constexpr uint32_t quick_effort = 3;

/// Mean cost of the whole stage where each cycle brings about `energy`; infinite if it does not get on. `effort` walks.
/// `reuse` is the stage's cost without failures.
double walked_cost(const WalkedStage& stage, uint64_t reuse, uint64_t energy, uint32_t effort);

}  // namespace dynbal::compiler
