//! Private to lower(): one function per operator family. Each lowers one live node of the model;
//! all throw InputError for what they cannot express.
#pragma once

#include <array>
#include <functional>

#include "from_onnx/lower_context.hpp"

namespace dynbal::compiler {

void lower_conv(Context& context, const onnx::NodeProto& node);
void lower_gemm(Context& context, const onnx::NodeProto& node);
void lower_matmul(Context& context, const onnx::NodeProto& node);
void lower_pool(Context& context, const onnx::NodeProto& node);
void lower_pad(Context& context, const onnx::NodeProto& node);
void lower_global_pool(Context& context, const onnx::NodeProto& node);
void lower_reduce(Context& context, const onnx::NodeProto& node);
void lower_relu(Context& context, const onnx::NodeProto& node);
void lower_clip(Context& context, const onnx::NodeProto& node);
void lower_softmax(Context& context, const onnx::NodeProto& node);
void lower_concat(Context& context, const onnx::NodeProto& node);
void lower_add(Context& context, const onnx::NodeProto& node);
void lower_sum(Context& context, const onnx::NodeProto& node);
void lower_sub(Context& context, const onnx::NodeProto& node);
void lower_mul(Context& context, const onnx::NodeProto& node);
void lower_div(Context& context, const onnx::NodeProto& node);
void lower_batch_normalization(Context& context, const onnx::NodeProto& node);
/// Is a BatchNormalization in training mode? Before opset 14 further outputs say so.
bool normalises_with_own_moments(const onnx::NodeProto& node, int64_t opset);
void lower_min_max(Context& context, const onnx::NodeProto& node);
void lower_scaler(Context& context, const onnx::NodeProto& node);
/// Slice, Split, Gather: parts of a value.
void lower_parts(Context& context, const onnx::NodeProto& node);
void lower_quantise(Context& context, const onnx::NodeProto& node);
void lower_dequantise(Context& context, const onnx::NodeProto& node);
/// LogSoftmax and ArgMax at the end: left to the host.
void lower_epilogue(Context& context, const onnx::NodeProto& node);
/// A node that reads what lower_epilogue() has left to the host: it renames that, or looks up labels.
void lower_after_epilogue(Context& context, const onnx::NodeProto& node);
/// Functions of one value: Sigmoid, LeakyRelu and their like.
void lower_curve(Context& context, const onnx::NodeProto& node);
void lower_prelu(Context& context, const onnx::NodeProto& node);
void lower_hard_sigmoid(Context& context, const onnx::NodeProto& node);
void lower_pow(Context& context, const onnx::NodeProto& node);
/// Does lower_curve() know the operator?
bool is_curve(const std::string& operator_name);
/// The function that such a node computes. Throws InputError for attributes that make no sense.
std::function<double(double)> curve_function(const onnx::NodeProto& node);
/// The memory of a tensor as one of another shape with as many values. It is copied if it does not lie in one piece.
TensorId in_shape(Context& context, const onnx::NodeProto& node, TensorId id, int64_t h, int64_t w, int64_t c);
/// Makes a tensor that a stage writes channels of `whole`, from `channel` on.
void put_beside(Context& context, TensorId part, TensorId whole, int channel);

void lower_conv_transpose(Context& context, const onnx::NodeProto& node);
/// The shape that a ConvTranspose gives. Throws InputError.
Dims transposed_dims(const onnx::NodeProto& node, const Dims& in, const Dims& weights);

/// Resize, Upsample: each value repeated a whole number of times.
void lower_resize(Context& context, const onnx::NodeProto& node);
/// The shape that a Resize or Upsample gives. Throws InputError.
Dims enlarged_dims(const onnx::NodeProto& node, const Facts& facts);
void lower_transpose(Context& context, const onnx::NodeProto& node);
/// Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout, Cast, CastLike: the data stay as they are.
void lower_reshape(Context& context, const onnx::NodeProto& node);

/// Does the attribute of opset 6 say so?
bool is_said_to_train(const onnx::NodeProto& node);
/// Throws InputError for a Dropout in training mode.
void check_dropout(const onnx::NodeProto& node, const Facts& facts);

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

/// y = clamp(scale * x + shift), scale and shift each a broadcastable constant that may be absent (nullptr).
/// Merged into the preceding convolution if possible, else a depthwise 1x1 convolution.
void lower_affine(Context& context, const onnx::NodeProto& node, int input, const Constant* scale,
                  const Constant* shift, Clamp clamp = {});
/// The constant's value for each channel of the tensor that holds `value`. Throws InputError if it differs within one.
std::vector<float> per_channel(const Context& context, const onnx::NodeProto& node, const Value& value,
                               const Constant& constant);
/// Adds `shift`, broadcast to the value, to the bias of the stage that produced the value.
void add_bias(const Context& context, const onnx::NodeProto& node, const Value& value, const Constant& shift,
              Stage& stage);

/// Gives a padded value a stage that writes its zeros. Throws InputError if no stage can.
Value store_padding(Context& context, const onnx::NodeProto& node, const Value& value);

/// The pads of a Pad node for a value of that rank, [before..., after...]. Throws InputError for other modes than zeros.
Dims pads_of(const onnx::NodeProto& node, const Facts& facts, size_t rank);

/// The elements `sources` of a value, no two the same, as a value of shape `dims`. Channels are read where they lie; a
/// part of the positions is copied by a stage. Throws InputError for what is no regular part.
Value select(Context& context, const onnx::NodeProto& node, const Value& value, const Dims& dims,
             const std::vector<uint32_t>& sources);

/// Two tensors, element by element; one may be broadcast to the other over positions or channels.
void lower_pair(Context& context, const onnx::NodeProto& node, StageKind kind, std::array<float, 2> factors);

/// The clamp that is merged into the stage before, or a stage of its own.
void lower_clamp(Context& context, const onnx::NodeProto& node, Clamp clamp, int operand = 0);

/// Weights in the float meaning of a DequantizeLinear of constants.
Constant dequantised(const onnx::NodeProto& node, const Facts& facts);

/// The integers that a QuantizeLinear makes of constants.
Constant quantised(const onnx::NodeProto& node, const Facts& facts);

/// Throws InputError unless the shape is [1, C, W] or [1, C, H, W].
void check_image_shape(const onnx::NodeProto& node, const Dims& dims);

/// Shape of the output of a window that slides over an input of that shape. Throws InputError.
Dims window_output(const onnx::NodeProto& node, const Dims& dims, const Dims& kernel);

/// The value as image; throws InputError with advice if it is none.
Image require_image(const Context& context, const onnx::NodeProto& node, const Value& value);

/// The sliding window of a Conv or pool node on an image, in the tensor's orientation, with
/// auto_pad, ceil_mode and the image's own padding resolved into padding; and the size of its output tensor.
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
