// Two tensors, element by element: Add, Sub, Mul; gates and biases that are computed are broadcast by a stage.
#include <algorithm>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// One value for each channel, for all positions: a maximum over a window that always meets the one position there is.
TensorId spread_over_positions(Context& context, const onnx::NodeProto& node, TensorId from, const Tensor& shape) {
    const TensorId to = context.add_tensor(node, shape.h, shape.w, shape.c);
    Stage& stage = context.add_stage(node, StageKind::pool, {from}, to);
    Window& window = stage.window;
    window.kernel_h = shape.h;
    window.kernel_w = shape.w;
    window.pad_top = window.pad_bottom = shape.h - 1;
    window.pad_left = window.pad_right = shape.w - 1;
    return to;
}

/// One value for each position, for all channels.
TensorId spread_over_channels(Context& context, const onnx::NodeProto& node, TensorId from, const Tensor& shape) {
    const TensorId to = context.add_tensor(node, shape.h, shape.w, shape.c);
    Stage& stage = context.add_stage(node, StageKind::conv, {from}, to);
    stage.weights.assign(static_cast<size_t>(shape.c), 1.0F);
    stage.bias.assign(static_cast<size_t>(shape.c), 0.0F);
    return to;
}

/// `small` as a tensor arranged like `large`; no_tensor if it cannot be had.
TensorId spread_like(Context& context, const onnx::NodeProto& node, const Value& small, const Value& large) {
    const Tensor shape = context.tensor(large);
    const Tensor source = context.tensor(small);
    const auto sources = broadcast_sources(small.dims, large.dims);
    if (sources.size() != large.size()) return no_tensor;
    const auto agree = [&](auto&& place_in_small) {
        for (size_t i = 0; i < sources.size(); ++i) {
            if ((*small.place)[sources[i]] != place_in_small((*large.place)[i])) return false;
        }
        return true;
    };
    const auto channels = static_cast<uint32_t>(shape.c);
    if (agree([](uint32_t place) { return place; }) && source.h == shape.h && source.w == shape.w) return small.tensor;
    const bool one_pixel = source.h == 1 && source.w == 1 && source.c == shape.c;
    if (one_pixel && agree([&](uint32_t place) { return place % channels; })) {
        return spread_over_positions(context, node, small.tensor, shape);
    }
    const bool one_channel = source.c == 1 && source.h == shape.h && source.w == shape.w;
    if (one_channel && agree([&](uint32_t place) { return place / channels; })) {
        return spread_over_channels(context, node, small.tensor, shape);
    }
    return no_tensor;
}

Value combine(Context& context, const onnx::NodeProto& node, const std::array<Value, 2>& operands, StageKind kind,
              std::array<float, 2> factors) {
    const auto dims = broadcast_dims(operands[0].dims, operands[1].dims);
    const auto is_whole = [&](const Value& value) {
        return static_cast<int64_t>(value.size()) == element_count(*dims);
    };
    const bool first = is_whole(operands[0]);
    if (!first && !is_whole(operands[1])) {
        fail(node, "its operands have the shapes " + to_string(operands[0].dims) + " and " +
                       to_string(operands[1].dims) + "; one of them must have the shape of the result");
    }
    Value large = operands[first ? 0 : 1];
    large.dims = *dims;
    const TensorId other = spread_like(context, node, operands[first ? 1 : 0], large);
    if (other == no_tensor) {
        fail(node,
             "its operands are arranged differently in memory; remove Reshape or Transpose between them and the layers "
             "that computed them");
    }
    const Tensor shape = context.tensor(large);
    const std::vector<TensorId> inputs = first ? std::vector{large.tensor, other} : std::vector{other, large.tensor};
    Value output;
    output.dims = *dims;
    output.place = large.place;
    output.tensor = context.add_tensor(node, shape.h, shape.w, shape.c);
    context.add_stage(node, kind, inputs, output.tensor).factors = factors;
    return output;
}

}  // namespace

void lower_pair(Context& context, const onnx::NodeProto& node, StageKind kind, std::array<float, 2> factors) {
    const std::array<Value, 2> operands = {context.activation(node, 0), context.activation(node, 1)};
    context.define(node, combine(context, node, operands, kind, factors));
}

// Sum of any number of tensors: one addition after the other.
void lower_sum(Context& context, const onnx::NodeProto& node) {
    if (node.input_size() == 2) {
        lower_add(context, node);
        return;
    }
    Value total = context.activation(node, 0);
    if (node.input_size() == 1) {
        context.define_alias(node, 0, total.place);
        return;
    }
    for (int i = 1; i < node.input_size(); ++i) {
        total = combine(context, node, {total, context.activation(node, i)}, StageKind::add, {1, 1});
    }
    context.define(node, std::move(total));
}

}  // namespace dynbal::compiler
