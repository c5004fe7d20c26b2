//! Runs one cell of a grid.
#pragma once

#include "experiment/grid.hpp"
#include "experiment/model_store.hpp"
#include "experiment/row.hpp"

namespace dynbal::experiment {

/// The inferences of a cell, one after another on one NVM and one supply. The first that does not
/// come to its end is the last; what goes wrong is told in the row.
Row run_cell(const Grid& grid, const Cell& cell, const PreparedModel& model);

}  // namespace dynbal::experiment
