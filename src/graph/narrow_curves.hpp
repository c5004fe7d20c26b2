//! Functions that are flat far from zero: what comes before them need not be finer there, so it is clamped.
#pragma once

#include "graph/graph.hpp"

namespace dynbal::compiler {

/// Clamps what only flat functions read to where they are not flat. Their straight pieces are spread over the range of their
/// input: the few of them between which sigmoid or tanh changes would be coarse where the inputs reach far beyond.
void clamp_before_flat_curves(Graph& graph);

}  // namespace dynbal::compiler
