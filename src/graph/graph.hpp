//! The compiler's graph: tensors and float stages, before quantisation.
//!
//! ONNX nodes are lowered to few stage kinds. Every tensor is held as [height, width, channels]
//! (channels innermost); a vector of K values is [1, 1, K]; a 1-D signal of length W with C
//! channels is [1, W, C]. The batch dimension is always 1 and not stored.
//!
//! Invariants of a graph returned by lower():
//!  1. stages are in execution order: each input was produced by an earlier stage or is the model input;
//!  2. every tensor is produced by exactly one stage, except the model input, concat parents, which are produced
//!     piecewise by the stages that write their children, and parts, which are read where they lie in their parent;
//!  3. weights are laid out [out][kernel_h][kernel_w][in / groups].
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "image_file/epilogue.hpp"

namespace dynbal::compiler {

using TensorId = int;
inline constexpr TensorId no_tensor = -1;

/// A tensor of shape [h, w, c]. If `parent` is set, this tensor lies in the parent: if both have the same height and
/// width, as its channels [parent_channel, parent_channel + c); else the parent is a vector [1, 1, k], and this tensor
/// lies in it as a whole from value parent_channel on (concatenation of flattened tensors). A part may also be all of a
/// parent that lies in one piece, in another shape.
struct Tensor {
    std::string name;
    int h = 1, w = 1, c = 1;
    TensorId parent = no_tensor;
    int parent_channel = 0;
    bool is_part = false;  ///< no stage writes it: it is a part of what is written to its parent

    int64_t size() const { return int64_t{h} * w * c; }
};

enum class StageKind : uint8_t { conv, pool, add, softmax, multiply, curve };
enum class PoolKind : uint8_t { max, average };

/// A sliding window: kernel, stride, padding in values; dilation 1 means dense.
struct Window {
    int kernel_h = 1, kernel_w = 1;
    int stride_h = 1, stride_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    int dilation_h = 1, dilation_w = 1;
};

/// Fused activation: the result is clamped to [low, high]; ReLU is [0, inf], ReLU6 is [0, 6].
struct Clamp {
    float low = -std::numeric_limits<float>::infinity();
    float high = std::numeric_limits<float>::infinity();
};

/// A function of one value, made of straight pieces on the device.
struct Curve {
    std::string name;  ///< the operator it stems from
    std::function<double(double value, size_t channel)> of;
    bool per_channel = false;  ///< `of` differs from channel to channel
    int pieces_log2 = 8;       ///< the range of the input is divided into 2^pieces_log2 equal pieces
    /// Beyond this distance from zero, on both sides, it stays what it is: sigmoid, tanh.
    double flat_beyond = std::numeric_limits<double>::infinity();
};

struct Stage {
    StageKind kind = StageKind::conv;
    std::string name;              ///< name of the ONNX node it stems from, for messages
    std::vector<TensorId> inputs;  ///< one, or two for add and multiply
    TensorId output = no_tensor;
    Window window;   ///< conv and pool
    int groups = 1;  ///< conv only; groups == channels is depthwise
    /// conv only, [out][kernel_h][kernel_w][in / groups]. A fully connected layer is a conv whose
    /// kernel covers its whole input: 1x1 on [1, 1, K], h x w on [h, w, c] (same weight order as
    /// on the flattened tensor); one applied to each of several rows is 1x1.
    std::vector<float> weights;
    std::vector<float> bias;             ///< conv only, [out]
    Clamp clamp;                         ///< all but softmax
    std::array<float, 2> factors{1, 1};  ///< add only: what each operand is multiplied with
    Curve curve;                         ///< curve only
    PoolKind pool_kind = PoolKind::max;  ///< pool only
    bool count_include_pad = false;      ///< average pool only: divide by the whole window, padding included
};

/// How the values of a model tensor, in ONNX order, are arranged in the engine's [h, w, c] order.
/// engine_order[i] is the ONNX (row-major, batch removed) index of the engine's i-th value.
using Order = std::vector<uint32_t>;

struct Graph {
    std::vector<Tensor> tensors;
    std::vector<Stage> stages;
    TensorId input = no_tensor;
    TensorId output = no_tensor;
    std::vector<int64_t> input_dims;   ///< ONNX shape of the input, batch (if any) as 1
    std::vector<int64_t> output_dims;  ///< ONNX shape of the output before the epilogue, which has its own; batch as 1
    Order input_order;                 ///< engine order of the input
    Order output_order;                ///< engine order of the output
    Epilogue epilogue;
    std::vector<std::string> files;  ///< that were read
    std::vector<std::string> notes;  ///< what a user should know about how the model was read
};

/// Where a tensor lies in the tensor at the end of its chain of parents: value (pixel, channel) at
/// offset + pixel * stride + channel.
struct RootPlace {
    TensorId root = no_tensor;
    uint32_t offset = 0, stride = 0;
};
RootPlace place_in_root(const Graph& graph, TensorId id);

/// Do the tensor's pixels follow each other in memory?
bool is_packed(const Graph& graph, TensorId id);

}  // namespace dynbal::compiler
