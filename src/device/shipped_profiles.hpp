//! The files of devices/ as part of the program: it needs no folder beside it, from wherever it is started.
#pragma once

#include <span>
#include <string_view>

namespace dynbal::device {

struct ShippedFile {
    std::string_view name;  ///< without .toml
    std::string_view text;
};

/// By name, ascending.
std::span<const ShippedFile> shipped_files();

}  // namespace dynbal::device
