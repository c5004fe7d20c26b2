//! Small graphs for tests, with random weights, and their images.
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "graph/graph.hpp"
#include "torture/graph_builder.hpp"

namespace dynbal::test {

using torture::compile_graph;
using torture::GraphBuilder;
using torture::random_input;
using torture::window;

/// Compiles with random calibration samples. `sram_bytes`: for buffers, what is left of it.
ImageFile compile_graph(const compiler::Graph& graph, uint32_t weight_bytes = 2, uint32_t sram_bytes = 64 * 1024,
                        uint32_t nvm_bytes = 512 * 1024);

compiler::CompileOptions options_for(uint32_t weight_bytes, uint32_t sram_bytes, uint32_t nvm_bytes);

/// The same image for another method of preservation; its tile tables stay as they are.
ImageFile with_method(const ImageFile& file, uint8_t method);

/// The same, but while nothing is known of the supply `best` takes the row that `fixed` takes: what it does from then on is all that they
/// differ in.
ImageFile starting_as_fixed(const ImageFile& file);

/// The same, with as little NVM as will do: storages share memory wherever they can.
ImageFile compile_tight(const compiler::Graph& graph, uint32_t weight_bytes = 2, uint32_t sram_bytes = 64 * 1024);

struct NamedGraph {
    std::string name;
    compiler::Graph graph;
    uint32_t weight_bytes = 2;
    uint32_t sram_bytes = 64 * 1024;
};

/// One graph for each feature of the engine: stride, padding, dilation, groups, depthwise, slices
/// of a concatenation, addition, products, curves, all kinds of pools, softmax, 1-D signals, little SRAM.
std::vector<NamedGraph> feature_graphs();

/// A network of a few hundred output values that has a bit of everything: for exhaustive cuts.
compiler::Graph tiny_network(uint64_t seed = 1);

/// Convolutions of several input channels and a fully connected layer: passes are possible, inside a job and of all jobs.
compiler::Graph channel_network();

}  // namespace dynbal::test
