// Slice, Split, Gather: parts of a value. Channels that follow each other are read where they lie.
#include <algorithm>
#include <set>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// Equally spaced numbers: first, first + step, ...
struct Series {
    uint32_t first = 0, step = 1, count = 0;

    uint32_t index_of(uint32_t value) const { return (value - first) / step; }
};

std::optional<Series> series_of(const std::set<uint32_t>& numbers) {
    Series series;
    series.count = static_cast<uint32_t>(numbers.size());
    series.first = *numbers.begin();
    if (series.count > 1) series.step = *std::next(numbers.begin()) - series.first;
    uint32_t expected = series.first;
    for (const uint32_t number : numbers) {
        if (number != expected) return std::nullopt;
        expected += series.step;
    }
    return series;
}

/// The part of a tensor that is taken, as rows x columns x channels of it.
struct Part {
    Series rows, columns;
    std::set<uint32_t> channels;
};

std::optional<Part> part_of(const Tensor& tensor, const std::vector<uint32_t>& places) {
    const auto channels = static_cast<uint32_t>(tensor.c);
    const auto width = static_cast<uint32_t>(tensor.w);
    std::set<uint32_t> rows, columns;
    Part part;
    for (const uint32_t place : places) {
        rows.insert(place / channels / width);
        columns.insert(place / channels % width);
        part.channels.insert(place % channels);
    }
    const auto row_series = series_of(rows);
    const auto column_series = series_of(columns);
    if (!row_series || !column_series || rows.size() * columns.size() * part.channels.size() != places.size()) {
        return std::nullopt;
    }
    part.rows = *row_series;
    part.columns = *column_series;
    return part;
}

/// A kernel along one axis.
struct AxisWindow {
    int kernel = 1, stride = 1, dilation = 1, pad_end = 0;
};

/// One tap, or two of which the first counts nothing, so that the second begins where the series does.
AxisWindow window_of(const Series& series, int in) {
    const auto first = static_cast<int>(series.first);
    return {.kernel = first > 0 ? 2 : 1,
            .stride = static_cast<int>(series.step),
            .dilation = std::max(1, first),
            .pad_end = static_cast<int>((series.count - 1) * series.step) + first + 1 - in};
}

/// Copies some rows and columns: what lies before them is a tap of weight zero.
TensorId copy_positions(Context& context, const onnx::NodeProto& node, TensorId from, const Part& part) {
    const Tensor source = context.tensor(from);
    const TensorId to = context.add_tensor(node, part.rows.count, part.columns.count, source.c);
    Stage& stage = context.add_stage(node, StageKind::conv, {from}, to);
    Window& window = stage.window;
    const AxisWindow h = window_of(part.rows, source.h);
    const AxisWindow w = window_of(part.columns, source.w);
    window.kernel_h = h.kernel, window.kernel_w = w.kernel;
    window.stride_h = h.stride, window.stride_w = w.stride;
    window.dilation_h = h.dilation, window.dilation_w = w.dilation;
    window.pad_bottom = h.pad_end, window.pad_right = w.pad_end;
    const auto taps = static_cast<size_t>(window.kernel_h) * static_cast<size_t>(window.kernel_w);
    stage.groups = source.c;
    stage.bias.assign(static_cast<size_t>(source.c), 0.0F);
    stage.weights.assign(static_cast<size_t>(source.c) * taps, 0.0F);
    for (size_t i = taps - 1; i < stage.weights.size(); i += taps) stage.weights[i] = 1.0F;
    return to;
}

/// Channels that follow each other stay where they are; others are picked by a 1x1 convolution.
TensorId take_channels(Context& context, const onnx::NodeProto& node, TensorId from,
                       const std::set<uint32_t>& channels) {
    const Tensor source = context.tensor(from);
    const auto first = *channels.begin();
    const TensorId to = context.add_tensor(node, source.h, source.w, static_cast<int64_t>(channels.size()));
    if (*channels.rbegin() - first + 1 == channels.size()) {
        Tensor& part = context.graph.tensors[static_cast<size_t>(to)];
        part.parent = from;
        part.parent_channel = static_cast<int>(first);
        part.is_part = true;
        return to;
    }
    Stage& stage = context.add_stage(node, StageKind::conv, {from}, to);
    stage.bias.assign(channels.size(), 0.0F);
    for (const uint32_t channel : channels) {
        stage.weights.resize(stage.weights.size() + static_cast<size_t>(source.c), 0.0F);
        stage.weights[stage.weights.size() - static_cast<size_t>(source.c) + channel] = 1.0F;
    }
    return to;
}

