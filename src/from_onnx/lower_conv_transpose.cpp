// ConvTranspose: outputs whose places have the same remainder by the stride see the same weights, so each remainder is a
// small convolution of its own. What they write lies side by side (see lower_enlarge.cpp).
#include <algorithm>
#include <numeric>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t transposed_attribute_max = 1 << 15;

/// One of height and width.
struct TransposedAxis {
    int64_t in = 1, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, out = 1;

    /// Outputs of one remainder; those at the end may be too many.
    int64_t places() const { return (out + stride - 1) / stride; }
};

/// What one remainder sees along an axis.
struct Phase {
    std::vector<int64_t> taps;  ///< of the kernel, in the order of the input; -1: none, a weight of 0
    int64_t pad_begin = 0;
};

Phase phase_of(const TransposedAxis& axis, int64_t remainder) {
    Phase phase;
    const int64_t from = (remainder + axis.pad_begin) % axis.stride;
    for (int64_t tap = from; tap < axis.kernel; tap += axis.stride) phase.taps.push_back(tap);
    if (phase.taps.empty()) phase.taps.push_back(-1);
    std::reverse(phase.taps.begin(), phase.taps.end());
    const auto before = static_cast<int64_t>(phase.taps.size() - 1) * axis.dilation;
    phase.pad_begin = before - (remainder + axis.pad_begin - from) / axis.stride;
    for (; phase.pad_begin < 0; phase.pad_begin += axis.dilation) phase.taps.insert(phase.taps.begin(), -1);
    return phase;
}

int64_t element_of(const Dims& values, size_t index, int64_t otherwise) {
    return index < values.size() ? values[index] : otherwise;
}

