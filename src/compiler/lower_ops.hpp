//! Private to lower(): one function per operator family. Each lowers one live node of the model;
//! all throw InputError for what they cannot express.
#pragma once

#include "compiler/lower_context.hpp"

namespace dynbal::compiler {

void lower_conv(Context& context, const onnx::NodeProto& node);
void lower_gemm(Context& context, const onnx::NodeProto& node);
void lower_matmul(Context& context, const onnx::NodeProto& node);
void lower_pool(Context& context, const onnx::NodeProto& node);
/// A Pad that fold_pads() has left: always an error.
void lower_pad(Context& context, const onnx::NodeProto& node);
void lower_global_pool(Context& context, const onnx::NodeProto& node);
void lower_reduce(Context& context, const onnx::NodeProto& node);
void lower_relu(Context& context, const onnx::NodeProto& node);
void lower_clip(Context& context, const onnx::NodeProto& node);
void lower_softmax(Context& context, const onnx::NodeProto& node);
void lower_concat(Context& context, const onnx::NodeProto& node);
void lower_add(Context& context, const onnx::NodeProto& node);
void lower_sub(Context& context, const onnx::NodeProto& node);
void lower_mul(Context& context, const onnx::NodeProto& node);
void lower_div(Context& context, const onnx::NodeProto& node);
void lower_batch_normalization(Context& context, const onnx::NodeProto& node);
void lower_constant(Context& context, const onnx::NodeProto& node);
void lower_transpose(Context& context, const onnx::NodeProto& node);
/// Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout, Cast: the data stay as they are.
void lower_reshape(Context& context, const onnx::NodeProto& node);

/// The permutation of a Transpose node for an input of that rank.
std::vector<size_t> transpose_permutation(const onnx::NodeProto& node, size_t rank);

/// A fully connected layer along one axis of a value: weights [out][length of the axis], in ONNX
/// order of the axis. Several rows become a 1x1 convolution, a single row one whose kernel covers
/// the whole input tensor.
struct Dense {
    size_t axis = 0;
    size_t out = 0;
    std::vector<float> weights;
};
Value lower_dense(Context& context, const onnx::NodeProto& node, const Value& input, const Dense& dense);

/// y = scale * x + shift, each a broadcastable constant that may be absent (nullptr).
/// Merged into the preceding convolution if possible, else a depthwise 1x1 convolution.
void lower_affine(Context& context, const onnx::NodeProto& node, int input, const Constant* scale,
                  const Constant* shift);
/// Adds `shift`, broadcast to the value, to the bias of the stage that produced the value.
void add_bias(const Context& context, const onnx::NodeProto& node, const Value& value, const Constant& shift,
              Stage& stage);

/// Turns Pad nodes, where that is exact, into padding of the nodes that read them. Throws InputError where a Pad cannot be
/// expressed; one whose reader is the model's output stays.
void fold_pads(onnx::ModelProto& model);

/// Throws InputError unless the value has the shape [1, C, W] or [1, C, H, W].
void check_image_shape(const onnx::NodeProto& node, const Value& value);

/// The value as image; throws InputError with advice if it is none.
Image require_image(const Context& context, const onnx::NodeProto& node, const Value& value);

/// The sliding window of a Conv or pool node on an image, in the tensor's orientation, with
/// auto_pad and ceil_mode resolved into padding; and the size of its output tensor.
struct WindowPlan {
    Window window;
    int out_h = 1, out_w = 1;
    bool ceil_extended = false;  ///< ceil_mode added padding that ONNX does not count as such
};
WindowPlan plan_window(const onnx::NodeProto& node, const Image& image, const Dims& kernel);

/// True if some position of the window sees nothing but padding.
bool has_empty_window(const Window& window, int in_h, int in_w, int out_h, int out_w);

/// ONNX shape [1, C, H, W] (or [1, C, W] if `flat`) of an image with that size in the tensor.
Dims image_dims(const Image& image, bool flat, int64_t channels);

/// Layout for the model input, found from the first operator that needs a definite one.
void place_input(Context& context);

}  // namespace dynbal::compiler
