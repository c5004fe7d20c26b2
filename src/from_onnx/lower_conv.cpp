// Conv, 1-D and 2-D.
#include <algorithm>
#include <numeric>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// Shape of the weights [out][in / groups][kernel_h][kernel_w] as ONNX stores them.
struct ConvShape {
    size_t out = 0, in_per_group = 0, groups = 1, kernel_h = 1, kernel_w = 1;
    Dims kernel;
};

ConvShape read_shape(const onnx::NodeProto& node, const Value& input, const Constant& weights) {
    const size_t rank = input.dims.size();
    if (weights.dims.size() != rank) {
        fail(node, "weights of shape " + to_string(weights.dims) + " do not fit the input " + to_string(input.dims));
    }
    const int64_t groups = int_attribute(node, "group", 1);
    const int64_t in = input.dims[1];
    const int64_t out = weights.dims[0];
    if (groups < 1 || in % groups != 0 || out % groups != 0) {
        fail(node, "group " + std::to_string(groups) + " does not divide its " + std::to_string(in) + " input and " +
                       std::to_string(out) + " output channels");
    }
    if (weights.dims[1] != in / groups) {
        fail(node, "weights of shape " + to_string(weights.dims) + " expect " +
                       std::to_string(weights.dims[1] * groups) + " input channels, but there are " +
                       std::to_string(in));
    }
    ConvShape shape;
    shape.kernel.assign(weights.dims.begin() + 2, weights.dims.end());
    const Dims declared = ints_attribute(node, "kernel_shape");
    if (!declared.empty() && declared != shape.kernel) {
        fail(node,
             "kernel_shape " + to_string(declared) + " differs from that of the weights, " + to_string(shape.kernel));
    }
    shape.out = static_cast<size_t>(out);
    shape.groups = static_cast<size_t>(groups);
    shape.in_per_group = static_cast<size_t>(in / groups);
    shape.kernel_w = static_cast<size_t>(shape.kernel.back());
    shape.kernel_h = rank == 4 ? static_cast<size_t>(shape.kernel.front()) : 1;
    return shape;
}

// To [out][kernel_h][kernel_w][in / groups], with the tensor's orientation and channel order.
std::vector<float> arrange_weights(const Constant& weights, const ConvShape& shape, const Image& image) {
    const size_t area = shape.kernel_h * shape.kernel_w;
    const size_t per_out = area * shape.in_per_group;
    std::vector<float> result(weights.values.size());
    for (size_t i = 0; i < result.size(); ++i) {
        const size_t out = i / per_out;
        const size_t in = i % per_out / area;
        const size_t y = i % area / shape.kernel_w;
        const size_t x = i % shape.kernel_w;
        const size_t tap = image.swapped ? x * shape.kernel_h + y : y * shape.kernel_w + x;
        const size_t channel = shape.groups == 1 ? image.channel[in] : in;
        result[out * per_out + tap * shape.in_per_group + channel] = weights.values[i];
    }
    return result;
}

std::vector<float> read_bias(Context& context, const onnx::NodeProto& node, size_t out) {
    if (input_name(node, 2).empty()) return std::vector<float>(out, 0.0F);
    const Constant& bias = context.weights(node, 2, "bias");
    if (bias.values.size() != out) {
        fail(node, "its bias has " + std::to_string(bias.values.size()) + " values for " + std::to_string(out) +
                       " output channels");
    }
    return bias.values;
}

// A 1x1 kernel looks at no neighbours, so it does not matter how the pixels are arranged.
bool is_pointwise(const onnx::NodeProto& node, const ConvShape& shape) {
    const auto all = [](const Dims& values, int64_t wanted) {
        return std::all_of(values.begin(), values.end(), [=](int64_t v) { return v == wanted; });
    };
    const std::string auto_pad = string_attribute(node, "auto_pad", "NOTSET");
    return shape.groups == 1 && all(shape.kernel, 1) && all(ints_attribute(node, "strides"), 1) &&
           (all(ints_attribute(node, "pads"), 0) || auto_pad != "NOTSET");
}

void lower_pointwise(Context& context, const onnx::NodeProto& node, const ConvShape& shape,
                     const std::vector<float>& weights, std::vector<float> bias) {
    const Dense dense{.axis = 1, .out = shape.out, .weights = weights};
    Value output = lower_dense(context, node, context.activation(node, 0), dense);
    context.graph.stages.back().bias = std::move(bias);
    context.define(node, std::move(output));
}

bool in_order(const std::vector<uint32_t>& channel) {
    for (size_t i = 0; i < channel.size(); ++i) {
        if (channel[i] != i) return false;
    }
    return true;
}

// A grouped convolution cannot absorb reordered channels into its weights.
void check_channels(const onnx::NodeProto& node, const Image& image, const ConvShape& shape) {
    if (shape.groups > 1 && !in_order(image.channel)) {
        fail(node,
             "a grouped convolution after reordered channels is not supported; reorder the "
             "weights of the previous layer instead");
    }
}

}  // namespace

void lower_conv(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.padded_activation(node, 0);
    const Constant& weights = context.weights(node, 1, "weights");
    check_image_shape(node, input.dims);
    const ConvShape shape = read_shape(node, input, weights);
    std::vector<float> bias = read_bias(context, node, shape.out);
    if (is_pointwise(node, shape) && !find_image(context.tensor(input), input)) {
        lower_pointwise(context, node, shape, weights.values, std::move(bias));
        return;
    }
    const Image image = require_image(context, node, input);
    check_channels(node, image, shape);
    const WindowPlan plan = plan_window(node, image, shape.kernel);

    Image target;
    target.h = plan.out_h;
    target.w = plan.out_w;
    target.swapped = image.swapped;
    target.channel.resize(shape.out);
    std::iota(target.channel.begin(), target.channel.end(), 0U);

    const TensorId source = input.tensor;
    const auto out = static_cast<int64_t>(shape.out);
    Value output;
    output.dims = image_dims(target, input.dims.size() == 3, out);
    output.tensor = context.add_tensor(node, target.h, target.w, out);
    output.place = place_image(target, shape.out);
    Stage& stage = context.add_stage(node, StageKind::conv, {source}, output.tensor);
    stage.window = plan.window;
    stage.groups = static_cast<int>(shape.groups);
    stage.weights = arrange_weights(weights, shape, image);
    stage.bias = std::move(bias);
    context.define(node, std::move(output));
}

}  // namespace dynbal::compiler
