//! The parts of a concatenation share a scale. Where one is much smaller than the whole, it is made larger by a power of
//! two, and the weights that read it take the factor back: the network is the same, and the small part keeps its bits.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace dynbal::compiler {

/// Changes stages of `graph` and the largest magnitudes of its tensors. Returns what the values of each tensor are
/// multiplied with.
std::vector<float> equalise_parts(Graph& graph, std::vector<float>& largest);

/// A warning for each part that is so much smaller than what it lies beside that few steps are left for its values.
/// `scales`: of one step of each tensor.
std::vector<std::string> coarse_parts(const Graph& graph, const std::vector<float>& largest,
                                      const std::vector<double>& scales);

}  // namespace dynbal::compiler
