#include "power/last_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/printable.hpp"
#include "power/cell_fault.hpp"

namespace dynbal::power {
namespace {

/// In small letters, without a colon.
bool names_a_total(std::string_view cell) {
    constexpr std::array<std::string_view, 11> totals{"total", "sum",   "subtotal", "grand total", "mean",   "average",
                                                      "avg",   "summe", "gesamt",   "somme",       "moyenne"};
    return std::find(totals.begin(), totals.end(), cell) != totals.end();
}

/// In the first column no row of a recording has one of these, in others perhaps a state.
bool names_no_row(std::string_view cell) {
    constexpr std::array<std::string_view, 8> others{"median", "min", "max", "std", "count", "end", "eof", "stop"};
    return names_a_total(cell) || std::find(others.begin(), others.end(), cell) != others.end();
}

std::string word_in(std::string_view cell) {
    if (cell.ends_with(':')) cell.remove_suffix(1);
    return folded(cell);
}

}  // namespace

void RowKinds::look_at(const TextTable& table) {
    const std::string_view cell = table.cell(0);
    line_ = table.line_number();
    if (++rows_ == 1) begins_with_value_ = looks_like_value(cell) && !TextTable::is_missing(cell);
    const bool is_other =
        begins_with_value_ && !is_looked_at(0) && !looks_like_value(cell) && !begins_like_number(cell);
    if (is_other || names_no_row(word_in(cell))) refuse(table, 0);
}

void RowKinds::add(double value) {
    sum_ += last_;
    largest_ = std::max(largest_, last_);
    last_ = value;
    if (value > 0) ++filled_;
}

void RowKinds::finish(const TextTable& table) const {
    if (rows_ < 2) return;
    for (size_t i = 0; i < layout_.cells; ++i) {
        if (!is_looked_at(i) && names_a_total(word_in(table.cell(i)))) refuse(table, i);
    }
    if (is_looked_at(0) || !begins_with_value_ || !table.is_missing(size_t{0})) return;
    table.fail_at(line_,
                  "the last row has nothing in its first cell, as a total has; remove the line, or begin it with #");
}

std::vector<std::string> RowKinds::notes(const TextTable& table) const {
    constexpr size_t summands_min = 4;
    constexpr double rounding_share = 1e-6;
    std::vector<std::string> notes;
    const bool is_sum = last_ > largest_ && std::abs(last_ - sum_) <= rounding_share * sum_;
    if (filled_ > summands_min && is_sum) {
        notes.push_back(
            fmt::format("the last value, in line {}, is the sum of all before: remove it if it is a total", line_));
    }
    const std::string cut = table.cut_row_text();
    if (!cut.empty()) notes.push_back(cut);
    return notes;
}

bool RowKinds::is_looked_at(size_t column) const {
    const bool is_time = layout_.time != TimeSource::step && column == layout_.time_column;
    return is_time || column == layout_.value_column || layout_.second_column == column ||
           layout_.date_column == column || layout_.date_parts.contains(column);
}

void RowKinds::refuse(const TextTable& table, size_t column) const {
    table.fail_at(line_, fmt::format("'{}' names no row of a recording; remove the line, or begin it with #",
                                     io::printable(table.cell(column), 40)));
}

}  // namespace dynbal::power
