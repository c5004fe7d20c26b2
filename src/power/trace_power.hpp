//! From what was recorded to watts: loads, panels, cells, scales.
#pragma once

#include <functional>

#include "power/options.hpp"
#include "power/trace_layout.hpp"

namespace dynbal::power {

/// Down to this share of the largest value what is negative is noise and counts as nothing: noise=.
double noise_of(Options& options);

/// Watts of a recorded value in SI units that is not negative. Throws InputError where an option that this needs is missing.
std::function<double(double)> watts_of(const TraceLayout& layout, Options& options);

}  // namespace dynbal::power
