//! What a run has cost, as JSON: the same names wherever it is told.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/session.hpp"

namespace dynbal::experiment {

nlohmann::ordered_json counts_json(const sim::RunResult& result);

}  // namespace dynbal::experiment
