//! Pseudo-random numbers under the names of the simulator.
#pragma once

#include "base/random.hpp"

namespace dynbal::sim {

using dynbal::hash64;
using dynbal::in_range;
using dynbal::random64;

}  // namespace dynbal::sim
