//! What adapting is worth against the energy of a power cycle: the supplies between "even the smallest tile just fits" and
//! "the largest one always does". The paper's harvesters are a few points on this line; this is the line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/row.hpp"

namespace dynbal::experiment {

/// The models and devices of `grid` with `fixed` and `best` under `budget:E`, E from 20,000 units in steps of 5 % to
/// 2,000,000; one inference each, timing only.
Grid cycle_energy_grid(const Grid& grid);

/// fixed / best, in three currencies. Where charging is what takes the time, time goes as energy.
struct Gain {
    std::string supply;
    double cost = 0, energy = 0, latency = 0;
};

/// One model on one device.
struct CycleEnergyLine {
    std::string model, device;
    std::string least_best;          ///< weakest supply under which `best` ends; empty: none
    std::string least_fixed;         ///< weakest under which `fixed` ends without our safety net; empty: none
    Gain largest_where_alone;        ///< by energy, among the supplies under which `fixed` ends without the net
    Gain largest_with_net;           ///< by energy, among those under which it ends with it
    double worst_best_to_fixed = 0;  ///< largest cost of best / cost of fixed over all supplies
};

/// `rows` as run_sweep() gives them for a cycle_energy_grid().
std::vector<CycleEnergyLine> cycle_energy_lines(const std::vector<Row>& rows);

nlohmann::ordered_json json_of(const std::vector<CycleEnergyLine>& lines);
std::string markdown_of(const std::vector<CycleEnergyLine>& lines);

}  // namespace dynbal::experiment