TransposedAxis read_axis(const onnx::NodeProto& node, size_t index, size_t count, int64_t in, int64_t kernel) {
    TransposedAxis axis{.in = in, .kernel = kernel};
    axis.stride = element_of(ints_attribute(node, "strides"), index, 1);
    axis.dilation = element_of(ints_attribute(node, "dilations"), index, 1);
    const int64_t more = element_of(ints_attribute(node, "output_padding"), index, 0);
    const Dims pads = ints_attribute(node, "pads");
    axis.pad_begin = element_of(pads, index, 0);
    int64_t pad_end = element_of(pads, index + count, 0);
    for (const int64_t value : {axis.kernel, axis.stride, axis.dilation}) {
        if (value < 1 || value > transposed_attribute_max) {
            fail(node, "its kernel, strides or dilations are out of range");
        }
    }
    for (const int64_t value : {axis.pad_begin, pad_end, more}) {
        if (value < 0 || value > transposed_attribute_max) fail(node, "its pads or output_padding are out of range");
    }
    const int64_t full = (in - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 + more;
    const std::string auto_pad = string_attribute(node, "auto_pad", "NOTSET");
    const Dims shape = ints_attribute(node, "output_shape");
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    if (same || !shape.empty()) {
        // Of output_shape some exporters give all dimensions.
        const int64_t wanted =
            shape.empty() ? in * axis.stride : shape[shape.size() - std::min(shape.size(), count - index)];
        if (wanted < 1 || wanted > transposed_attribute_max) fail(node, "its output_shape is out of range");
        const int64_t both = full - wanted;
        axis.pad_begin = std::max<int64_t>(0, auto_pad == "SAME_UPPER" ? both / 2 : both - both / 2);
        pad_end = both - axis.pad_begin;
    }
    axis.out = full - axis.pad_begin - pad_end;
    if (axis.out < 1) fail(node, "its pads leave nothing of its output");
    if (axis.stride > 1 && axis.dilation > 1) {
        fail(node, "strides together with dilations are not supported; use one of both");
    }
    return axis;
}

/// Height and width, as ONNX has them.
std::array<TransposedAxis, 2> read_transposed_axes(const onnx::NodeProto& node, const Dims& in, const Dims& weights) {
    check_image_shape(node, in);
    if (weights.size() != in.size() || weights[0] != in[1]) {
        fail(node, "weights of shape " + to_string(weights) + " do not fit the input " + to_string(in));
    }
    const bool flat = in.size() == 3;
    const size_t count = in.size() - 2;
    return {flat ? TransposedAxis{} : read_axis(node, 0, count, in[2], weights[2]),
            read_axis(node, count - 1, count, in.back(), weights.back())};
}

class Transposed {
public:
    Transposed(Context& context, const onnx::NodeProto& node, const Value& input)
        : context_(context),
          node_(node),
          weights_(context.weights(node, 1, "weights")),
          image_(require_image(context, node, input)),
          source_(input.tensor),
          axes_(read_transposed_axes(node, input.dims, weights_.dims)),
          kernel_w_(axes_[1].kernel),
          groups_(int_attribute(node, "group", 1)) {
        const int64_t in = input.dims[1];
        if (groups_ < 1 || in % groups_ != 0) fail(node, "its groups do not divide its input channels");
        outs_ = weights_.dims[1] * groups_;
        if (groups_ > 1) check_order();
        bias_.assign(static_cast<size_t>(outs_), 0.0F);
        if (!input_name(node, 2).empty()) bias_ = context.weights(node, 2, "bias").values;
        if (static_cast<int64_t>(bias_.size()) != outs_) fail(node, "its bias does not fit its output channels");
        if (image_.swapped) std::swap(axes_[0], axes_[1]);
    }

    /// Larger than asked for by what remains of the last places.
    TensorId write() {
        const TransposedAxis &h = axes_[0], &w = axes_[1];
        std::vector<TensorId> rows;
        for (int64_t remainder = 0; remainder < h.stride; ++remainder) rows.push_back(write_row(remainder));
        if (h.stride == 1) return in_shape(context_, node_, rows[0], h.places(), w.places() * w.stride, outs_);
        const int64_t row = w.places() * w.stride * outs_;
        const TensorId whole = context_.add_tensor(node_, h.places(), 1, h.stride * row);
        for (size_t i = 0; i < rows.size(); ++i) {
            const TensorId flat = in_shape(context_, node_, rows[i], h.places(), 1, row);
            put_beside(context_, context_.add_copy(node_, flat, Clamp{}), whole,
                       static_cast<int>(static_cast<int64_t>(i) * row));
        }
        return in_shape(context_, node_, whole, h.places() * h.stride, w.places() * w.stride, outs_);
    }

    /// Of what write() gives, in its orientation.
    Image image(TensorId written) const {
        Image result;
        result.h = context_.tensor(written).h;
        result.w = context_.tensor(written).w;
        result.swapped = image_.swapped;
        result.channel.resize(static_cast<size_t>(outs_));
        std::iota(result.channel.begin(), result.channel.end(), 0U);
        return result;
    }

private:
    void check_order() const {
        for (size_t i = 0; i < image_.channel.size(); ++i) {
            if (image_.channel[i] != i) fail(node_, "groups after reordered channels are not supported");
        }
    }

    TensorId write_row(int64_t remainder) {
        const TransposedAxis& w = axes_[1];
        if (w.stride == 1) return write_phase(remainder, 0);
        const TensorId whole = context_.add_tensor(node_, axes_[0].places(), w.places(), w.stride * outs_);
        for (int64_t i = 0; i < w.stride; ++i) {
            put_beside(context_, write_phase(remainder, i), whole, static_cast<int>(i * outs_));
        }
        return whole;
    }

    TensorId write_phase(int64_t remainder_h, int64_t remainder_w) {
        const TransposedAxis &h = axes_[0], &w = axes_[1];
        const Phase rows = phase_of(h, remainder_h), columns = phase_of(w, remainder_w);
        const TensorId to = context_.add_tensor(node_, h.places(), w.places(), outs_);
        Stage& stage = context_.add_stage(node_, StageKind::conv, {source_}, to);
        stage.groups = static_cast<int>(groups_);
        stage.bias = bias_;
        Window& window = stage.window;
        window.kernel_h = static_cast<int>(rows.taps.size()), window.kernel_w = static_cast<int>(columns.taps.size());
        window.dilation_h = static_cast<int>(h.dilation), window.dilation_w = static_cast<int>(w.dilation);
        window.pad_top = static_cast<int>(rows.pad_begin), window.pad_left = static_cast<int>(columns.pad_begin);
        const auto end = [](const TransposedAxis& axis, const Phase& phase) {
            const auto reach = static_cast<int64_t>(phase.taps.size() - 1) * axis.dilation;
            return static_cast<int>(axis.places() + reach - axis.in - phase.pad_begin);
        };
        window.pad_bottom = end(h, rows), window.pad_right = end(w, columns);
        arrange(stage, rows, columns);
        return to;
    }

    /// From [in][out / groups][kernel_h][kernel_w].
    void arrange(Stage& stage, const Phase& rows, const Phase& columns) const {
        const size_t outs_each = static_cast<size_t>(outs_ / groups_),
                     ins_each = image_.channel.size() / static_cast<size_t>(groups_);
        const auto area = static_cast<size_t>(axes_[0].kernel * axes_[1].kernel);
        for (size_t out = 0; out < static_cast<size_t>(outs_); ++out) {
            for (const int64_t row : rows.taps) {
                for (const int64_t column : columns.taps) {
                    const size_t first = stage.weights.size();
                    stage.weights.resize(first + ins_each, 0.0F);
                    if (row < 0 || column < 0) continue;
                    const int64_t tap = image_.swapped ? column * kernel_w_ + row : row * kernel_w_ + column;
                    for (size_t in = 0; in < ins_each; ++in) {
                        const size_t from = out / outs_each * ins_each + in;
                        const size_t to = groups_ == 1 ? image_.channel[in] : in;
                        stage.weights[first + to] =
                            weights_.values[(from * outs_each + out % outs_each) * area + static_cast<size_t>(tap)];
                    }
                }
            }
        }
    }

    Context& context_;
    const onnx::NodeProto& node_;
    const Constant& weights_;
    Image image_;
    TensorId source_;
    std::array<TransposedAxis, 2> axes_;  // of the tensor's orientation
    int64_t kernel_w_;                    // as ONNX has it
    int64_t groups_, outs_ = 0;
    std::vector<float> bias_;
};

}  // namespace

Dims transposed_dims(const onnx::NodeProto& node, const Dims& in, const Dims& weights) {
    const auto axes = read_transposed_axes(node, in, weights);
    Dims out = in;
    const int64_t groups = int_attribute(node, "group", 1);
    out[1] = groups >= 1 && groups <= in[1] ? weights[1] * groups : 0;
    out.back() = axes[1].out;
    if (in.size() == 4) out[2] = axes[0].out;
    return out;
}

void lower_conv_transpose(Context& context, const onnx::NodeProto& node) {
    Transposed transposed(context, node, context.activation(node, 0));
    const TensorId written = transposed.write();
    const Image image = transposed.image(written);
    Value output;
    output.tensor = written;
    output.dims = image_dims(image, context.output_dims(node).size() == 3, static_cast<int64_t>(image.channel.size()));
    output.place = place_image(image, image.channel.size());
    output.sole = context.producer(written) != nullptr;
    const Dims& wanted = context.output_dims(node);
    if (output.dims != wanted) {
        std::vector<Cutout> cutouts;
        for (const int64_t dim : wanted) cutouts.push_back({0, 1, dim});
        output = select(context, node, output, wanted, cutout_sources(output.dims, cutouts));
    }
    context.define(node, std::move(output));
}

}  // namespace dynbal::compiler
