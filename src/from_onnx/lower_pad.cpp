// Pad: zeros around a value lie nowhere until somebody wants to read them. A Conv or pool takes them for its own padding;
// for the others a stage writes them.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t elements_max = 1 << 24;

void check_value(const onnx::NodeProto& node, const Facts& facts) {
    float value = float_attribute(node, "value", 0);
    if (!input_name(node, 2).empty()) {
        const Constant* constant = facts.constant(input_name(node, 2));
        const bool known = constant != nullptr && constant->is_float && constant->values.size() == 1;
        value = known ? constant->values[0] : std::nanf("");
        const bool integer = constant != nullptr && constant->integers == std::vector<int64_t>{0};
        if (integer) value = 0;
    }
    if (value != 0) fail(node, "its constant value is not 0; only zeros are supported");
}

/// A padded value as channels first, with the axes of the value that these are.
struct Turned {
    Value value;
    std::vector<size_t> axes;
};

Turned turned(const Value& value, std::vector<size_t> axes) {
    Turned result{value, std::move(axes)};
    for (size_t i = 0; i < value.dims.size(); ++i) result.value.dims[i] = value.dims[result.axes[i]];
    auto place = std::make_shared<Places>();
    for (const uint32_t source : transpose_sources(value.dims, result.axes)) place->push_back((*value.place)[source]);
    result.value.place = std::move(place);
    return result;
}

/// How the stored part is an image [1, C, H, W] or [1, C, W], axes in any order that exporters use; with its padding.
struct PaddedImage {
    Turned turned;
    Image image;
    int64_t channels_before = 0, channels_after = 0;
};

std::optional<PaddedImage> find_image_in_padding(const Tensor& tensor, const Value& value) {
    Value seen = value;
    if (seen.dims.size() == 2) seen.dims.push_back(1);
    const size_t rank = seen.dims.size();
    if (rank != 3 && rank != 4) return std::nullopt;
    std::vector<size_t> first(rank);
    std::iota(first.begin(), first.end(), 0U);
    std::vector<size_t> last{0, rank - 1};
    for (size_t i = 1; i + 1 < rank; ++i) last.push_back(i);
    for (const auto& axes : {first, last}) {
        PaddedImage found;
        found.turned = turned(seen, axes);
        auto padding = split_padding(found.turned.value);
        if (!padding || padding->before[0] + padding->after[0] != 0) continue;
        found.channels_before = padding->before[1];
        found.channels_after = padding->after[1];
        // Without the padding of the channels it is what find_image() knows.
        std::vector<Cutout> cutouts;
        for (const int64_t dim : found.turned.value.dims) cutouts.push_back({0, 1, dim});
        cutouts[1] = {found.channels_before, 1, padding->inner.dims[1]};
        Value spatial = found.turned.value;
        auto place = std::make_shared<Places>();
        for (const uint32_t source : cutout_sources(spatial.dims, cutouts)) place->push_back((*spatial.place)[source]);
        spatial.place = std::move(place);
        spatial.dims[1] = padding->inner.dims[1];
        const auto image = find_image(tensor, spatial);
        if (!image) continue;
        found.image = *image;
        return found;
    }
    return std::nullopt;
}

/// Channels of the padded tensor: those stored keep their order behind the zeros before them.
std::vector<uint32_t> padded_channels(const PaddedImage& padded) {
    const auto before = static_cast<uint32_t>(padded.channels_before);
    const auto stored = static_cast<uint32_t>(padded.image.channel.size());
    std::vector<uint32_t> channels(before);
    std::iota(channels.begin(), channels.end(), 0U);
    for (const uint32_t channel : padded.image.channel) channels.push_back(before + channel);
    for (uint32_t i = 0; i < static_cast<uint32_t>(padded.channels_after); ++i) channels.push_back(before + stored + i);
    return channels;
}

/// A stage that gives each channel of its input to the channel `before` places further on.
void pass_channels(Stage& stage, int channels_in, int channels_out, int before) {
    const auto in = static_cast<size_t>(channels_in);
    const auto out = static_cast<size_t>(channels_out);
    stage.bias.assign(out, 0.0F);
    if (channels_in == channels_out) {
        stage.groups = channels_in;
        stage.weights.assign(in, 1.0F);
        return;
    }
    stage.weights.assign(in * out, 0.0F);
    for (size_t i = 0; i < in; ++i) stage.weights[(i + static_cast<size_t>(before)) * in + i] = 1.0F;
}

}  // namespace

