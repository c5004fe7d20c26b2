// Concat of channels or of whole tensors: a matter of placement, no stage of its own.
#include <algorithm>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

struct Part {
    Value value;
    Rows rows;
};

/// The inputs as channels of the same pixels; nothing if they are not.
std::optional<std::vector<Part>> parts_by_channel(const Context& context, const std::vector<Value>& values,
                                                  size_t axis) {
    std::vector<Part> parts;
    for (const Value& value : values) {
        const Tensor& tensor = context.tensor(value);
        auto rows = split_rows(tensor, value, axis);
        if (!rows) return std::nullopt;
        if (!parts.empty()) {
            const Tensor& first = context.tensor(parts.front().value);
            if (tensor.h != first.h || tensor.w != first.w || rows->pixel != parts.front().rows.pixel) {
                return std::nullopt;
            }
        }
        parts.push_back({value, std::move(*rows)});
    }
    return parts;
}

bool has_whole_child(const Graph& graph, TensorId id) {
    const Tensor& parent = graph.tensors[static_cast<size_t>(id)];
    return std::any_of(graph.tensors.begin(), graph.tensors.end(), [&](const Tensor& tensor) {
        return tensor.parent == id && (tensor.h != parent.h || tensor.w != parent.w);
    });
}

/// Puts a tensor into its parent. A tensor can lie in one parent only, the model input lies where the caller wrote it,
/// and what a curve writes must be packed.
void place(Context& context, const onnx::NodeProto& node, TensorId id, TensorId parent, int offset) {
    const Stage* producer = context.producer(id);
    const bool curve = producer != nullptr && producer->kind == StageKind::curve;
    const bool taken = context.tensor(id).parent != no_tensor || id == context.graph.input || curve ||
                       has_whole_child(context.graph, id);
    const TensorId child = taken ? context.add_copy(node, id, Clamp{}) : id;
    Tensor& tensor = context.graph.tensors[static_cast<size_t>(child)];
    tensor.parent = parent;
    tensor.parent_channel = offset;
}

Value join_channels(Context& context, const onnx::NodeProto& node, const std::vector<Part>& parts, size_t axis) {
    int64_t channels = 0;
    for (const Part& part : parts) channels += context.tensor(part.value).c;
    const Tensor first = context.tensor(parts.front().value);
    Value output;
    output.tensor = context.add_tensor(node, first.h, first.w, channels);
    Rows all{.pixel = parts.front().rows.pixel, .channel = {}};
    for (const Part& part : parts) {
        const auto offset = static_cast<uint32_t>(all.channel.size());
        for (const uint32_t channel : part.rows.channel) all.channel.push_back(offset + channel);
        place(context, node, part.value.tensor, output.tensor, static_cast<int>(offset));
    }
    output.dims = parts.front().value.dims;
    output.dims[axis] = channels;
    output.place = place_rows(AxisSplit(output.dims, axis), all);
    return output;
}

/// Whole tensors one behind the other, as a vector.
Value join_flat(Context& context, const onnx::NodeProto& node, const std::vector<Value>& values) {
    int64_t size = 0;
    for (const Value& value : values) size += static_cast<int64_t>(value.size());
    Value output;
    output.dims = context.output_dims(node);
    output.tensor = context.add_tensor(node, 1, 1, size);
    auto places = std::make_shared<Places>();
    for (const Value& value : values) {
        const auto offset = static_cast<uint32_t>(places->size());
        for (const uint32_t at : *value.place) places->push_back(offset + at);
        place(context, node, value.tensor, output.tensor, static_cast<int>(offset));
    }
    output.place = std::move(places);
    return output;
}

}  // namespace

void lower_concat(Context& context, const onnx::NodeProto& node) {
    const Dims& dims = context.output_dims(node);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 1), dims.size());
    if (node.input_size() == 1) {
        context.define_alias(node, 0, context.activation(node, 0).place);
        return;
    }
    std::vector<Value> values;
    values.reserve(static_cast<size_t>(node.input_size()));
    for (int i = 0; i < node.input_size(); ++i) values.push_back(context.activation(node, i));
    if (const auto parts = parts_by_channel(context, values, axis)) {
        context.define(node, join_channels(context, node, *parts, axis));
        return;
    }
    if (AxisSplit(dims, axis).outer != 1) {
        fail(node, "only concatenation of channels is supported; axis " + std::to_string(axis) +
                       " of its input of shape " + to_string(values.front().dims) +
                       " is not the channels of its tensor");
    }
    context.define(node, join_flat(context, node, values));
}

}  // namespace dynbal::compiler
