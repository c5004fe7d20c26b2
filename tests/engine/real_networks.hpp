//! The real networks that tests run: this repository's own, and those shared beside it if present.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "from_onnx/lower.hpp"
#include "from_onnx/read_onnx.hpp"

namespace dynbal::test {

/// Folder of models and data: $DYNBAL_SHARED, or shared/ beside the repository.
std::filesystem::path shared_folder();

struct RealNetwork {
    std::string name;
    std::filesystem::path path;
    uint32_t weight_bytes = 2;
};

/// This repository's own, which are always there.
std::vector<RealNetwork> own_networks();
/// One of them by name; throws std::out_of_range.
RealNetwork own_network(const std::string& name);
/// And the published ones, present or not.
std::vector<RealNetwork> real_networks();

/// Reads and lowers. Throws InputError.
compiler::Graph load_graph(const RealNetwork& network);

}  // namespace dynbal::test
