//! Small networks of every kind of stage, drawn from a seed.
#pragma once

#include <cstdint>

#include "graph/graph.hpp"

namespace dynbal::torture {

/// About `stages` stages, at least one. One with fewer stages begins as one with more does, so that a failure shrinks.
compiler::Graph random_graph(uint64_t seed, uint32_t stages);

}  // namespace dynbal::torture
