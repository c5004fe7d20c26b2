// Add, Sub, Mul, Div with constants, BatchNormalization, Scaler.
#include <algorithm>
#include <cmath>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {

std::vector<float> per_channel(const Context& context, const onnx::NodeProto& node, const Value& value,
                               const Constant& constant) {
    const Dims& dims = context.output_dims(node);
    if (element_count(dims) != static_cast<int64_t>(value.size())) {
        fail(node, "constant '" + constant.name + "' of shape " + to_string(constant.dims) +
                       " would enlarge the activations " + to_string(value.dims) + "; this broadcast is not supported");
    }
    const auto sources = broadcast_sources(constant.dims, dims);
    if (sources.empty()) {
        fail(node, "constant '" + constant.name + "' of shape " + to_string(constant.dims) + " does not fit " +
                       to_string(value.dims));
    }
    const auto channels = static_cast<size_t>(context.tensor(value).c);
    std::vector<float> result(channels);
    std::vector<bool> known(channels, false);
    for (size_t i = 0; i < sources.size(); ++i) {
        const size_t channel = (*value.place)[i] % channels;
        const float entry = constant.values[sources[i]];
        if (known[channel] && result[channel] != entry) {
            fail(node, "constant '" + constant.name + "' of shape " + to_string(constant.dims) +
                           " differs between positions of one channel; only one value per "
                           "channel is supported");
        }
        result[channel] = entry;
        known[channel] = true;
    }
    return result;
}

namespace {

bool is_unclamped(const Clamp& clamp) {
    return std::isinf(clamp.low) && clamp.low < 0 && std::isinf(clamp.high) && clamp.high > 0;
}

void scale_stage(Stage& stage, const std::vector<float>& scale, const std::vector<float>& shift) {
    const size_t per_out = stage.weights.size() / stage.bias.size();
    for (size_t i = 0; i < stage.weights.size(); ++i) stage.weights[i] *= scale[i / per_out];
    for (size_t i = 0; i < stage.bias.size(); ++i) {
        stage.bias[i] = stage.bias[i] * scale[i] + shift[i];
    }
}

const Constant* constant_operand(Context& context, const onnx::NodeProto& node, int input) {
    if (context.find_constant(input_name(node, input)) == nullptr) return nullptr;
    return &context.weights(node, input, "constant operand");
}

// The operand that is a constant (0 or 1), or -1 if both are activations.
int constant_side(Context& context, const onnx::NodeProto& node) {
    if (node.input_size() != 2) fail(node, "only two operands are supported");
    for (int input = 0; input < 2; ++input) {
        if (constant_operand(context, node, input) != nullptr) return input;
    }
    return -1;
}

Constant map_values(const Constant& constant, float (*function)(float)) {
    Constant result = constant;
    for (float& value : result.values) value = function(value);
    return result;
}

// A vector over the channels (axis 1) in a shape that broadcasts over the other axes.
Constant along_channels(const onnx::NodeProto& node, const Constant& vector, size_t rank) {
    if (rank < 2) fail(node, "its input has no channel axis");
    Constant result = vector;
    result.dims.assign(rank - 1, 1);
    result.dims[0] = static_cast<int64_t>(vector.values.size());
    return result;
}

}  // namespace

void add_bias(const Context& context, const onnx::NodeProto& node, const Value& value, const Constant& shift,
              Stage& stage) {
    const auto values = per_channel(context, node, value, shift);
    for (size_t i = 0; i < values.size(); ++i) stage.bias[i] += values[i];
}

void lower_affine(Context& context, const onnx::NodeProto& node, int input, const Constant* scale,
                  const Constant* shift, Clamp clamp) {
    const Value& value = context.activation(node, input);
    const Tensor source = context.tensor(value);
    const auto channels = static_cast<size_t>(source.c);
    const std::vector<float> scales =
        scale != nullptr ? per_channel(context, node, value, *scale) : std::vector<float>(channels, 1.0F);
    const std::vector<float> shifts =
        shift != nullptr ? per_channel(context, node, value, *shift) : std::vector<float>(channels, 0.0F);
    Stage* before = context.mergeable(input_name(node, input));
    if (before != nullptr && before->kind == StageKind::conv && is_unclamped(before->clamp)) {
        scale_stage(*before, scales, shifts);
        before->clamp = clamp;
        Context::check_weights(node, *before);
        context.define_alias(node, input, value.place);
        return;
    }
    Value output;
    output.dims = context.output_dims(node);
    output.place = value.place;
    output.tensor = context.add_tensor(node, source.h, source.w, source.c);
    Stage& stage = context.add_stage(node, StageKind::conv, {value.tensor}, output.tensor);
    stage.groups = source.c;
    stage.weights = scales;
    stage.bias = shifts;
    stage.clamp = clamp;
    Context::check_weights(node, stage);
    context.define(node, std::move(output));
}

void lower_add(Context& context, const onnx::NodeProto& node) {
    const int side = constant_side(context, node);
    if (side < 0) {
        lower_pair(context, node, StageKind::add, {1, 1});
    } else {
        lower_affine(context, node, 1 - side, nullptr, constant_operand(context, node, side));
    }
}

