//! Run-time reconfiguration: which tile configuration a stage runs with. Knows nothing of the engine.
#pragma once

#include <cstdint>
#include <span>

#include "plugin/usage_span.hpp"

namespace dynbal {

/// One row of a stage's table of configurations, priced by the compiler; 24 bytes, as in the image.
/// Costs in 1/16 units, saturated.
struct Candidate {
    TileConfig config;
    uint32_t reuse = 0;
    uint32_t refetch = 0;
    uint32_t need = 0;
};
static_assert(sizeof(Candidate) == 24);

/// The two tile dimensions of the paper, by importance: which of them moves the Usage Span more.
enum class Importance : uint8_t { out_first = 0, in_first = 1 };

/// What a policy may look at when it chooses.
struct StageView {
    LoopShape shape;
    /// At least one. [0] reuses most: cheapest without failures. [1], if there is one, needs least of those within
    /// half a percent of it: the choice as long as nothing is known of the supply. The rest by reuse.
    std::span<const Candidate> candidates;
    CostModel model;
    uint32_t arena_bytes = 0;
    Importance importance = Importance::out_first;
};

enum class PolicyKind : uint8_t {
    fixed = 0,  ///< largest reuse, always
    paper = 1,  ///< the DynBal paper: its formulas, one search per dimension, by importance
    best = 2,   ///< least expected cost over the stage's table, which holds the winner for every supply
};

/// Energy of a power cycle as known so far, in 1/16 units; 0: not known yet.
struct Supply {
    uint64_t cycle_cost = 0;
    /// After a cycle without progress: only configurations that need at most this are tried; 0: no limit. Without
    /// an estimate it also says that a cycle brings about a third more than this.
    uint64_t need_limit = 0;

    constexpr uint64_t assumed_cycle_cost() const { return cycle_cost != 0 ? cycle_cost : need_limit / 3 * 4; }
};

/// Chooses the configuration for a stage (or for what is left of it).
Candidate choose(PolicyKind policy, const StageView& stage, const Supply& supply);

/// Prices any configuration as a table row.
Candidate priced(const StageView& stage, const TileConfig& config);

/// Expected cost of the whole stage under `supply`; UINT64_MAX where no progress is expected.
uint64_t expected_cost(const Candidate& candidate, const CostModel& model, uint64_t cycle_cost);

/// The paper's Usage Span (formulas of the reference, in values read from NVM) for one pair of tile sizes.
/// `cycle_macs` is the energy of a power cycle in MACs.
uint64_t paper_usage_span(const LoopShape& shape, uint32_t tile_out, uint32_t tile_in, uint64_t cycle_macs);

/// The i-th of the tile sizes at which ceil(size / tile) changes, largest tile first; count by distinct_tiles.
uint32_t distinct_tile(uint32_t size, uint32_t index);
uint32_t distinct_tiles(uint32_t size);

}  // namespace dynbal