std::vector<Cutout> everything(const Dims& dims) {
    std::vector<Cutout> cutouts;
    for (const int64_t dim : dims) cutouts.push_back({0, 1, dim});
    return cutouts;
}

std::vector<uint32_t> gather_sources(const Context& context, const onnx::NodeProto& node, const Dims& dims) {
    const Constant* indices = context.facts().integers(node, 1);
    if (indices == nullptr) fail(node, "its indices must be constant");
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), dims.size());
    const AxisSplit split(dims, axis);
    std::vector<uint32_t> sources;
    for (size_t outer = 0; outer < split.outer; ++outer) {
        for (const int64_t index : indices->integers) {
            const int64_t at = index < 0 ? index + dims[axis] : index;
            if (at < 0 || at >= dims[axis]) fail(node, "index " + std::to_string(index) + " is outside its input");
            for (size_t inner = 0; inner < split.inner; ++inner) {
                sources.push_back(
                    static_cast<uint32_t>((outer * split.length + static_cast<size_t>(at)) * split.inner + inner));
            }
        }
    }
    return sources;
}

}  // namespace

Value select(Context& context, const onnx::NodeProto& node, const Value& value, const Dims& dims,
             const std::vector<uint32_t>& sources) {
    std::vector<uint32_t> places;
    places.reserve(sources.size());
    for (const uint32_t source : sources) places.push_back((*value.place)[source]);
    const std::set<uint32_t> different(places.begin(), places.end());
    if (different.size() != places.size()) fail(node, "it takes a value twice, which is not supported");
    const Tensor tensor = context.tensor(value);
    const auto part = part_of(tensor, places);
    if (!part) {
        fail(node, "what it takes is no regular part of the tensor before it (" + to_string(value.dims) +
                       "); take it before the Reshape or Transpose");
    }
    Value result;
    result.dims = dims;
    result.sole = false;
    result.tensor = value.tensor;
    const bool some_channels = part->channels.size() < static_cast<size_t>(tensor.c);
    const bool some_positions =
        static_cast<int>(part->rows.count) < tensor.h || static_cast<int>(part->columns.count) < tensor.w;
    if (some_channels) result.tensor = take_channels(context, node, result.tensor, part->channels);
    if (some_positions) result.tensor = copy_positions(context, node, result.tensor, *part);
    const std::vector<uint32_t> channels(part->channels.begin(), part->channels.end());
    const auto count = static_cast<uint32_t>(channels.size());
    const auto in_channels = static_cast<uint32_t>(tensor.c);
    const auto width = static_cast<uint32_t>(tensor.w);
    for (uint32_t& place : places) {
        const auto channel = static_cast<uint32_t>(
            std::lower_bound(channels.begin(), channels.end(), place % in_channels) - channels.begin());
        const uint32_t row = part->rows.index_of(place / in_channels / width);
        const uint32_t column = part->columns.index_of(place / in_channels % width);
        place = (row * part->columns.count + column) * count + channel;
    }
    result.place = std::make_shared<Places>(std::move(places));
    return result;
}

void lower_parts(Context& context, const onnx::NodeProto& node) {
    const Value value = context.activation(node, 0);
    if (node.op_type() == "Gather") {
        const auto sources = gather_sources(context, node, value.dims);
        context.define(node, select(context, node, value, context.output_dims(node), sources));
        return;
    }
    if (node.op_type() == "Slice") {
        const auto cutouts = slice_cutouts(node, context.facts(), value.dims);
        const auto sources = cutout_sources(value.dims, cutouts);
        context.define(node, select(context, node, value, context.output_dims(node), sources));
        return;
    }
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), value.dims.size());
    std::vector<Cutout> cutouts = everything(value.dims);
    const Dims sizes = split_sizes(node, context.facts(), value.dims, axis);
    for (size_t i = 0; i < sizes.size(); ++i) {
        cutouts[axis].count = sizes[i];
        const int output = static_cast<int>(i);
        const bool wanted = !node.output(output).empty() && context.uses_of(node.output(output)) > 0;
        if (wanted) {
            const auto sources = cutout_sources(value.dims, cutouts);
            context.define(node, select(context, node, value, context.output_dims(node, output), sources), output);
        }
        cutouts[axis].begin += sizes[i];
    }
}

}  // namespace dynbal::compiler
