//! From float to integers: scales of tensors from calibration, weights, biases and rescaling per channel.
//!
//! Activations: real = q * scale, q a 15-bit integer. Weights: real = w * weight_scale, per output channel. The
//! engine sums products of 2q and w, so a sum stands for sum * scale_in / 2 * weight_scale.
#pragma once

#include <vector>

#include "compiler/compile.hpp"
#include "compiler/fuse_pool.hpp"

namespace dynbal::compiler {

/// Scale of each tensor, by TensorId. Tensors that must share a scale do: input and output of pooling, the parts
/// of a concatenation. Throws InputError if calibration gives nothing or values that are not finite.
std::vector<double> calibrate(const Graph& graph, const std::vector<PlannedStage>& stages,
                              const CalibrationSamples& samples);

/// Weights and headers of a matrix stage as they go into the image.
struct MatrixData {
    std::vector<ChannelHeader> headers;
    std::vector<std::byte> weights;  ///< rows of shape.weight_row_bytes()
    uint32_t typical_peak = 0;       ///< largest weight of a channel as an integer, the median over the channels
    double rounding_error = 0;       ///< root mean square of what rounding changes in the weights, as a share of them
};

MatrixData quantise_matrix(const Stage& stage, const LoopShape& shape, double scale_in, double scale_out);

/// The clamp of a stage in units of its output.
void quantise_clamp(const Clamp& clamp, double scale_out, StageDescriptor& descriptor);

}  // namespace dynbal::compiler
