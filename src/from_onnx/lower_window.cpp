// Sliding windows: kernel, stride, dilation, padding, auto_pad, ceil_mode.
#include <algorithm>
#include <array>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t attribute_max = 65535;

/// One spatial axis of a window.
struct Axis {
    int64_t in = 1, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0;
    int64_t out = 0;
    bool extended = false;

    int64_t span() const { return (kernel - 1) * dilation + 1; }
};

Dims spatial_attribute(const onnx::NodeProto& node, const std::string& name, size_t count, int64_t otherwise) {
    Dims values = ints_attribute(node, name);
    if (values.empty()) values.assign(count, otherwise);
    if (values.size() != count) {
        fail(node, "attribute '" + name + "' has " + std::to_string(values.size()) + " values, expected are " +
                       std::to_string(count));
    }
    for (const int64_t value : values) {
        if (value < otherwise || value > attribute_max) {
            fail(node, "attribute '" + name + "' has the value " + std::to_string(value) + ", allowed are " +
                           std::to_string(otherwise) + " to " + std::to_string(attribute_max));
        }
    }
    return values;
}

void pad_to_same(Axis& axis, bool upper) {
    const int64_t out = (axis.in + axis.stride - 1) / axis.stride;
    const int64_t total = std::max<int64_t>(0, (out - 1) * axis.stride + axis.span() - axis.in);
    const int64_t small = total / 2;
    axis.pad_begin = upper ? small : total - small;
    axis.pad_end = upper ? total - small : small;
}

// A window has only padding to express its output size, so ceil_mode becomes padding at the end.
void resolve_output(const onnx::NodeProto& node, Axis& axis, bool ceil_mode) {
    const int64_t free = axis.in + axis.pad_begin + axis.pad_end - axis.span();
    if (free < 0) {
        fail(node, "its window of " + std::to_string(axis.span()) + " values is larger than the padded input of " +
                       std::to_string(axis.in + axis.pad_begin + axis.pad_end));
    }
    axis.out = free / axis.stride + 1;
    const int64_t left = free % axis.stride;
    // A window that would begin behind the values is none.
    const bool begins_inside = axis.out * axis.stride < axis.in + axis.pad_begin;
    if (ceil_mode && left > 0 && begins_inside) {
        ++axis.out;
        axis.pad_end += axis.stride - left;
        axis.extended = true;
    }
}

std::array<Axis, 2> read_axes(const onnx::NodeProto& node, const std::array<int64_t, 2>& in, const Dims& kernel) {
    const size_t count = kernel.size();
    const Dims stride = spatial_attribute(node, "strides", count, 1);
    const Dims dilation = spatial_attribute(node, "dilations", count, 1);
    const Dims pads = spatial_attribute(node, "pads", 2 * count, 0);
    const std::string auto_pad = string_attribute(node, "auto_pad", "NOTSET");
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    if (!same && auto_pad != "NOTSET" && auto_pad != "VALID" && !auto_pad.empty()) {
        fail(node, "auto_pad '" + auto_pad + "' is unknown");
    }
    const bool stated = auto_pad == "NOTSET" || auto_pad.empty();
    if (!stated && std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad != 0; })) {
        fail(node, "its 'pads' " + to_string(pads) + " and its auto_pad '" + auto_pad +
                       "' contradict each other; export the model again with one of them");
    }
    const bool ceil_mode = int_attribute(node, "ceil_mode", 0) != 0;

    std::array<Axis, 2> axes;
    for (size_t i = 0; i < 2; ++i) axes[i].in = in[i];
    for (size_t i = 0; i < count; ++i) {
        Axis& axis = axes[2 - count + i];
        axis.kernel = kernel[i];
        axis.stride = stride[i];
        axis.dilation = dilation[i];
        if (same) pad_to_same(axis, auto_pad == "SAME_UPPER");
        if (stated) {
            axis.pad_begin = pads[i];
            axis.pad_end = pads[count + i];
        }
    }
    for (Axis& axis : axes) resolve_output(node, axis, ceil_mode);
    return axes;
}

