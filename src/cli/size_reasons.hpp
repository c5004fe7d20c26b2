//! Why no capacitor meets a task, and what to do, in words.
#pragma once

#include <string>

#include "sim/size_limits.hpp"

namespace dynbal::cli {

/// Some sentences, a line each, in volts, farads, joules and watts.
std::string reasons_text(const sim::SizeTask& task, const sim::SizeLimits& limits);

}  // namespace dynbal::cli
