// Relu, Clip, Softmax.
#include <algorithm>
#include <cmath>
#include <limits>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

// First `inner`, then `outer`; both have low <= high.
Clamp compose(Clamp inner, Clamp outer) {
    return {
        .low = std::clamp(inner.low, outer.low, outer.high),
        .high = std::clamp(inner.high, outer.low, outer.high),
    };
}

}  // namespace

void lower_clamp(Context& context, const onnx::NodeProto& node, Clamp clamp, int operand) {
    const Value& input = context.activation(node, operand);
    if (context.output_dims(node) != input.dims) fail(node, "its limits would enlarge its input");
    Stage* stage = context.mergeable(input_name(node, operand));
    if (stage != nullptr && stage->kind != StageKind::softmax) {
        stage->clamp = compose(stage->clamp, clamp);
        context.define_alias(node, operand, input.place);
        return;
    }
    Value output;
    output.dims = input.dims;
    output.place = input.place;
    output.tensor = context.add_copy(node, input.tensor, clamp);
    context.define(node, std::move(output));
}

namespace {

float clip_bound(Context& context, const onnx::NodeProto& node, int input, const std::string& attribute,
                 float otherwise) {
    if (has_attribute(node, attribute)) return float_attribute(node, attribute, otherwise);
    if (input_name(node, input).empty()) return otherwise;
    const Constant* bound = context.find_constant(input_name(node, input));
    if (bound == nullptr || !bound->is_float || bound->values.size() != 1) {
        fail(node, "its " + attribute + " must be one constant float");
    }
    return bound->values[0];
}

}  // namespace

void lower_relu(Context& context, const onnx::NodeProto& node) { lower_clamp(context, node, Clamp{.low = 0.0F}); }

// Min and Max with one number are halves of a Clip.
void lower_min_max(Context& context, const onnx::NodeProto& node) {
    const bool is_max = node.op_type() == "Max";
    Clamp clamp;
    int activation = -1;
    for (int i = 0; i < node.input_size(); ++i) {
        const Constant* bound = context.find_constant(input_name(node, i));
        if (bound == nullptr && activation < 0) {
            activation = i;
            continue;
        }
        const bool usable = bound != nullptr && bound->is_float && !bound->values.empty();
        const auto differs = [&](float value) { return value != bound->values[0]; };
        if (!usable || std::any_of(bound->values.begin(), bound->values.end(), differs) ||
            std::isnan(bound->values[0])) {
            fail(node, "it is supported only with one constant number, as a limit");
        }
        if (is_max) clamp.low = std::max(clamp.low, bound->values[0]);
        if (!is_max) clamp.high = std::min(clamp.high, bound->values[0]);
    }
    lower_clamp(context, node, clamp, activation);
}

void lower_clip(Context& context, const onnx::NodeProto& node) {
    Clamp clamp;
    clamp.low = clip_bound(context, node, 1, "min", clamp.low);
    clamp.high = clip_bound(context, node, 2, "max", clamp.high);
    // Some exporters write the largest float for "no limit".
    if (clamp.low <= -std::numeric_limits<float>::max()) clamp.low = Clamp{}.low;
    if (clamp.high >= std::numeric_limits<float>::max()) clamp.high = Clamp{}.high;
    if (std::isnan(clamp.low) || std::isnan(clamp.high)) fail(node, "its min or max is NaN");
    if (clamp.low > clamp.high) fail(node, "its min is greater than its max");
    lower_clamp(context, node, clamp);
}

void lower_softmax(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.activation(node, 0);
    const bool single_axis = context.opset() >= 13;
    const size_t rank = input.dims.size();
    if (rank == 0) fail(node, "its input is a scalar");
    size_t axis = resolve_axis(node, int_attribute(node, "axis", single_axis ? -1 : 1), rank);

    Value seen = input;
    if (!single_axis) {  // older opsets flatten all axes from `axis` on into one
        int64_t outer = 1;
        for (size_t i = 0; i < axis; ++i) outer *= input.dims[i];
        seen.dims = {outer, static_cast<int64_t>(input.size()) / outer};
        axis = 1;
    }
    const Tensor source = context.tensor(input);
    if (!split_rows(source, seen, axis)) {
        fail(node, "it is supported only over the channels of each position; the tensor has " +
                       std::to_string(source.c) + " channels, it normalises over " + std::to_string(seen.dims[axis]) +
                       " values; end the network before it with --output, and do it on the host");
    }
    Value output;
    output.dims = input.dims;
    output.place = input.place;
    output.tensor = context.add_tensor(node, source.h, source.w, source.c);
    context.add_stage(node, StageKind::softmax, {input.tensor}, output.tensor);
    context.define(node, std::move(output));
}

}  // namespace dynbal::compiler
