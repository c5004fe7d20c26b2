//! Runs one cell of a grid.
#pragma once

#include <functional>

#include "experiment/grid.hpp"
#include "experiment/model_store.hpp"
#include "experiment/row.hpp"

namespace dynbal::experiment {

/// The inferences of a cell, one after another on one NVM and one supply. The first that does not
/// come to its end is the last; what goes wrong is told in the row. `on_progress` as in OracleOptions; may be empty.
Row run_cell(const Grid& grid, const Cell& cell, const PreparedModel& model,
             const std::function<void(double share)>& on_progress = {});

}  // namespace dynbal::experiment
