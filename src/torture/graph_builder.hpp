//! Graphs with random weights, made stage by stage: for tests, measurements and torture.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compile.hpp"
#include "graph/graph.hpp"

namespace dynbal::torture {

/// Builds a graph stage by stage. Tensors are [h, w, c]; each function returns the new tensor.
class GraphBuilder {
public:
    explicit GraphBuilder(uint64_t seed = 1) : seed_(seed) {}

    compiler::TensorId input(int h, int w, int c);
    /// `window`: paddings at the end follow from `out` being as large as they allow.
    compiler::TensorId conv(compiler::TensorId in, int channels, const compiler::Window& window, int groups = 1,
                            bool relu = true);
    compiler::TensorId pool(compiler::TensorId in, const compiler::Window& window, compiler::PoolKind kind,
                            bool count_include_pad = false);
    compiler::TensorId add(compiler::TensorId a, compiler::TensorId b, bool relu = false);
    compiler::TensorId softmax(compiler::TensorId in);
    compiler::TensorId multiply(compiler::TensorId a, compiler::TensorId b);
    /// A sigmoid; with `per_channel` a slope of its own for the negative values of each channel.
    compiler::TensorId curve(compiler::TensorId in, bool per_channel = false);
    /// `count` channels from `first` on, read where they lie.
    compiler::TensorId part(compiler::TensorId in, int first, int count);
    /// A fully connected layer over all of `in`.
    compiler::TensorId dense(compiler::TensorId in, int channels, bool relu = true);
    /// Makes the given tensors, all produced by stages, the channels of a new one.
    compiler::TensorId concat(const std::vector<compiler::TensorId>& parts);
    /// The given tensors one behind the other, as a vector.
    compiler::TensorId concat_flat(const std::vector<compiler::TensorId>& parts);
    /// Names the output and gives the graph away.
    compiler::Graph finish(compiler::TensorId output);

private:
    compiler::TensorId make_tensor(int h, int w, int c);
    compiler::Tensor& tensor(compiler::TensorId id) { return graph_.tensors[static_cast<size_t>(id)]; }
    float random();

    compiler::Graph graph_;
    uint64_t seed_;
    uint64_t drawn_ = 0;
};

/// Shorthand: a square kernel, its stride and equal padding on all sides.
compiler::Window window(int kernel, int stride = 1, int pad = 0, int dilation = 1);

/// Compiles with random calibration samples.
ImageFile compile_graph(const compiler::Graph& graph, const compiler::CompileOptions& options);

/// Random 15-bit input values for an image.
std::vector<int16_t> random_input(const ImageFile& file, uint64_t seed);

}  // namespace dynbal::torture
