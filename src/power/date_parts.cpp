#include "power/date_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "power/column_names.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

using Names = std::array<std::string_view, 3>;

/// MM would be months or minutes: neither is among them.
constexpr std::array<Names, 6> part_names{{{"year", "yr", "yyyy"},
                                           {"month", "mon", "mo"},
                                           {"day", "dd", "day of month"},
                                           {"hour", "hr", "hh"},
                                           {"minute", "min", "minutes"},
                                           {"second", "sec", "seconds"}}};

}  // namespace

bool DateParts::is_spread() const {
    const auto count =
        std::count_if(columns.begin(), columns.end(), [](const auto& column) { return column.has_value(); });
    return count > 1 && (columns[0] || columns[1] || columns[2]);
}

bool DateParts::contains(size_t column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::string DateParts::names(const std::vector<NamedColumn>& named) const {
    std::string text;
    for (const auto& column : columns) {
        if (column) text += fmt::format("{}'{}'", text.empty() ? "" : ", ", named[*column].name);
    }
    return text;
}

double DateParts::date_s(TextTable& table) const {
    constexpr double year_min = 1900, year_max = 2199;
    const auto year = static_cast<int64_t>(part(table, 0, year_min, year_max));
    const auto month = static_cast<int64_t>(part(table, 1, 1, 12));
    const auto day = static_cast<int64_t>(part(table, 2, 1, 31));
    const auto date = date_of(year, month, day);
    if (!date) table.fail(fmt::format("there is no day {} in month {} of {}", day, month, year));
    return *date;
}

double DateParts::clock_s(TextTable& table) const {
    double seconds = 0;
    if (columns[3]) seconds += 3600 * part(table, 3, 0, 24);
    if (columns[4]) seconds += 60 * part(table, 4, 0, 59);
    if (!columns[5]) return seconds;
    const double second = table.number(*columns[5]);
    if (!(second >= 0 && second < 61)) {
        table.fail(fmt::format("column {}: '{}' is no second", *columns[5] + 1, table.cell(*columns[5])));
    }
    return seconds + second;
}

double DateParts::part(TextTable& table, size_t index, double least, double most) const {
    const size_t column = *columns.at(index);
    const double value = table.number(column);
    const bool good = value >= least && value <= most && value == std::floor(value);
    if (!good) {
        table.fail(fmt::format("column {}: '{}' is no {} from {:g} to {:g}", column + 1, table.cell(column),
                               part_names.at(index).front(), least, most));
    }
    return value;
}

DateParts date_parts_of(const std::vector<NamedColumn>& columns) {
    DateParts parts;
    for (size_t kind = 0; kind < part_names.size(); ++kind) {
        const Names& names = part_names.at(kind);
        size_t found = 0;
        for (size_t i = 0; i < columns.size(); ++i) {
            if (std::find(names.begin(), names.end(), folded(columns[i].name)) == names.end()) continue;
            parts.columns.at(kind) = i;
            ++found;
        }
        if (found > 1) parts.columns.at(kind).reset();
    }
    return parts;
}

}  // namespace dynbal::power
