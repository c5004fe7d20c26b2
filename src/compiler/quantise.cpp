#include "compiler/quantise.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "graph/float_run.hpp"
#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

/// Softmax gives shares of one, in units of 2^-14.
constexpr double softmax_scale = 1.0 / 16384;

/// Tensors that share a scale, as a forest.
class ScaleGroups {
public:
    explicit ScaleGroups(size_t count) : up_(count) { std::iota(up_.begin(), up_.end(), 0); }
    int find(int id) {
        while (up_[static_cast<size_t>(id)] != id) {
            id = up_[static_cast<size_t>(id)];
        }
        return id;
    }
    void join(int a, int b) { up_[static_cast<size_t>(find(a))] = find(b); }

private:
    std::vector<int> up_;
};

ScaleGroups scale_groups(const Graph& graph, const std::vector<PlannedStage>& stages) {
    ScaleGroups groups(graph.tensors.size());
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
        if (graph.tensors[id].parent != no_tensor) {
            groups.join(static_cast<int>(id), graph.tensors[id].parent);
        }
    }
    for (const PlannedStage& planned : stages) {
        if (planned.stage.kind == StageKind::pool) {
            groups.join(planned.stage.inputs[0], planned.stage.output);
        }
        if (planned.fused) {
            groups.join(planned.stage.output, planned.pool.output);
        }
    }
    return groups;
}

/// factor = multiplier * 2^-shift with a 23-bit multiplier.
uint32_t encode_scale(double factor) {
    int exponent = 0;
    const double fraction = std::frexp(factor, &exponent);  // [0.5, 1)
    int64_t multiplier = std::llround(fraction * (1 << 23));
    int shift = 23 - exponent;
    if (multiplier == 1 << 23) {
        multiplier /= 2;
        --shift;
    }
    for (; shift > 62; --shift) {
        multiplier /= 2;
    }
    return static_cast<uint32_t>(multiplier) | static_cast<uint32_t>(shift) << 24U;
}

/// Smallest weight scale that keeps weights in range and every partial sum within 31 bits.
double weight_scale_of(std::span<const float> row, double bias, double scale_in, double scale_out,
                       uint32_t weight_bytes) {
    double largest = 0;
    double total = 0;
    for (const float weight : row) {
        largest = std::max(largest, std::fabs(static_cast<double>(weight)));
        total += std::fabs(static_cast<double>(weight));
    }
    const double weight_max = weight_bytes == 1 ? 127 : 32767;
    const double sum_max = 2147483647.0 / 32768 - 0.5 * static_cast<double>(row.size()) - 1;
    double scale = std::max(largest / weight_max, total / sum_max);
    // The bias must fit 32 bits, and the rescaling factor must stay below 2^22.
    scale = std::max(scale, std::fabs(bias) / (scale_in / 2) / 2147483000.0);
    return std::max(scale, scale_out / scale_in * 1e-12);
}

}  // namespace

std::vector<float> largest_magnitudes(const Graph& graph, const CalibrationSamples& samples) {
    std::vector<float> largest(graph.tensors.size(), 0.0F);
    FloatRunner runner(graph);
    int64_t count = 0;
    samples([&](const std::vector<float>& sample) {
        const auto& values = runner.run(sample);
        for (size_t id = 0; id < values.size(); ++id) {
            for (const float value : values[id]) {
                if (!std::isfinite(value)) {
                    throw InputError("calibration sample " + std::to_string(count) + " gives a value in tensor '" +
                                     io::printable(graph.tensors[id].name) +
                                     "' that is not finite; check the samples and --scale");
                }
                largest[id] = std::max(largest[id], std::fabs(value));
            }
        }
        ++count;
    });
    if (count == 0) {
        throw InputError("no calibration samples; give --calibrate a file with at least one");
    }
    return largest;
}

std::vector<double> scales_of(const Graph& graph, const std::vector<PlannedStage>& stages,
                              const std::vector<float>& largest, double head_room) {
    ScaleGroups groups = scale_groups(graph, stages);
    std::vector<double> by_group(graph.tensors.size(), 0);
    std::vector<double> room(graph.tensors.size(), head_room);
    for (const PlannedStage& planned : stages) {
        // Shares of one are never more.
        if (planned.stage.kind == StageKind::softmax) room[static_cast<size_t>(planned.stage.output)] = 1;
    }
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
        double& scale = by_group[static_cast<size_t>(groups.find(static_cast<int>(id)))];
        scale = std::max(scale, room[id] * static_cast<double>(largest[id]) / activation_max);
    }
    for (double& scale : by_group) {
        scale = scale > 0 ? std::max(scale, scale_min) : 1.0;  // a tensor that was always zero: any scale will do
    }
    for (const PlannedStage& planned : stages) {
        if (planned.stage.kind == StageKind::softmax) {
            // Shares of one, unless a concatenation makes it share the scale of larger values.
            double& scale = by_group[static_cast<size_t>(groups.find(planned.stage.output))];
            scale = std::max(scale, softmax_scale);
        }
    }
    std::vector<double> scales(graph.tensors.size());
    for (size_t id = 0; id < scales.size(); ++id) {
        scales[id] = by_group[static_cast<size_t>(groups.find(static_cast<int>(id)))];
    }
    return scales;
}

