//! Text from outside (names of nodes, tensors and files) made fit for a terminal. JSON keeps what was there.
//!
//! Invariants:
//!  1. nothing that is returned moves the cursor, changes colours or reorders text: control characters, marks of
//!     direction and bytes that are no UTF-8 are each replaced by '?';
//!  2. no line is wider than asked for: it loses its middle, since ends tell names apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dynbal::io {

inline constexpr size_t name_width_max = 100;
inline constexpr size_t line_width_max = 1000;

/// One line: line ends are replaced, too.
std::string printable(std::string_view text, size_t width_max = name_width_max);
/// Line ends stay; each line is made printable.
std::string printable_lines(std::string_view text, size_t width_max = line_width_max);
/// 3600 as 3,600.
std::string grouped(uint64_t value);

}  // namespace dynbal::io
