#include "power/csv_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "power/time_unit.hpp"

namespace dynbal::power {

CsvTime::CsvTime(const TextTable& table, Options& options, CsvColumns& columns, TraceLayout& layout)
    : table_(table), options_(options), columns_(columns), layout_(layout) {
    const TraceHead& head = columns.head();
    first_cells_ = table.split(head.first_row->text);
    parts_ = date_parts_of(head.columns);
}

void CsvTime::find() {
    set_date_order();
    if (const auto text = options_.text("time")) {
        set_source(columns_.by_hand("time", *text));
        return;
    }
    if (parts_.is_spread()) hide_parts();
    if (const auto column = best_column()) {
        set_source(*column);
        note_others();
        return;
    }
    if (parts_.has_date()) {
        layout_.time = TimeSource::parts;
        layout_.date_parts = parts_;
        return;
    }
    if (parts_.is_spread()) {
        columns_.fail(fmt::format(
            "the time is spread over {}, and no year, month and day are there together; write it into one column, "
            "such as 2024-05-31 12:00, or give step=T or time=NAME",
            parts_.names(columns_.head().columns)));
    }
    layout_.step_s = columns_.head().step_s;
    if (layout_.step_s > 0) return;
    columns_.need_header();
    columns_.fail(fmt::format("no column holds the time ({}); give step=T, or time=NAME{}", columns_.all_names(),
                              columns_.doubts_text()));
}

std::string CsvTime::text() const {
    if (layout_.time == TimeSource::step) return fmt::format("{:g} s a row", layout_.step_s);
    const std::string parts = layout_.date_parts.names(columns_.head().columns);
    if (layout_.time == TimeSource::parts) return "time from " + parts;
    std::string unit;
    if (layout_.time == TimeSource::number) {
        unit = columns_.unit_text(layout_.time_column, {Quantity::time, layout_.time_factor});
    }
    std::string text = fmt::format("time{} from {}", unit, columns_.name_of(layout_.time_column));
    if (layout_.date_column) text += fmt::format(" with dates from {}", columns_.name_of(*layout_.date_column));
    if (!parts.empty()) text += " with dates from " + parts;
    return text + order_text();
}

/// An hour of 12 is no time of its own beside a day.
void CsvTime::hide_parts() {
    for (const auto& column : parts_.columns) {
        if (!column) continue;
        columns_.head().columns[*column].meaning = {};
        if (parts_.has_date()) columns_.set_time(*column);
    }
}

std::optional<size_t> CsvTime::best_column() {
    if (const auto counted = columns_.only(Quantity::time, "time")) return counted;
    if (const auto clock = clock_column()) return clock;
    // What counts needs a unit; said below.
    const std::vector<size_t> others = columns_.of(Quantity::time, false);
    if (others.size() > 1 && options_.has("time_unit")) {
        columns_.fail("time_unit= is given, but not of which column: time=NAME or NUMBER");
    }
    if (others.empty()) return std::nullopt;
    columns_.refuse_other(others.front());
    return others.front();
}

void CsvTime::set_date_order() {
    const std::string order = options_.text("date").value_or("");
    if (order == "day-first") layout_.date_order = DateOrder::day_first;
    if (order == "month-first") layout_.date_order = DateOrder::month_first;
    const bool known = layout_.date_order != DateOrder::unknown;
    if (!order.empty() && !known) options_.refuse("date= is day-first or month-first");
    for (const NamedColumn& column : columns_.head().columns) {
        const std::string name = folded(column.name);
        if (name.find("mm/dd/yyyy") != std::string::npos) layout_.date_order = DateOrder::month_first;
        if (name.find("dd/mm/yyyy") != std::string::npos) layout_.date_order = DateOrder::day_first;
    }
    if (layout_.date_order == DateOrder::unknown) layout_.date_order = order_by_content();
}

/// One row in the head that can be read in one way only speaks for all.
DateOrder CsvTime::order_by_content() const {
    for (const HeadLine& line : table_.head()) {
        if (line.number < columns_.head().first_row->number || line.comment) continue;
        for (const std::string_view cell : table_.split(line.text)) {
            const DateOrder order = order_told_by(cell);
            if (order != DateOrder::unknown) return order;
        }
    }
    return DateOrder::unknown;
}

/// For people: which it was, where it could have been either.
std::string CsvTime::order_text() const {
    const std::string_view cell = first_cells_[layout_.date_column.value_or(layout_.time_column)];
    if (layout_.time != TimeSource::clock || parse_moment(cell, DateOrder::unknown)) return "";
    return layout_.date_order == DateOrder::day_first ? ", day first" : ", month first";
}

std::optional<Moment> CsvTime::moment_in(size_t column) const {
    const std::string_view cell = first_cells_[column];
    return TextTable::is_number(cell) ? std::nullopt : parse_moment(cell, layout_.date_order);
}

/// By content, whatever its name: dates with times before times alone before dates alone. Two of a kind must be told apart by hand.
std::optional<size_t> CsvTime::clock_column() const {
    std::array<std::vector<size_t>, 3> found;
    for (size_t i = 0; i < first_cells_.size(); ++i) {
        if (const auto moment = moment_in(i)) found[!moment->clock_s ? 2 : !moment->date_s ? 1 : 0].push_back(i);
    }
    for (const std::vector<size_t>& kind : found) {
        if (kind.size() > 1) {
            columns_.fail(fmt::format("{} and {} both hold times; say which: time=NAME or NUMBER",
                                      columns_.name_of(kind[0]), columns_.name_of(kind[1])));
        }
        if (!kind.empty()) return kind.front();
    }
    return std::nullopt;
}

/// Of times without a date: the one column that holds dates and nothing else.
void CsvTime::find_date() {
    for (size_t i = 0; i < first_cells_.size(); ++i) {
        const auto moment = moment_in(i);
        if (!moment) refuse_unknown_order(i);
        if (!moment || moment->clock_s) continue;
        if (layout_.date_column) {
            columns_.fail(fmt::format("{} and {} both hold dates; remove one", columns_.name_of(*layout_.date_column),
                                      columns_.name_of(i)));
        }
        layout_.date_column = i;
    }
}

/// Without its dates a recording of days would lose whole ones.
void CsvTime::refuse_unread_date() const {
    for (size_t i = 0; i < first_cells_.size(); ++i) {
        const std::string name = folded(columns_.at(i).name);
        // A day or a month without the rest of its date.
        const bool is_part = !parts_.has_date() && (parts_.columns[1] == i || parts_.columns[2] == i) &&
                             TextTable::is_number(first_cells_[i]);
        const bool is_date = is_part || name.starts_with("date") || name.starts_with("datum");
        if (!is_date || columns_.is_time(i)) continue;
        table_.fail_at(columns_.head().first_row->number,
                       fmt::format("{} holds no date that is known: '{}'; write 2024-05-31", columns_.name_of(i),
                                   first_cells_[i]));
    }
}

void CsvTime::refuse_unknown_order(size_t column) const {
    const std::string_view cell = first_cells_[column];
    if (TextTable::is_number(cell) || !looks_like_time(cell)) return;
    const std::string text = layout_.date_order == DateOrder::unknown
                                 ? "'{}' may have the day or the month first; give date=day-first or date=month-first"
                                 : "'{}' is no date where date= or other rows say which comes first, day or month";
    table_.fail_at(columns_.head().first_row->number, fmt::format(fmt::runtime(text), cell));
}

void CsvTime::set_source(size_t column) {
    layout_.time_column = column;
    columns_.set_time(column);
    const auto moment = moment_in(column);
    if (!moment) {
        refuse_unknown_order(column);
        layout_.time = TimeSource::number;
        set_unit(column);
        return;
    }
    layout_.time = TimeSource::clock;
    if (begins_with_minutes(columns_.at(column).name)) {
        columns_.fail(columns_.name_of(column) + " has minutes first by its name; write hours, too: 00:12:30");
    }
    if (moment->date_s || moment->is_elapsed) return;
    find_date();
    if (layout_.date_column) return;
    refuse_unread_date();
    if (!parts_.has_date()) return;
    for (size_t i = 0; i < 3; ++i) layout_.date_parts.columns.at(i) = parts_.columns.at(i);
}

void CsvTime::set_unit(size_t column) {
    const ColumnMeaning& meaning = columns_.at(column).meaning;
    const bool has_unit = meaning.quantity == Quantity::time && meaning.has_unit();
    if (const auto unit = options_.text("time_unit")) {
        const auto given = meaning_of_unit(*unit);
        const bool is_time = given && given->quantity == Quantity::time;
        if (!is_time) options_.refuse(fmt::format("time_unit={} is none of s, ms, us, ns, min, h, d", *unit));
        const bool agrees = !has_unit || meaning.factor == given->factor;
        if (!agrees) {
            options_.refuse(
                fmt::format("time_unit= contradicts the header, where {} has one", columns_.name_of(column)));
        }
        layout_.time_factor = given->factor;
    } else if (has_unit) {
        layout_.time_factor = meaning.factor;
    } else {
        columns_.fail_without_unit(column, time_unit_text(first_cells_[column]).c_str());
    }
    note_count(columns_.name_of(column), first_cells_[column]);
}

/// What is labelled as seconds and counts milliseconds since 1970 would last for a thousand times as long.
void CsvTime::note_count(const std::string& name, std::string_view cell) {
    const auto unit = unit_of_count(cell);
    if (!unit || meaning_of_unit(*unit)->factor >= layout_.time_factor) return;
    layout_.notes.push_back(fmt::format("{} is taken as {}, but {} is a time since 1970 in {}", name,
                                        text_of_unit({Quantity::time, layout_.time_factor}), cell, *unit));
}

/// Dates beside seconds, two clocks: which of them was taken is not for the reader alone to know.
void CsvTime::note_others() {
    std::string names;
    for (size_t i = 0; i < first_cells_.size(); ++i) {
        if (i == layout_.time_column || layout_.date_column == i || parts_.contains(i)) continue;
        const std::string& name = columns_.at(i).name;
        const bool counts = columns_.at(i).meaning.quantity == Quantity::time &&
                            TextTable::is_number(first_cells_[i]) && !is_time_between_rows(name);
        if (counts || moment_in(i)) names += (names.empty() ? "" : ", ") + columns_.name_of(i);
    }
    const bool unread = parts_.has_date() && !layout_.date_parts.has_date();
    if (unread) names += (names.empty() ? "" : ", ") + parts_.names(columns_.head().columns);
    if (names.empty()) return;
    layout_.notes.push_back(
        fmt::format("{} is taken for the time, and not {}, which could be, too; time=NAME says which",
                    columns_.name_of(layout_.time_column), names));
}

}  // namespace dynbal::power
