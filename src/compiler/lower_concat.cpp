// Concat along channels: a matter of placement, no stage of its own.
#include <algorithm>

#include "compiler/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

struct Part {
    Value value;
    Rows rows;
};

std::vector<Part> collect_parts(Context& context, const onnx::NodeProto& node, size_t axis) {
    std::vector<Part> parts;
    for (int i = 0; i < node.input_size(); ++i) {
        const Value& value = context.activation(node, i);
        const Tensor& tensor = context.tensor(value);
        auto rows = split_rows(tensor, value, axis);
        if (!rows) {
            fail(node, "only concatenation of channels is supported; axis " + std::to_string(axis) + " of input " +
                           std::to_string(i) + " of shape " + to_string(value.dims) +
                           " is not the channels of its tensor");
        }
        if (!parts.empty()) {
            const Tensor& first = context.tensor(parts.front().value);
            if (tensor.h != first.h || tensor.w != first.w || rows->pixel != parts.front().rows.pixel) {
                fail(node,
                     "its inputs are arranged differently in memory; remove Reshape or "
                     "Transpose before it");
            }
        }
        parts.push_back({value, std::move(*rows)});
    }
    return parts;
}

// A tensor can lie in one parent only, and the model input lies where the caller wrote it.
TensorId placeable(Context& context, const onnx::NodeProto& node, TensorId id) {
    const bool taken = context.tensor(id).parent != no_tensor || id == context.graph.input;
    return taken ? context.add_copy(node, id, Clamp{}) : id;
}

}  // namespace

void lower_concat(Context& context, const onnx::NodeProto& node) {
    const Dims& dims = context.output_dims(node);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 1), dims.size());
    if (node.input_size() == 1) {
        context.define_alias(node, 0, context.activation(node, 0).place);
        return;
    }
    const std::vector<Part> parts = collect_parts(context, node, axis);
    int64_t channels = 0;
    for (const Part& part : parts) channels += context.tensor(part.value).c;
    const Tensor first = context.tensor(parts.front().value);
    const TensorId parent = context.add_tensor(node, first.h, first.w, channels);

    Rows all{.pixel = parts.front().rows.pixel, .channel = {}};
    for (const Part& part : parts) {
        const auto offset = static_cast<uint32_t>(all.channel.size());
        for (const uint32_t channel : part.rows.channel) all.channel.push_back(offset + channel);
        // The copy, if one is needed, has to be marked before the next part is looked at.
        const TensorId child = placeable(context, node, part.value.tensor);
        Tensor& tensor = context.graph.tensors[static_cast<size_t>(child)];
        tensor.parent = parent;
        tensor.parent_channel = static_cast<int>(offset);
    }
    Value output;
    output.dims = parts.front().value.dims;
    output.dims[axis] = channels;
    output.tensor = parent;
    output.place = place_rows(AxisSplit(output.dims, axis), all);
    context.define(node, std::move(output));
}

}  // namespace dynbal::compiler
