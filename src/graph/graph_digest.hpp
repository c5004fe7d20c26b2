//! What a graph computes, as a number: whether an image was made from a model.
#pragma once

#include <string>

#include "graph/graph.hpp"

namespace dynbal::compiler {

/// SHA-256 of shapes, operations and weights, in hexadecimal digits; names do not count.
std::string digest_of(const Graph& graph);

}  // namespace dynbal::compiler
