//! Prices the tile configurations of a stage by walking them under power that fails, and makes its table.
//!
//! For energies 4 % apart, closer where their winners differ, down to the least that gets on, the configurations that a
//! formula thinks best are walked from several places, the energy jittered by some percent since a device knows it no better,
//! and the mean decides. Where the winner for a neighbouring energy comes within half a percent, it stays.
#pragma once

#include <vector>

#include "compiler/walked_cost.hpp"
#include "plugin/policy.hpp"

namespace dynbal::compiler {

/// What a device's accesses and boots cost.
struct StagePrices {
    CostModel model;    ///< `boot` with the search for the first unfinished value
    uint64_t boot = 0;  ///< without it
};

struct StageTable {
    std::vector<Candidate> rows;   ///< as TileTable has them; empty if no configuration fits the arena
    std::vector<ShortCost> froms;  ///< the energy from which each is taken
    uint32_t least_need = 0;       ///< the last one
    uint32_t start = 0;            ///< the one for a supply of which nothing is known
};

StageTable tile_table(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes);

/// Rows that a table can do without: all but the first and the last one.
size_t spare_rows(const StageTable& table);
/// Drops the spare row that is taken for the narrowest range of energies; the one behind it, which gets on with less, is taken for
/// them. The row to start with goes last, then the first is it. There must be one.
void drop_row(StageTable& table);

/// Least mean cost at each energy (`never`: no failures), by fewer walks than a table takes; infinite if nothing gets on.
std::vector<double> least_costs(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes,
                                const std::vector<uint64_t>& energies);

}  // namespace dynbal::compiler
