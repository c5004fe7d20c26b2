//! TOML from outside. The library that reads it calls itself once for each part of a dotted key, so that a long one would end the
//! process; no file of this program has keys of more than three parts.
#pragma once

#include <toml++/toml.h>

#include <string>

namespace dynbal::device {

inline constexpr int key_parts_max = 8;

/// Throws InputError with file and line. `path` is for messages.
toml::table parse_toml(const std::string& text, const std::string& path);

}  // namespace dynbal::device
