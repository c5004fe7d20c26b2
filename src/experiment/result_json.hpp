//! What machines are told of one inference: the program's --json and the Python module have the same names from here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "sim/session.hpp"

namespace dynbal::experiment {

/// SHA-256 of the values as little-endian 16-bit words, in engine order.
std::string output_sha256(const std::vector<int16_t>& values);

/// ONNX index of the largest value; the first of equal ones.
size_t argmax(const std::vector<float>& values);

/// What lies at an offset of NVM.
const char* area_at(const ImageHeader& header, uint32_t offset);

/// The row of NVM that an inference wears most, and for how many such inferences it lasts.
nlohmann::ordered_json wear_json(const ImageFile& file, const sim::WornRow& wear);

nlohmann::ordered_json config_json(const TileConfig& config);

/// Everything a machine wants to know of one inference.
nlohmann::ordered_json result_json(const ImageFile& file, const sim::RunResult& result);

}  // namespace dynbal::experiment
