//! A report for the terminal: what the page shows, in tables.
#pragma once

#include <string>

#include "report/experiment.hpp"

namespace dynbal::cli {

/// The policies side by side, where time and energy went, and the latency at other harvested powers.
std::string report_summary(const report::Experiment& experiment, const report::Results& results);

}  // namespace dynbal::cli
