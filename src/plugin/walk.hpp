//! Walking a schedule with a budget: what a power cycle of some energy achieves, what a whole stage costs under power that
//! fails, and what a cycle that has ended tells of its energy. No formula: the plans that the engine performs are paid one
//! after the other, as they would be on the device.
//!
//! Invariants:
//!  1. for a steady energy the cost of walk_stage() is that of the engine in the simulator, to the unit;
//!  2. panels that are alike are paid at once, so that a walk takes as many steps as the jobs of one panel, not of all.
//! All costs in 1/16 units.
#pragma once

#include <limits>

#include "plugin/schedule.hpp"

namespace dynbal {

inline constexpr uint64_t never = std::numeric_limits<uint64_t>::max();

/// Where a walk has come to when its energy was gone, or the region finished.
struct CycleEnd {
    Progress at;
    uint64_t spent = 0;  ///< of the energy; the rest did not pay for one more byte or MAC
    bool ended = false;  ///< the region is finished
    Traffic traffic;     ///< of the plans that were performed as a whole
};

/// Goes on from `at` with what the schedule holds in SRAM until the energy is gone or the region is finished. A write that
/// is cut leaves what the stage's method keeps: the values before the cut, the jobs before, or nothing.
CycleEnd walk_cycle(Schedule& schedule, const CostModel& prices, const Progress& at, uint64_t energy);

/// What a boot spends on finding out how far a region is, when the record says `known` and NVM holds `found`.
Traffic search_traffic(const Schedule& schedule, const Progress& known, const Progress& found);

/// The most that the search costs among so many values, that for sums left out.
constexpr Traffic most_search_traffic(Kept kept, uint32_t values) {
    const uint64_t looks = kept == Kept::values ? ProgressSearch::most_looks(values) : 0;
    return kept == Kept::jobs ? footprint_search_traffic() : Traffic{looks, 0, looks, 0, 0};
}

/// A stage, a configuration of it, and what each boot spends beside the search.
struct WalkedStage {
    const LoopShape* shape = nullptr;
    TileConfig config;
    uint32_t arena_bytes = 0;
    CostModel prices;
    uint64_t boot = 0;
};

/// The traffic of the stage on steady power.
Traffic stage_traffic(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes);

/// A stage under power that fails.
struct StageWalk {
    uint64_t cost = never;  ///< from its begin to its end, boots included; `never` if it does not end
    uint64_t left = 0;      ///< of the last cycle's energy
    uint64_t failures = 0;
    Progress at;  ///< where it has come to
};

/// The cycle in which the stage begins has `first` left, each further one brings `energy`.
StageWalk walk_stage(const WalkedStage& stage, uint64_t first, uint64_t energy);

/// `cycles` power cycles of `energy`, or fewer if the stage ends: the first one boots and finds the stage at `from`.
StageWalk walk_cycles(const WalkedStage& stage, const Progress& from, uint64_t energy, uint32_t cycles);

/// What a cycle needs, boot and search included, where the stage is dearest to go on with.
struct Needs {
    uint64_t step = 0;  ///< to get on at all: to make one more value, or the sums of one more pass, durable
    uint64_t job = 0;   ///< to finish a job, or a pass of it, begun with an empty SRAM
};
Needs needs_of(const WalkedStage& stage);

/// What the energy of a cycle is known to have been: at least `low`, less than `high`.
struct Bounds {
    uint64_t low = 0;
    uint64_t high = never;
};

/// Bounds of what a cycle spent on plans that began at `from`, with an empty SRAM, and got to `to`. `schedule` holds
/// nothing. `high` is `never` if `to` is the region's end. Tells nothing where stages alone are kept.
Bounds bounds_of_cycle(Schedule& schedule, const CostModel& prices, const Progress& from, const Progress& to);

}  // namespace dynbal
