//! The networks of models/ as part of the program: it needs no folder beside it, from wherever it is started.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace dynbal::zoo {

struct ShippedFile {
    std::string_view network;  ///< "har"
    std::string_view kind;     ///< the rest of the file's name: "onnx"
    std::span<const uint8_t> bytes;
};

/// All files of all networks; those of one network side by side, in the order of CMakeLists.txt.
std::span<const ShippedFile> shipped_files();

}  // namespace dynbal::zoo