MatrixData quantise_matrix(const Stage& stage, const LoopShape& shape, double scale_in, double scale_out) {
    const uint32_t row_size = shape.taps() * shape.group_in();
    if (row_size > 32768) {
        throw InputError("node '" + io::printable(stage.name) + "': " + std::to_string(row_size) +
                         " weights for one output value are too many for exact 32-bit sums (at most 32768)");
    }
    MatrixData data;
    data.weights.resize(size_t{shape.channels_out} * shape.weight_row_bytes());
    std::vector<int32_t> peaks(shape.channels_out, 0);
    double rounding_power = 0, weight_power = 0;
    for (uint32_t channel = 0; channel < shape.channels_out; ++channel) {
        const std::span<const float> row(stage.weights.data() + size_t{channel} * row_size, row_size);
        const double bias = stage.bias.empty() ? 0 : static_cast<double>(stage.bias[channel]);
        const double weight_scale = weight_scale_of(row, bias, scale_in, scale_out, shape.weight_bytes);
        std::byte* target = data.weights.data() + size_t{channel} * shape.weight_row_bytes();
        for (uint32_t i = 0; i < row_size; ++i) {
            const auto weight = static_cast<int16_t>(std::lround(static_cast<double>(row[i]) / weight_scale));
            peaks[channel] = std::max(peaks[channel], std::abs(int32_t{weight}));
            weight_power += std::pow(static_cast<double>(row[i]), 2);
            rounding_power += std::pow(static_cast<double>(row[i]) - weight * weight_scale, 2);
            if (shape.weight_bytes == 1) {
                target[i] = static_cast<std::byte>(static_cast<int8_t>(weight));
            } else {
                std::memcpy(target + 2 * size_t{i}, &weight, sizeof(weight));
            }
        }
        ChannelHeader header;
        header.bias = static_cast<int32_t>(std::llround(bias / (scale_in / 2 * weight_scale)));
        const double factor = scale_in / 2 * weight_scale / scale_out;
        if (factor >= 1 << 22) {
            throw InputError("node '" + io::printable(stage.name) + "', output channel " + std::to_string(channel) +
                             ": its weights and bias are far larger than the values it gives for the calibration "
                             "samples; calibrate with samples like those of real use");
        }
        header.scale = encode_scale(factor);
        data.headers.push_back(header);
    }
    std::nth_element(peaks.begin(), peaks.begin() + shape.channels_out / 2, peaks.end());
    data.rounding_error = weight_power > 0 ? std::sqrt(rounding_power / weight_power) : 0;
    data.typical_peak = static_cast<uint32_t>(peaks[shape.channels_out / 2]);
    return data;
}

std::vector<int32_t> quantise_curve(const Curve& curve, uint32_t channels, double scale_in, double scale_out) {
    const int32_t pieces = 1 << curve.pieces_log2;
    const int32_t step = (activation_max + 1 - activation_min) / pieces;
    std::vector<int32_t> points;
    for (uint32_t channel = 0; channel < channels; ++channel) {
        for (int32_t i = 0; i <= pieces; ++i) {
            const double units = curve.of((activation_min + i * step) * scale_in, channel) / scale_out;
            points.push_back(std::isnan(units) ? 0
                                               : static_cast<int32_t>(std::llround(std::clamp(
                                                     units, -double{curve_point_max}, double{curve_point_max}))));
        }
    }
    return points;
}

void quantise_clamp(const Clamp& clamp, double scale_out, StageDescriptor& descriptor) {
    const auto quantised = [&](float bound) {
        const double units = std::round(static_cast<double>(bound) / scale_out);
        return static_cast<int16_t>(std::clamp(units, double{activation_min}, double{activation_max}));
    };
    descriptor.clamp_low = quantised(clamp.low);
    descriptor.clamp_high = std::max(quantised(clamp.high), descriptor.clamp_low);
}

}  // namespace dynbal::compiler
