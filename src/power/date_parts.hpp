//! A date and a time that are spread over columns, as weather services write them: Year, Month, Day, Hour, Minute.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "power/text_table.hpp"
#include "power/trace_head.hpp"

namespace dynbal::power {

struct DateParts {
    std::array<std::optional<size_t>, 6> columns{};  ///< of year, month, day, hour, minute, second

    bool has_date() const { return columns[0] && columns[1] && columns[2]; }
    /// More than one, and a year, month or day among them.
    bool is_spread() const;
    bool contains(size_t column) const;
    /// 'Year', 'Month' and 'Day', as they are called there.
    std::string names(const std::vector<NamedColumn>& named) const;
    /// Seconds from 1970 to the day's midnight, of a row. Throws InputError.
    double date_s(TextTable& table) const;
    /// Seconds since midnight, whatever of them there is. Throws InputError.
    double clock_s(TextTable& table) const;

private:
    double part(TextTable& table, size_t index, double least, double most) const;
};

/// By their names; none of a kind that two columns name.
DateParts date_parts_of(const std::vector<NamedColumn>& columns);

}  // namespace dynbal::power
