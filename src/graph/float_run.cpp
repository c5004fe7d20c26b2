#include "graph/float_run.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace dynbal::compiler {
namespace {

// Sums for a few pixels and outputs stay in vector registers; wider blocks would spill.
constexpr size_t block_pixels = 4;
constexpr size_t block_outputs = 8;

size_t as_size(int value) { return static_cast<size_t>(value); }

bool is_depthwise(const Stage& stage, const Tensor& input, const Tensor& output) {
    return stage.groups > 1 && stage.groups == input.c && stage.groups == output.c;
}

/// The part of one window position that lies inside the input, along one axis.
struct Range {
    int first = 0, end = 0;  ///< kernel positions
};

Range inside(int start, int kernel, int dilation, int in) {
    Range range;
    range.first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    range.first = std::min(range.first, kernel);
    range.end = start < in ? std::min(kernel, (in - 1 - start) / dilation + 1) : 0;
    range.end = std::max(range.first, range.end);
    return range;
}

/// A window at one output position.
struct Place {
    int top = 0, left = 0;
    Range y, x;

    Place(const Window& window, const Tensor& input, int out_y, int out_x)
        : top(out_y * window.stride_h - window.pad_top),
          left(out_x * window.stride_w - window.pad_left),
          y(inside(top, window.kernel_h, window.dilation_h, input.h)),
          x(inside(left, window.kernel_w, window.dilation_w, input.w)) {}

    size_t pixel(const Window& window, const Tensor& input, int ky, int kx) const {
        return as_size(top + ky * window.dilation_h) * as_size(input.w) + as_size(left + kx * window.dilation_w);
    }
};

// Copies the values under a window into one row [kernel_h][kernel_w][channels], zero outside.
void gather_row(const Stage& stage, const Tensor& input, const std::vector<float>& values, const Place& place,
                size_t group, float* row) {
    const Window& window = stage.window;
    const size_t channels = as_size(input.c) / as_size(stage.groups);
    const size_t size = as_size(window.kernel_h) * as_size(window.kernel_w) * channels;
    std::fill(row, row + size, 0.0F);
    for (int ky = place.y.first; ky < place.y.end; ++ky) {
        for (int kx = place.x.first; kx < place.x.end; ++kx) {
            const float* source =
                values.data() + place.pixel(window, input, ky, kx) * as_size(input.c) + group * channels;
            float* target = row + (as_size(ky) * as_size(window.kernel_w) + as_size(kx)) * channels;
            std::copy(source, source + channels, target);
        }
    }
}

// sums[pixel][output] += rows[pixel][k] * weights[k][output], for one block of pixels and outputs.
void multiply_block(const float* rows, const float* weights, size_t length, size_t out_padded,
                    float sums[block_pixels][block_outputs]) {
    float local[block_pixels][block_outputs] = {};
    for (size_t k = 0; k < length; ++k) {
        const float* line = weights + k * out_padded;
        for (size_t p = 0; p < block_pixels; ++p) {
            const float value = rows[p * length + k];
            for (size_t n = 0; n < block_outputs; ++n) local[p][n] += value * line[n];
        }
    }
    for (size_t p = 0; p < block_pixels; ++p) {
        for (size_t n = 0; n < block_outputs; ++n) sums[p][n] = local[p][n];
    }
}

}  // namespace

FloatRunner::FloatRunner(const Graph& graph) : graph_(graph), packed_(graph.stages.size()) {
    for (const Tensor& tensor : graph.tensors) {
        values_.emplace_back(static_cast<size_t>(tensor.size()), 0.0F);
    }
    for (size_t i = 0; i < graph.stages.size(); ++i) {
        if (graph.stages[i].kind == StageKind::conv) pack(graph.stages[i], packed_[i]);
    }
}

void FloatRunner::pack(const Stage& stage, Packed& packed) const {
    const size_t groups = as_size(stage.groups);
    const size_t out = stage.bias.size() / groups;
    const size_t length = stage.weights.size() / stage.bias.size();
    if (is_depthwise(stage, tensor(stage.inputs[0]), tensor(stage.output))) {
        // [tap][channel], as the channels of a pixel lie next to each other
        packed.weights.resize(stage.weights.size());
        for (size_t i = 0; i < stage.weights.size(); ++i) {
            packed.weights[i % length * groups + i / length] = stage.weights[i];
        }
        return;
    }
    packed.out_padded = (out + block_outputs - 1) / block_outputs * block_outputs;
    packed.weights.assign(groups * length * packed.out_padded, 0.0F);
    for (size_t i = 0; i < stage.weights.size(); ++i) {
        const size_t group = i / length / out;
        const size_t n = i / length % out;
        packed.weights[(group * length + i % length) * packed.out_padded + n] = stage.weights[i];
    }
}