void lower_sub(Context& context, const onnx::NodeProto& node) {
    const int side = constant_side(context, node);
    if (side < 0) {
        lower_pair(context, node, StageKind::add, {1, -1});
        return;
    }
    const Constant& operand = *constant_operand(context, node, side);
    if (side == 0) {
        Constant minus_one;
        minus_one.values = {-1.0F};
        lower_affine(context, node, 1, &minus_one, &operand);
    } else {
        const Constant negated = map_values(operand, [](float v) { return -v; });
        lower_affine(context, node, 0, nullptr, &negated);
    }
}

void lower_mul(Context& context, const onnx::NodeProto& node) {
    const int side = constant_side(context, node);
    if (side < 0) {
        lower_pair(context, node, StageKind::multiply, {1, 1});
    } else {
        lower_affine(context, node, 1 - side, constant_operand(context, node, side), nullptr);
    }
}

void lower_div(Context& context, const onnx::NodeProto& node) {
    const int side = constant_side(context, node);
    if (side < 0) fail(node, "activations divided by activations are not supported");
    if (side == 0) fail(node, "a constant divided by activations is not supported");
    const Constant inverse = map_values(*constant_operand(context, node, 1), [](float v) { return 1.0F / v; });
    for (const float value : inverse.values) {
        if (!std::isfinite(value)) fail(node, "it divides by zero");
    }
    lower_affine(context, node, 0, &inverse, nullptr);
}

// Of scikit-learn's exporters: (x - offset) * scale, each for all features or one a feature.
void lower_scaler(Context& context, const onnx::NodeProto& node) {
    const auto read = [&](const std::string& name, float otherwise) {
        Constant constant;
        constant.name = name;
        constant.values = floats_attribute(node, name);
        if (constant.values.empty()) constant.values = {otherwise};
        if (constant.values.size() > 1) constant.dims = {static_cast<int64_t>(constant.values.size())};
        return constant;
    };
    const Constant scale = read("scale", 1.0F);
    Constant shift = read("offset", 0.0F);
    if (shift.values.size() == 1) {
        shift.values.resize(scale.values.size(), shift.values[0]);
        shift.dims = scale.dims;
    }
    if (scale.values.size() != 1 && scale.values.size() != shift.values.size()) {
        fail(node, "its scale and offset have different sizes");
    }
    for (size_t i = 0; i < shift.values.size(); ++i) {
        shift.values[i] *= -scale.values[scale.values.size() == 1 ? 0 : i];
    }
    lower_affine(context, node, 0, &scale, &shift);
}

bool normalises_with_own_moments(const onnx::NodeProto& node, int64_t opset) {
    if (int_attribute(node, "training_mode", 0) != 0 || is_said_to_train(node)) return true;
    const auto is_there = [](const std::string& name) { return !name.empty(); };
    return opset < 14 && std::count_if(node.output().begin(), node.output().end(), is_there) > 1;
}

void lower_batch_normalization(Context& context, const onnx::NodeProto& node) {
    if (normalises_with_own_moments(node, context.opset())) {
        fail(node, "training mode is not supported; export the model for inference");
    }
    if (int_attribute(node, "spatial", 1) == 0) {
        fail(node, "spatial = 0 (one scale per position) is not supported");
    }
    const Dims& dims = context.activation(node, 0).dims;
    const size_t rank = dims.size();
    Constant scale = along_channels(node, context.weights(node, 1, "scale"), rank);
    Constant shift = along_channels(node, context.weights(node, 2, "bias"), rank);
    const Constant& mean = context.weights(node, 3, "mean");
    const Constant& variance = context.weights(node, 4, "variance");
    const float epsilon = float_attribute(node, "epsilon", 1e-5F);
    const size_t channels = scale.values.size();
    if (shift.values.size() != channels || mean.values.size() != channels || variance.values.size() != channels) {
        fail(node, "scale, bias, mean and variance have different sizes");
    }
    if (static_cast<int64_t>(channels) != dims[1]) {
        fail(node, "it has " + std::to_string(channels) + " scales, and its input of shape " + to_string(dims) +
                       " has " + std::to_string(dims[1]) +
                       " channels (dimension 1): the exporter took the wrong axis; export again "
                       "with a newer one, or multiply it into the layer before");
    }
    for (size_t i = 0; i < channels; ++i) {
        const double spread = double{variance.values[i]} + double{epsilon};
        if (!std::isfinite(epsilon)) fail(node, "its epsilon is not a finite number");
        if (!(spread > 0.0)) fail(node, "its variance '" + variance.name + "' is negative");
        const double factor = double{scale.values[i]} / std::sqrt(spread);
        shift.values[i] -= static_cast<float>(factor * double{mean.values[i]});
        scale.values[i] = static_cast<float>(factor);
    }
    lower_affine(context, node, 0, &scale, &shift);
}

}  // namespace dynbal::compiler
