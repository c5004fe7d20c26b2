//! Small networks of every kind of stage, drawn from a seed.
#pragma once

#include <cstdint>

#include "graph/graph.hpp"

namespace dynbal::torture {

/// About `stages` stages, at least one. One with fewer stages begins as one with more does, so that a failure shrinks.
/// `scale`: maps are up to so many times 7 pixels high and wide, and convolutions have up to so many times 9 channels.
compiler::Graph random_graph(uint64_t seed, uint32_t stages, uint32_t scale = 1);

}  // namespace dynbal::torture