void check_kernel(const onnx::NodeProto& node, const Dims& kernel) {
    for (const int64_t size : kernel) {
        if (size < 1 || size > attribute_max) fail(node, "its kernel shape is out of range");
    }
}

}  // namespace

void check_image_shape(const onnx::NodeProto& node, const Dims& dims) {
    if (dims.size() != 3 && dims.size() != 4) {
        fail(node, "its input has the shape " + to_string(dims) + "; supported are [1, C, W] and [1, C, H, W]");
    }
    if (dims[0] != 1) {
        fail(node, "its input has a batch of " + std::to_string(dims[0]) + "; export the model with a batch of 1");
    }
}

Dims window_output(const onnx::NodeProto& node, const Dims& dims, const Dims& kernel) {
    check_kernel(node, kernel);
    const bool flat = dims.size() == 3;
    const std::array<Axis, 2> axes = read_axes(node, {flat ? 1 : dims[2], dims.back()}, kernel);
    Dims out = dims;
    out.back() = axes[1].out;
    if (!flat) out[2] = axes[0].out;
    return out;
}

Image require_image(const Context& context, const onnx::NodeProto& node, const Value& value) {
    check_image_shape(node, value.dims);
    const auto image = find_image(context.tensor(value), value);
    if (!image) {
        fail(node,
             "its input was reshaped or transposed so that channels, height and width are "
             "not those computed before; such reordering of data is not supported, remove "
             "it from the model");
    }
    return *image;
}

WindowPlan plan_window(const onnx::NodeProto& node, const Image& image, const Dims& kernel) {
    check_kernel(node, kernel);
    std::array<int64_t, 2> in = {image.h + image.pad_top + image.pad_bottom,
                                 image.w + image.pad_left + image.pad_right};
    if (image.swapped) std::swap(in[0], in[1]);
    std::array<Axis, 2> axes = read_axes(node, in, kernel);
    if (image.swapped) std::swap(axes[0], axes[1]);
    axes[0].pad_begin += image.pad_top;
    axes[0].pad_end += image.pad_bottom;
    axes[1].pad_begin += image.pad_left;
    axes[1].pad_end += image.pad_right;

    const auto narrow = [&](int64_t value) {
        if (value > attribute_max) fail(node, "its window or output is larger than 65535");
        return static_cast<int>(value);
    };
    const auto& [h, w] = axes;
    WindowPlan plan;
    plan.window = {
        .kernel_h = narrow(h.kernel),
        .kernel_w = narrow(w.kernel),
        .stride_h = narrow(h.stride),
        .stride_w = narrow(w.stride),
        .pad_top = narrow(h.pad_begin),
        .pad_left = narrow(w.pad_begin),
        .pad_bottom = narrow(h.pad_end),
        .pad_right = narrow(w.pad_end),
        .dilation_h = narrow(h.dilation),
        .dilation_w = narrow(w.dilation),
    };
    plan.out_h = narrow(h.out);
    plan.out_w = narrow(w.out);
    plan.ceil_extended = h.extended || w.extended;
    return plan;
}

bool has_empty_window(const Window& window, int in_h, int in_w, int out_h, int out_w) {
    // With a dilation larger than the input, even a window in the middle may miss every value.
    const auto misses = [](int in, int out, int kernel, int stride, int pad, int dilation) {
        for (int position = 0; position < out; ++position) {
            const int64_t start = int64_t{position} * stride - pad;
            const int64_t skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
            if (skipped >= kernel || start + skipped * dilation >= in) return true;
        }
        return false;
    };
    return misses(in_h, out_h, window.kernel_h, window.stride_h, window.pad_top, window.dilation_h) ||
           misses(in_w, out_w, window.kernel_w, window.stride_w, window.pad_left, window.dilation_w);
}

Dims image_dims(const Image& image, bool flat, int64_t channels) {
    const int64_t height = image.swapped ? image.w : image.h;
    const int64_t width = image.swapped ? image.h : image.w;
    if (flat) return {1, channels, width};
    return {1, channels, height, width};
}

}  // namespace dynbal::compiler
