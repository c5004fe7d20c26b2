//! Times of a recording: numbers, dates with times as people and programs write them, times of day.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dynbal::power {

/// How 1/2/2024 is read, which may be either; with points it is always the day first.
enum class DateOrder : uint8_t { unknown, month_first, day_first };

/// A date, a time of day, or both.
struct Moment {
    std::optional<double> date_s;   ///< seconds from 1970 to its midnight, UTC if no zone is named
    std::optional<double> clock_s;  ///< since midnight
    bool two_numbers = false;  ///< the time is 12:30: minutes and seconds, for all that it says, if there is no date
    bool is_elapsed = false;   ///< a time since a start and none of day: 25:00:01, 1 days 02:03:04
};

/// 2024-05-31T12:00:00.25Z, 2024/5/31 12:00, 31.05.2024 12:00:00, 31-May-2024 1:00:00 PM, 20240531:1210, 5/31/2024 with an order, 12:00:00,25; since a
/// start 25:00:01, 1 days 02:03:04 of pandas, 1 day, 2:03:04 of Python, 1.02:03:04 of .NET. Nothing for anything else, and for a plain
/// number.
std::optional<Moment> parse_moment(std::string_view cell, DateOrder order);

/// Seconds from 1970 to the midnight of a day; nothing if there is no such day.
std::optional<double> date_of(int64_t year, int64_t month, int64_t day);

/// A time or a date of some kind, also one whose order is not known.
bool looks_like_time(std::string_view cell);

/// 5/31/2024 cannot have the day first; unknown for what can be read in both ways, or in none.
DateOrder order_told_by(std::string_view cell);

/// The distance to the first number of a column, exact for counters of any length: 1700000000123456789 ns is more than a double holds.
class Counter {
public:
    std::optional<double> since_first(std::string_view cell);

private:
    std::optional<int64_t> first_;
};

}  // namespace dynbal::power
