// Resize and Upsample that repeat values: maps that grow by whole factors.
//
// A map whose pixels have s * c channels is, in memory, a map s times as wide with c channels; one row with s * w * c
// channels is s rows of w pixels. So stages write side by side as for a concatenation, and the result is read in another
// shape: nothing of this needs an operation of its own.
#include <algorithm>
#include <cmath>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

struct Factors {
    int64_t h = 1, w = 1;
};

/// [h, w, c] as [h, w, times * c]: each pixel repeated.
TensorId repeated(Context& context, const onnx::NodeProto& node, TensorId id, int64_t times) {
    const Tensor source = context.tensor(id);
    const TensorId whole = context.add_tensor(node, source.h, source.w, times * source.c);
    for (int i = 0; i < times; ++i) put_beside(context, context.add_copy(node, id, Clamp{}), whole, i * source.c);
    return whole;
}

TensorId repeat_rows(Context& context, const onnx::NodeProto& node, TensorId id, int64_t times) {
    const Tensor source = context.tensor(id);
    if (times == 1) return id;
    const TensorId rows = in_shape(context, node, id, source.h, 1, int64_t{source.w} * source.c);
    return in_shape(context, node, repeated(context, node, rows, times), times * source.h, source.w, source.c);
}

TensorId repeat_columns(Context& context, const onnx::NodeProto& node, TensorId id, int64_t times) {
    const Tensor source = context.tensor(id);
    if (times == 1) return id;
    return in_shape(context, node, repeated(context, node, id, times), source.h, times * source.w, source.c);
}

/// How Resize finds the value for a place of its output.
class Nearest {
public:
    Nearest(const onnx::NodeProto& node, bool old)
        : coordinates_(old ? "asymmetric" : string_attribute(node, "coordinate_transformation_mode", "half_pixel")),
          rounding_(old ? "floor" : string_attribute(node, "nearest_mode", "round_prefer_floor")) {
        for (const char* known :
             {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "asymmetric", "align_corners"}) {
            if (coordinates_ == known) return;
        }
        fail(node, "coordinate_transformation_mode '" + coordinates_ + "' is not supported; use 'asymmetric'");
    }

    int64_t source(int64_t at, int64_t in, int64_t out) const {
        const auto place = static_cast<double>(at);
        const double scale = static_cast<double>(out) / static_cast<double>(in);
        double from = (place + 0.5) / scale - 0.5;  // of half_pixel, and of its kin for whole factors
        if (coordinates_ == "asymmetric") from = place / scale;
        if (coordinates_ == "align_corners") {
            from = out == 1 ? 0 : place * static_cast<double>(in - 1) / static_cast<double>(out - 1);
        }
        const double rounded = rounding_ == "floor"               ? std::floor(from)
                               : rounding_ == "ceil"              ? std::ceil(from)
                               : rounding_ == "round_prefer_ceil" ? std::floor(from + 0.5)
                                                                  : std::ceil(from - 0.5);
        return std::clamp(static_cast<int64_t>(rounded), int64_t{0}, in - 1);
    }

private:
    std::string coordinates_, rounding_;
};

/// How often each value of an axis is repeated. Throws InputError if it is anything else.
int64_t factor_of(const onnx::NodeProto& node, const Nearest& nearest, int64_t in, int64_t out) {
    const int64_t factor = out / in;
    bool repeats = out == factor * in;
    for (int64_t i = 0; i < out && repeats; ++i) repeats = nearest.source(i, in, out) == i / factor;
    if (!repeats) {
        fail(node, "from " + std::to_string(in) + " to " + std::to_string(out) +
                       " values it does not repeat each as often as the others; enlarge by a whole factor, mode "
                       "'nearest' with 'asymmetric' and 'floor'");
    }
    return factor;
}