const std::vector<std::vector<float>>& FloatRunner::run(std::span<const float> input_onnx_order) {
    std::vector<float>& input = values(graph_.input);
    if (input_onnx_order.size() != input.size()) {
        throw InputError("the sample has " + std::to_string(input_onnx_order.size()) + " values, the model takes " +
                         std::to_string(input.size()));
    }
    for (size_t i = 0; i < input.size(); ++i) input[i] = input_onnx_order[graph_.input_order[i]];
    for (size_t i = 0; i < graph_.stages.size(); ++i) run_stage(i);
    return values_;
}

std::vector<float> FloatRunner::scores_onnx_order() const {
    const std::vector<float>& output = values_[static_cast<size_t>(graph_.output)];
    std::vector<float> result(output.size());
    for (size_t i = 0; i < output.size(); ++i) result[graph_.output_order[i]] = output[i];
    return result;
}

std::vector<float> FloatRunner::output_onnx_order() const {
    return graph_.epilogue.apply(scores_onnx_order(), graph_.output_dims);
}

void FloatRunner::run_stage(size_t index) {
    const Stage& stage = graph_.stages[index];
    for (const TensorId input : stage.inputs) copy_from_parent(input);
    switch (stage.kind) {
        case StageKind::conv:
            if (is_depthwise(stage, tensor(stage.inputs[0]), tensor(stage.output))) {
                run_depthwise(stage, packed_[index]);
            } else {
                run_conv(stage, packed_[index]);
            }
            break;
        case StageKind::pool: run_pool(stage); break;
        case StageKind::add: run_add(stage); break;
        case StageKind::softmax: run_softmax(stage); break;
        case StageKind::multiply: run_multiply(stage); break;
        case StageKind::curve: run_curve(stage); break;
    }
    if (stage.kind != StageKind::softmax) clamp(stage);
    copy_to_parents(stage.output);
}

void FloatRunner::run_conv(const Stage& stage, const Packed& packed) {
    const Tensor& source = tensor(stage.inputs[0]);
    const Tensor& target = tensor(stage.output);
    const size_t groups = as_size(stage.groups);
    const size_t length = stage.weights.size() / stage.bias.size();
    const size_t out = stage.bias.size() / groups;
    const size_t pixels = as_size(target.h) * as_size(target.w);
    std::vector<float>& result = values(stage.output);
    columns_.assign(block_pixels * length, 0.0F);

    for (size_t first = 0; first < pixels; first += block_pixels) {
        const size_t count = std::min(block_pixels, pixels - first);
        for (size_t group = 0; group < groups; ++group) {
            for (size_t p = 0; p < count; ++p) {
                const int pixel = static_cast<int>(first + p);
                const Place place(stage.window, source, pixel / target.w, pixel % target.w);
                gather_row(stage, source, values(stage.inputs[0]), place, group, columns_.data() + p * length);
            }
            const float* weights = packed.weights.data() + group * length * packed.out_padded;
            for (size_t n = 0; n < out; n += block_outputs) {
                float sums[block_pixels][block_outputs];
                multiply_block(columns_.data(), weights + n, length, packed.out_padded, sums);
                const size_t width = std::min(block_outputs, out - n);
                for (size_t p = 0; p < count; ++p) {
                    for (size_t i = 0; i < width; ++i) {
                        const size_t channel = group * out + n + i;
                        result[(first + p) * as_size(target.c) + channel] = sums[p][i] + stage.bias[channel];
                    }
                }
            }
        }
    }
}

void FloatRunner::run_depthwise(const Stage& stage, const Packed& packed) {
    const Window& window = stage.window;
    const Tensor& source = tensor(stage.inputs[0]);
    const Tensor& target = tensor(stage.output);
    const size_t channels = as_size(source.c);
    const float* in = values(stage.inputs[0]).data();
    float* sums = values(stage.output).data();
    for (int y = 0; y < target.h; ++y) {
        for (int x = 0; x < target.w; ++x, sums += channels) {
            std::copy(stage.bias.begin(), stage.bias.end(), sums);
            const Place place(window, source, y, x);
            for (int ky = place.y.first; ky < place.y.end; ++ky) {
                for (int kx = place.x.first; kx < place.x.end; ++kx) {
                    const float* line = in + place.pixel(window, source, ky, kx) * channels;
                    const size_t tap = as_size(ky) * as_size(window.kernel_w) + as_size(kx);
                    const float* weights = packed.weights.data() + tap * channels;
                    for (size_t c = 0; c < channels; ++c) sums[c] += line[c] * weights[c];
                }
            }
        }
    }
}

