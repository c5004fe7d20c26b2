//! The file that `dynbal compile` writes: the device image, and behind it what only a host needs (names, shapes,
//! scales) as JSON. The device sees the image alone.
//!
//! [image: header.image_bytes][JSON, UTF-8][u32 JSON bytes][u32 CRC-32 of the JSON][u32 magic "DNBH"]
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "image/format.hpp"
#include "image_file/epilogue.hpp"

namespace dynbal {

/// For people and for conversion of tensors.
struct HostInfo {
    std::string model_name;
    std::string model_digest;  ///< of what was compiled: its operations and weights (graph/graph_digest.hpp)
    std::string device_name;
    std::string device_text;  ///< the profile, if it was a file of one's own: the image needs it no more
    std::string sound_text;   ///< how sound becomes its input (input/sound_features.hpp), if it was said
    std::vector<std::string> stage_names;
    std::vector<std::string> stage_operators;      ///< "Conv + Relu + MaxPool"
    std::vector<uint32_t> stage_tensors;           ///< the tensor of the compiler's graph that each stage gives
    std::vector<double> stage_scales;              ///< real value of one unit of it
    std::vector<int64_t> input_dims, output_dims;  ///< ONNX shapes, batch as 1
    std::vector<uint32_t> input_order;  ///< engine position i holds ONNX index input_order[i]; empty: the same order
    std::vector<uint32_t> output_order;
    Epilogue epilogue;               ///< works on output_dims
    double input_value_scale = 1.0;  ///< real value (after `input_scale`) of one unit of a 15-bit input
    double output_value_scale = 1.0;
    double input_scale = 1.0;  ///< --scale given at compile time: the default when running
    uint64_t ideal_macs = 0;   ///< of whole layers, padding counted; the engine leaves padding out
    uint64_t lower_bound_read_bytes = 0, lower_bound_write_bytes = 0;  ///< each weight and activation moved once
};

struct ImageFile {
    std::vector<std::byte> image;  ///< header.image_bytes, validated
    HostInfo host;

    const ImageHeader& header() const { return *reinterpret_cast<const ImageHeader*>(image.data()); }
    StageDescriptor stage(uint32_t index) const;
    std::vector<Candidate> candidates(const StageDescriptor& stage) const;
    /// The energy from which each of them is taken.
    std::vector<ShortCost> candidate_froms(const StageDescriptor& stage) const;
    /// Quantises one sample (ONNX order, already scaled) to the engine's 15-bit input values. Saturates.
    std::vector<int16_t> quantise_input(std::span<const float> sample) const;
    /// How many values of a sample lie outside the range that the calibration inputs had, and are clipped.
    size_t count_outside(std::span<const float> sample) const;
    /// The largest value of a sample as a share of what the input can hold: 1 is all of it, more is clipped.
    double largest_share(std::span<const float> sample) const;
    /// How many output values lie at the end of what the output can hold, and so may have been clipped.
    size_t count_saturated(std::span<const int16_t> output) const;
    /// The engine's output values as floats in ONNX order: the scores of classes, where the model ends with ArgMax.
    std::vector<float> dequantise_output(std::span<const int16_t> values) const;
    /// What the model gives: the same, or the index of the largest.
    std::vector<float> model_output(std::span<const int16_t> values) const;
};

/// Checks the bytes of such a file completely; `name` is for messages. Throws InputError.
ImageFile parse_image_file(std::span<const std::byte> bytes, const std::string& name);
/// Reads and checks a file completely. Throws InputError.
ImageFile read_image_file(const std::string& path);
/// Writes atomically. Throws InputError.
void write_image_file(const std::string& path, const ImageFile& file);

}  // namespace dynbal