void define_image(Context& context, const onnx::NodeProto& node, const Image& image, TensorId tensor) {
    Value output;
    output.tensor = tensor;
    output.dims = context.output_dims(node);
    output.place = place_image(image, image.channel.size());
    output.sole = false;
    context.define(node, std::move(output));
}

}  // namespace

TensorId in_shape(Context& context, const onnx::NodeProto& node, TensorId id, int64_t h, int64_t w, int64_t c) {
    const Tensor source = context.tensor(id);
    if (source.h == h && source.w == w) return id;
    if (!is_packed(context.graph, id)) id = context.add_copy(node, id, Clamp{});
    const TensorId result = context.add_tensor(node, h, w, c);
    Tensor& tensor = context.graph.tensors[static_cast<size_t>(result)];
    tensor.parent = id;
    tensor.is_part = true;
    return result;
}

void put_beside(Context& context, TensorId part, TensorId whole, int channel) {
    Tensor& tensor = context.graph.tensors[static_cast<size_t>(part)];
    tensor.parent = whole;
    tensor.parent_channel = channel;
}

Dims enlarged_dims(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    const bool old = node.op_type() == "Upsample" || facts.opset() < 11;
    const int place = old ? 1 : 2;
    const Dims axes = ints_attribute(node, "axes");
    const auto axis_of = [&](size_t i) { return axes.empty() ? i : resolve_axis(node, axes[i], dims.size()); };
    const auto check_count = [&](size_t count) {
        if (count != (axes.empty() ? dims.size() : axes.size())) {
            fail(node, "its sizes or scales differ in number from the axes");
        }
    };
    if (!old && !input_name(node, 3).empty()) {
        if (string_attribute(node, "keep_aspect_ratio_policy", "stretch") != "stretch") {
            fail(node, "'keep_aspect_ratio_policy' is supported as 'stretch' only");
        }
        const Dims sizes = facts.ints(node, 3, "sizes");
        check_count(sizes.size());
        for (size_t i = 0; i < sizes.size(); ++i) dims[axis_of(i)] = sizes[i];
        return dims;
    }
    const Constant* given = facts.constant(input_name(node, place));
    std::vector<float> scales = given != nullptr ? given->values : floats_attribute(node, "scales");
    if (scales.empty()) fail(node, "its scales or sizes must be constant");
    check_count(scales.size());
    for (size_t i = 0; i < scales.size(); ++i) {
        const double size = std::floor(static_cast<double>(dims[axis_of(i)]) * static_cast<double>(scales[i]));
        if (!(size >= 1 && size < 1e9)) fail(node, "its scales make the shape impossible");
        dims[axis_of(i)] = static_cast<int64_t>(size);
    }
    return dims;
}

void lower_resize(Context& context, const onnx::NodeProto& node) {
    const std::string mode = string_attribute(node, "mode", "nearest");
    if (mode != "nearest") {
        fail(node,
             "mode '" + mode + "' is not supported; use 'nearest' in the model, or a ConvTranspose that is trained");
    }
    const Value& input = context.activation(node, 0);
    const Dims out = context.output_dims(node);
    if (out == input.dims) {
        context.define_alias(node, 0, input.place);
        return;
    }
    Image image = require_image(context, node, input);
    const Nearest nearest(node, node.op_type() == "Upsample" || context.opset() < 11);
    const bool flat = out.size() == 3;
    if (out[1] != input.dims[1] || out[0] != 1) fail(node, "it enlarges channels; only height and width can be");
    Factors factors{flat ? 1 : factor_of(node, nearest, input.dims[2], out[2]),
                    factor_of(node, nearest, input.dims.back(), out.back())};
    if (image.swapped) std::swap(factors.h, factors.w);
    TensorId tensor = repeat_rows(context, node, input.tensor, factors.h);
    tensor = repeat_columns(context, node, tensor, factors.w);
    image.h = context.tensor(tensor).h;
    image.w = context.tensor(tensor).w;
    define_image(context, node, image, tensor);
}

}  // namespace dynbal::compiler
