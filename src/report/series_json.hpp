//! Many inferences in a row as JSON, the same for every command that runs them.
//!
//! {due, ended, missed, late, left_out, never_ends: counts, duration_s, per_minute, mean_s, median_s, p90_s (nine of ten took so long or less), worst_s, stuck: why
//! one can never end; only where it is so}. Latencies are of those that ended, 0 where none did.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/series.hpp"

namespace dynbal::report {

nlohmann::ordered_json series_json(const sim::SeriesResult& result);

}  // namespace dynbal::report
