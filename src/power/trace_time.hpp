//! Times of a recording: numbers, ISO dates with times, times of day.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dynbal::power {

/// 2024-05-31T12:00:00.25Z, 2024-05-31 12:00, 12:00:00.25, 9/1/2018: a time or a date of some kind.
bool looks_like_time(std::string_view cell);

/// Seconds since 1970 of an ISO date with a time (UTC if it names no zone), or since midnight of a time of day.
std::optional<double> clock_seconds(std::string_view cell, bool& has_date);

/// Seconds since 1970 of the midnight of M/D/YYYY.
std::optional<double> us_date_seconds(std::string_view cell);

/// The distance to the first number of a column, exact for counters of any length: 1700000000123456789 ns is more than a double holds.
class Counter {
public:
    std::optional<double> since_first(std::string_view cell);

private:
    std::optional<int64_t> first_;
};

}  // namespace dynbal::power