Dims pads_of(const onnx::NodeProto& node, const Facts& facts, size_t rank) {
    const std::string mode = string_attribute(node, "mode", "constant");
    if (mode != "constant") {
        fail(node, "attribute 'mode' is '" + mode + "'; only 'constant' is supported, train with zero padding");
    }
    check_value(node, facts);
    const Dims given = facts.ints(node, 1, "pads");
    Dims axes = facts.ints(node, 3, "axes");
    for (size_t i = 0; axes.empty() && i < rank; ++i) axes.push_back(static_cast<int64_t>(i));
    if (input_name(node, 3).empty()) {
        axes.resize(rank);
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (given.size() != 2 * axes.size()) {
        fail(node, "its 'pads' " + to_string(given) + " do not fit its input of rank " + std::to_string(rank));
    }
    Dims pads(2 * rank, 0);
    for (size_t i = 0; i < axes.size(); ++i) {
        const size_t axis = resolve_axis(node, axes[i], rank);
        for (const size_t end : {size_t{0}, size_t{1}}) {
            const int64_t pad = given[end * axes.size() + i];
            if (pad > elements_max || pad < -elements_max) {
                fail(node, "its 'pads' " + to_string(given) + " are too large");
            }
            pads[end * rank + axis] = pad;
        }
    }
    return pads;
}

void lower_pad(Context& context, const onnx::NodeProto& node) {
    Value value = context.padded_activation(node, 0);
    const size_t rank = value.dims.size();
    const Dims pads = pads_of(node, context.facts(), rank);
    const auto is_zero = [](int64_t pad) { return pad == 0; };
    if (std::all_of(pads.begin(), pads.end(), is_zero)) {
        context.define_alias(node, 0, value.place);
        return;
    }
    if (std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad < 0; })) {
        value = context.activation(node, 0);
        std::vector<Cutout> cutouts;
        Dims dims;
        for (size_t i = 0; i < rank; ++i) {
            const int64_t begin = std::max<int64_t>(0, -pads[i]);
            dims.push_back(value.dims[i] - begin - std::max<int64_t>(0, -pads[rank + i]));
            if (dims.back() < 1) fail(node, "its 'pads' leave nothing of its input");
            cutouts.push_back({begin, 1, dims.back()});
        }
        value = select(context, node, value, dims, cutout_sources(value.dims, cutouts));
    }
    Value output = value;
    for (size_t i = 0; i < rank; ++i) {
        output.dims[i] += std::max<int64_t>(0, pads[i]) + std::max<int64_t>(0, pads[rank + i]);
    }
    if (element_count(output.dims) > elements_max) fail(node, "its output is larger than 2^24 values");
    std::vector<Cutout> cutouts;
    for (size_t i = 0; i < rank; ++i) cutouts.push_back({std::max<int64_t>(0, pads[i]), 1, value.dims[i]});
    auto place = std::make_shared<Places>(static_cast<size_t>(element_count(output.dims)), nowhere);
    const std::vector<uint32_t> stored = cutout_sources(output.dims, cutouts);
    for (size_t i = 0; i < stored.size(); ++i) (*place)[stored[i]] = (*value.place)[i];
    output.place = std::move(place);
    output.padded = true;
    context.define(node, std::move(output));
}

Value store_padding(Context& context, const onnx::NodeProto& node, const Value& value) {
    const Tensor source = context.tensor(value);
    const auto padded = find_image_in_padding(source, value);
    if (!padded) fail(node, "it reads padded values that were reshaped in a way that is not supported; pad them later");
    const Image& image = padded->image;
    Image target;
    target.h = source.h + image.pad_top + image.pad_bottom;
    target.w = source.w + image.pad_left + image.pad_right;
    target.swapped = image.swapped;
    target.channel = padded_channels(*padded);
    Value result;
    result.tensor = context.add_tensor(node, target.h, target.w, static_cast<int64_t>(target.channel.size()));
    Stage& stage = context.add_stage(node, StageKind::conv, {value.tensor}, result.tensor);
    stage.window.pad_top = image.pad_top;
    stage.window.pad_left = image.pad_left;
    stage.window.pad_bottom = image.pad_bottom;
    stage.window.pad_right = image.pad_right;
    pass_channels(stage, source.c, static_cast<int>(target.channel.size()), static_cast<int>(padded->channels_before));
    // Back from channels first to the order that the value has.
    const auto place = place_image(target, target.channel.size());
    const std::vector<size_t>& axes = padded->turned.axes;
    const auto sources =
        transpose_sources(value.dims.size() == axes.size() ? value.dims : Dims{value.dims[0], value.dims[1], 1}, axes);
    auto back = std::make_shared<Places>(sources.size());
    for (size_t i = 0; i < sources.size(); ++i) (*back)[sources[i]] = (*place)[i];
    result.dims = value.dims;
    result.place = std::move(back);
    return result;
}

}  // namespace dynbal::compiler
