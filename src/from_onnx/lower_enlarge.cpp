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

/// What Resize makes of an axis.
struct Resized {
    int64_t in = 1, out = 1;
    double scale = 1;  ///< as it is stated: out may be rounded
};

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

    int64_t source(int64_t at, const Resized& axis) const {
        const double from = place_of(static_cast<double>(at), axis);
        const double rounded = rounding_ == "floor"               ? std::floor(from)
                               : rounding_ == "ceil"              ? std::ceil(from)
                               : rounding_ == "round_prefer_ceil" ? std::floor(from + 0.5)
                                                                  : std::ceil(from - 0.5);
        return std::clamp(static_cast<int64_t>(rounded), int64_t{0}, axis.in - 1);
    }

private:
    double place_of(double at, const Resized& axis) const {
        const auto in = static_cast<double>(axis.in), out = static_cast<double>(axis.out);
        if (coordinates_ == "asymmetric") return at / axis.scale;
        if (coordinates_ == "align_corners") return axis.out == 1 ? 0 : at * (in - 1) / (out - 1);
        if (coordinates_ == "pytorch_half_pixel" && axis.out == 1) return 0;
        const double symmetric = coordinates_ == "half_pixel_symmetric" ? in / 2 * (1 - out / (axis.scale * in)) : 0;
        return symmetric + (at + 0.5) / axis.scale - 0.5;
    }

    std::string coordinates_, rounding_;
};

/// How often each value of an axis is repeated. Throws InputError if it is anything else.
int64_t factor_of(const onnx::NodeProto& node, const Nearest& nearest, const Resized& axis) {
    if (axis.in == 1) return axis.out;  // between a value and itself there is nothing else
    const std::string mode = string_attribute(node, "mode", "nearest");
    constexpr double tolerance = 1e-6;
    if (mode != "nearest" && std::fabs(axis.scale - 1) <= tolerance) return 1;
    if (mode != "nearest") {
        fail(node,
             "mode '" + mode +
                 "' is not supported where it changes a size; use 'nearest' in the model, or a ConvTranspose that "
                 "is trained");
    }
    const int64_t factor = axis.out / axis.in;
    bool repeats = axis.out == factor * axis.in;
    for (int64_t i = 0; i < axis.out && repeats; ++i) repeats = nearest.source(i, axis) == i / factor;
    if (!repeats) {
        fail(node, "from " + std::to_string(axis.in) + " to " + std::to_string(axis.out) +
                       " values it does not repeat each as often as the others; enlarge by a whole factor, mode "
                       "'nearest' with 'asymmetric' and 'floor'");
    }
    return factor;
}

bool is_old(const onnx::NodeProto& node, const Facts& facts) {
    return node.op_type() == "Upsample" || facts.opset() < 11;
}

/// Throws InputError.
std::vector<Resized> resized_axes(const onnx::NodeProto& node, const Facts& facts) {
    std::vector<Resized> all;
    for (const int64_t dim : facts.input_dims(node, 0)) all.push_back({dim, dim, 1});
    const Dims axes = ints_attribute(node, "axes");
    const auto axis_of = [&](size_t i) -> Resized& {
        return all[axes.empty() ? i : resolve_axis(node, axes[i], all.size())];
    };
    const auto check_count = [&](size_t count) {
        if (count != (axes.empty() ? all.size() : axes.size())) {
            fail(node, "its sizes or scales differ in number from the axes");
        }
    };
    if (!is_old(node, facts) && !input_name(node, 3).empty()) {
        if (string_attribute(node, "keep_aspect_ratio_policy", "stretch") != "stretch") {
            fail(node, "'keep_aspect_ratio_policy' is supported as 'stretch' only");
        }
        const Dims sizes = facts.ints(node, 3, "sizes");
        check_count(sizes.size());
        for (size_t i = 0; i < sizes.size(); ++i) {
            Resized& axis = axis_of(i);
            axis.out = sizes[i];
            axis.scale = static_cast<double>(axis.out) / static_cast<double>(axis.in);
        }
        return all;
    }
    const Constant* given = facts.constant(input_name(node, is_old(node, facts) ? 1 : 2));
    std::vector<float> scales = given != nullptr ? given->values : floats_attribute(node, "scales");
    if (scales.empty()) fail(node, "its scales or sizes must be constant");
    check_count(scales.size());
    for (size_t i = 0; i < scales.size(); ++i) {
        Resized& axis = axis_of(i);
        axis.scale = static_cast<double>(scales[i]);
        const double size = std::floor(static_cast<double>(axis.in) * axis.scale);
        if (!(size >= 1 && size < 1e9)) fail(node, "its scales make the shape impossible");
        axis.out = static_cast<int64_t>(size);
    }
    return all;
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
    Dims dims;
    for (const Resized& axis : resized_axes(node, facts)) dims.push_back(axis.out);
    return dims;
}

void lower_resize(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.activation(node, 0);
    const Nearest nearest(node, is_old(node, context.facts()));
    Dims factors;
    for (const Resized& axis : resized_axes(node, context.facts())) factors.push_back(factor_of(node, nearest, axis));
    if (std::all_of(factors.begin(), factors.end(), [](int64_t factor) { return factor == 1; })) {
        context.define_alias(node, 0, input.place);
        return;
    }
    Image image = require_image(context, node, input);
    if (factors[0] != 1 || factors[1] != 1) fail(node, "it enlarges channels; only height and width can be");
    const bool flat = factors.size() == 3;
    Factors times{flat ? 1 : factors[2], factors.back()};
    if (image.swapped) std::swap(times.h, times.w);
    TensorId tensor = repeat_rows(context, node, input.tensor, times.h);
    tensor = repeat_columns(context, node, tensor, times.w);
    image.h = context.tensor(tensor).h;
    image.w = context.tensor(tensor).w;
    define_image(context, node, image, tensor);
}

}  // namespace dynbal::compiler
