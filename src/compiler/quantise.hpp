//! From float to integers: scales of tensors from calibration, weights, biases and rescaling per channel.
//!
//! Activations: real = q * scale, q a 15-bit integer. Weights: real = w * weight_scale, per output channel. The
//! engine sums products of 2q and w, so a sum stands for sum * scale_in / 2 * weight_scale.
#pragma once

#include <vector>

#include "compiler/compile.hpp"
#include "compiler/fuse_pool.hpp"

namespace dynbal::compiler {

/// Largest magnitude of each tensor over the calibration samples. Throws InputError if there are none, or for values that
/// are not finite.
std::vector<float> largest_magnitudes(const Graph& graph, const CalibrationSamples& samples);

/// No tensor has a finer scale: smaller values are zero to the image.
inline constexpr double scale_min = 1e-20;

/// Scale of each tensor, by TensorId, for values up to `head_room` times `largest`. Tensors that must share a scale do: input and
/// output of pooling, the parts of a concatenation.
std::vector<double> scales_of(const Graph& graph, const std::vector<PlannedStage>& stages,
                              const std::vector<float>& largest, double head_room);

/// Weights and headers of a matrix stage as they go into the image.
struct MatrixData {
    std::vector<ChannelHeader> headers;
    std::vector<std::byte> weights;  ///< rows of shape.weight_row_bytes()
    uint32_t typical_peak = 0;       ///< largest weight of a channel as an integer, the median over the channels
    double rounding_error = 0;       ///< root mean square of what rounding changes in the weights, as a share of them
};

MatrixData quantise_matrix(const Stage& stage, const LoopShape& shape, double scale_in, double scale_out);

/// The values of a curve at the ends of its pieces, in units of the output, for each channel one after the other.
std::vector<int32_t> quantise_curve(const Curve& curve, uint32_t channels, double scale_in, double scale_out);

/// The clamp of a stage in units of its output.
void quantise_clamp(const Clamp& clamp, double scale_out, StageDescriptor& descriptor);

}  // namespace dynbal::compiler
