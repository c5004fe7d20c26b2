#include "power/time_unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace dynbal::power {
namespace {

struct Count {
    double from, to;
    const char *unit, *what;
};

/// Days since 1900, since 0000, since 4713 BC: each from 1954 to 2119 or so.
constexpr std::array<Count, 3> counts_of_days{{{20e3, 80e3, "d", "days as spreadsheets count them"},
                                               {714e3, 774e3, "d", "days as MATLAB counts them"},
                                               {2.434e6, 2.495e6, "d", "a Julian date"}}};
constexpr std::array<Count, 4> counts_since_1970{{{1e9, 1e10, "s", "seconds since 1970"},
                                                  {1e12, 1e13, "ms", "milliseconds since 1970"},
                                                  {1e15, 1e16, "us", "microseconds since 1970"},
                                                  {1e18, 1e19, "ns", "nanoseconds since 1970"}}};

double value_of(std::string_view cell) {
    std::string text(cell.substr(cell.starts_with('+') ? 1 : 0));
    std::replace(text.begin(), text.end(), ',', '.');
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

template <typename Counts>
const Count* find_count(const Counts& counts, std::string_view cell) {
    const double value = value_of(cell);
    const auto* const found =
        std::find_if(counts.begin(), counts.end(), [&](const Count& c) { return value >= c.from && value < c.to; });
    return found == counts.end() ? nullptr : found;
}

bool is_date_in_digits(std::string_view cell) {
    const double value = value_of(cell);
    return cell.size() == 8 && value > 19e6 && value < 21e6;
}

}  // namespace

std::optional<std::string> unit_of_count(std::string_view cell) {
    const Count* const count = find_count(counts_since_1970, cell);
    return count == nullptr ? std::nullopt : std::optional<std::string>(count->unit);
}

std::string time_unit_text(std::string_view cell) {
    if (is_date_in_digits(cell)) {
        return fmt::format("time_unit=s ({} looks like a date, which is written 2024-05-31)", cell);
    }
    const Count* count = find_count(counts_since_1970, cell);
    const bool has_fraction = cell.find_first_of(".,") != std::string_view::npos;
    if (count == nullptr && has_fraction) count = find_count(counts_of_days, cell);
    if (count == nullptr) return "time_unit=ms, or s, us, ...: what it counts";
    return fmt::format("time_unit={} ({} looks like {})", count->unit, cell, count->what);
}

}  // namespace dynbal::power
