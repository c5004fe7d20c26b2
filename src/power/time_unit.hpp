//! Times that count from a known day, told by their size: for messages and notes, never to decide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dynbal::power {

/// "s", "ms", "us" or "ns", if the number lies between 2001 and 2286 in this unit since 1970.
std::optional<std::string> unit_of_count(std::string_view cell);

/// The option that gives the unit of a time such as this, and what it looks like: "time_unit=d (45250.5 looks like days of a
/// spreadsheet)".
std::string time_unit_text(std::string_view cell);

}  // namespace dynbal::power