void FloatRunner::run_pool(const Stage& stage) {
    const Window& window = stage.window;
    const Tensor& source = tensor(stage.inputs[0]);
    const Tensor& target = tensor(stage.output);
    const bool average = stage.pool_kind == PoolKind::average;
    const size_t channels = as_size(source.c);
    const float start = average ? 0.0F : -std::numeric_limits<float>::infinity();
    const float* in = values(stage.inputs[0]).data();
    float* results = values(stage.output).data();
    for (int y = 0; y < target.h; ++y) {
        for (int x = 0; x < target.w; ++x, results += channels) {
            std::fill(results, results + channels, start);
            const Place place(window, source, y, x);
            for (int ky = place.y.first; ky < place.y.end; ++ky) {
                for (int kx = place.x.first; kx < place.x.end; ++kx) {
                    const float* line = in + place.pixel(window, source, ky, kx) * channels;
                    for (size_t c = 0; c < channels; ++c) {
                        results[c] = average ? results[c] + line[c] : std::max(results[c], line[c]);
                    }
                }
            }
            if (!average) continue;
            const int seen = (place.y.end - place.y.first) * (place.x.end - place.x.first);
            const int divisor = stage.count_include_pad ? window.kernel_h * window.kernel_w : std::max(1, seen);
            for (size_t c = 0; c < channels; ++c) results[c] /= static_cast<float>(divisor);
        }
    }
}

void FloatRunner::run_add(const Stage& stage) {
    const std::vector<float>& a = values(stage.inputs[0]);
    const std::vector<float>& b = values(stage.inputs[1]);
    std::vector<float>& result = values(stage.output);
    const auto [factor_a, factor_b] = stage.factors;
    for (size_t i = 0; i < result.size(); ++i) result[i] = factor_a * a[i] + factor_b * b[i];
}

void FloatRunner::run_multiply(const Stage& stage) {
    const std::vector<float>& a = values(stage.inputs[0]);
    const std::vector<float>& b = values(stage.inputs[1]);
    std::vector<float>& result = values(stage.output);
    for (size_t i = 0; i < result.size(); ++i) result[i] = a[i] * b[i];
}

void FloatRunner::run_curve(const Stage& stage) {
    const std::vector<float>& input = values(stage.inputs[0]);
    std::vector<float>& result = values(stage.output);
    const size_t channels = as_size(tensor(stage.output).c);
    for (size_t i = 0; i < result.size(); ++i) {
        result[i] = static_cast<float>(stage.curve.of(static_cast<double>(input[i]), i % channels));
    }
}

void FloatRunner::run_softmax(const Stage& stage) {
    const std::vector<float>& input = values(stage.inputs[0]);
    std::vector<float>& result = values(stage.output);
    const size_t channels = as_size(tensor(stage.output).c);
    for (size_t first = 0; first < input.size(); first += channels) {
        float highest = input[first];
        for (size_t c = 1; c < channels; ++c) highest = std::max(highest, input[first + c]);
        float sum = 0.0F;
        for (size_t c = 0; c < channels; ++c) {
            result[first + c] = std::exp(input[first + c] - highest);
            sum += result[first + c];
        }
        for (size_t c = 0; c < channels; ++c) result[first + c] /= sum;
    }
}

void FloatRunner::clamp(const Stage& stage) {
    const Clamp limits = stage.clamp;
    for (float& value : values(stage.output)) {
        value = std::min(std::max(value, limits.low), limits.high);
    }
}

void FloatRunner::copy_to_parents(TensorId id) {
    for (TensorId parent = tensor(id).parent; parent != no_tensor; parent = tensor(id).parent) {
        for_each_pixel(id, [&](size_t own, size_t in_parent, size_t channels) {
            std::copy_n(values(id).data() + own, channels, values(parent).data() + in_parent);
        });
        id = parent;
    }
}

void FloatRunner::copy_from_parent(TensorId id) {
    if (!tensor(id).is_part) return;
    copy_from_parent(tensor(id).parent);
    for_each_pixel(id, [&](size_t own, size_t in_parent, size_t channels) {
        std::copy_n(values(tensor(id).parent).data() + in_parent, channels, values(id).data() + own);
    });
}

template <typename Visit>
void FloatRunner::for_each_pixel(TensorId id, const Visit& visit) const {
    const Tensor& own = tensor(id);
    const Tensor& parent = tensor(own.parent);
    const size_t channels = as_size(own.c);
    const size_t step = own.h == parent.h && own.w == parent.w ? as_size(parent.c) : channels;
    const size_t pixels = as_size(own.h) * as_size(own.w);
    for (size_t pixel = 0; pixel < pixels; ++pixel) {
        visit(pixel * channels, as_size(own.parent_channel) + pixel * step, channels);
    }
}

}  // namespace dynbal::compiler
