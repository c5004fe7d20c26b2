//! A network small enough to cut its inference after every byte, with every kind of stage in it.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compile.hpp"
#include "graph/graph.hpp"

namespace dynbal::sim {

/// [6, 6, 2] -> two convolutions, their sum, two more into one tensor (concatenation), pooling, a fully
/// connected layer, softmax -> 5 values.
compiler::Graph tiny_graph();

/// Compiled for a device with hardly more SRAM than the largest row needs, so that tiles matter.
ImageFile tiny_image();

/// A valid input; each seed gives another.
std::vector<int16_t> tiny_input(const ImageFile& file, uint64_t seed = 1);

}  // namespace dynbal::sim
