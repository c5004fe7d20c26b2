//! A network of the demo from the tiny model, and an input for it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "demo/race_network.hpp"
#include "image_file/image_file.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace dynbal::demo {

inline std::vector<std::byte> bytes_of(const std::string& path) {
    const std::vector<uint8_t> raw = io::read_file(path);
    const auto all = std::as_bytes(std::span(raw));
    return {all.begin(), all.end()};
}

inline std::vector<std::byte> tiny_file() {
    const io::TemporaryFolder folder;
    write_image_file(folder.path("tiny.dynbal"), sim::tiny_image());
    return bytes_of(folder.path("tiny.dynbal"));
}

/// A .npy file of this shape.
inline std::vector<std::byte> tiny_array(const std::vector<int64_t>& shape) {
    const io::TemporaryFolder folder;
    io::Array array{shape, {}};
    int64_t size = 1;
    for (const int64_t extent : shape) size *= extent;
    for (int64_t i = 0; i < size; ++i) array.values.push_back(static_cast<float>(i * 37 % 101) / 52.0F - 0.96F);
    io::write_npy(folder.path("x.npy"), array);
    return bytes_of(folder.path("x.npy"));
}

/// `samples` of the tiny model's inputs.
inline std::vector<std::byte> tiny_samples(int64_t samples) { return tiny_array({samples, 72}); }

}  // namespace dynbal::demo
