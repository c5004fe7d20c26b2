//! Where in `FILE,key=value,...` the file's name ends: names may hold commas, and what looks like an option.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace dynbal::power {

/// How much of `text` is the name of a file: up to a comma or the end, and as much as there is such a file, looked for in
/// `folder` unless it is absolute; up to the first comma if there is none at all.
size_t file_name_size(std::string_view text, const std::filesystem::path& folder = {});

}  // namespace dynbal::power
