//! What preservation costs: the same networks under each method, with steady power and with power that fails.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/row.hpp"

namespace dynbal::experiment {

/// Each network of `grid` compiled for each method, on its first device, with steady power and the first two of its supplies, under
/// `best`; timing only. Images are compiled already, and left out.
Grid method_grid(const Grid& grid);

/// One network under one supply with one method; all per inference.
struct MethodCost {
    std::string model, method, supply;
    bool ended = false;
    double power_cycles = 0, read_bytes = 0, write_bytes = 0;
    double energy_j = 0, latency_s = 0;
};

/// `rows` as run_sweep() gives them for the method_grid() `grid`.
std::vector<MethodCost> method_costs(const Grid& grid, const std::vector<Row>& rows);

nlohmann::ordered_json json_of(const std::vector<MethodCost>& costs);
std::string markdown_of(const std::vector<MethodCost>& costs);

}  // namespace dynbal::experiment
