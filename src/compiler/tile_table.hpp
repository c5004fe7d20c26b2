//! Prices every tile configuration of a stage and keeps those that are cheapest for some supply.
#pragma once

#include <vector>

#include "plugin/policy.hpp"

namespace dynbal::compiler {

/// All valid configurations of a stage (tile sizes where a step count changes; rows, parts of rows).
std::vector<TileConfig> all_configs(const LoopShape& shape, uint32_t arena_bytes);

/// The rows worth storing: for every energy of a power cycle the cheapest is among them (to 1 %), the one of
/// least need is there, and the order is that of StageView::candidates. Empty if no configuration fits the arena.
std::vector<Candidate> tile_table(const LoopShape& shape, const CostModel& model, uint32_t arena_bytes);

/// Index of the row of least need, the first of them.
size_t least_need_row(const std::vector<Candidate>& table);

/// Which tile dimension moves the paper's Usage Span more, at a power cycle of 100,000 MACs.
Importance importance_of(const LoopShape& shape);

}  // namespace dynbal::compiler
