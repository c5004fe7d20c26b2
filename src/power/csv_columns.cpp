#include "power/csv_columns.hpp"

#include <fmt/format.h>

#include <charconv>

namespace dynbal::power {

void CsvColumns::fail(const std::string& reason) const {
    const HeadLine& line = head_.header != nullptr ? *head_.header : *head_.first_row;
    table_.fail_at(line.number, reason);
}

std::string CsvColumns::name_of(size_t column) const {
    const std::string& name = head_.columns[column].name;
    return name.empty() ? fmt::format("column {}", column + 1) : fmt::format("'{}'", name);
}

std::string CsvColumns::all_names() const {
    std::string names;
    for (const NamedColumn& column : head_.columns) names += (names.empty() ? "'" : ", '") + column.name + "'";
    return names;
}

void CsvColumns::check_names() const {
    for (size_t i = 1; i < head_.columns.size(); ++i) {
        const NamedColumn &before = head_.columns[i - 1], &column = head_.columns[i];
        const auto unit = meaning_of_unit(column.name);
        if (table_.separator() != ',' || !unit || before.meaning.has_unit()) continue;
        const bool says_it = folded(before.name).find(text_of(unit->quantity)) != std::string::npos;
        if (before.meaning.quantity != unit->quantity && !says_it) continue;
        fail(fmt::format("'{}, {}' may be one column with its unit, or two; name it {} [{}]", before.name, column.name,
                         before.name, column.name));
    }
}

void CsvColumns::need_header() const {
    if (head_.header != nullptr) return;
    fail(fmt::format("no line names the columns; write a header such as time_s,power_mw, {}", columns_by_hand));
}

void CsvColumns::fail_for_two(const char* key, std::string_view text, size_t one, size_t other) const {
    fail(fmt::format("{}={}: columns {} and {} have this name; give the number", key, text, one, other));
}

/// What is called `text` once `part_of` has taken its part of each name.
std::optional<size_t> CsvColumns::with_name(const char* key, std::string_view text,
                                            std::string_view (*part_of)(std::string_view)) const {
    std::optional<size_t> found;
    for (size_t i = 0; i < head_.columns.size(); ++i) {
        const std::string_view name = part_of(head_.columns[i].name);
        if (name.empty() || (name != text && folded(name) != folded(text))) continue;
        if (found) fail_for_two(key, text, *found + 1, i + 1);
        found = i;
    }
    return found;
}

size_t CsvColumns::by_hand(const char* key, std::string_view text) const {
    if (const auto found = with_name(key, text, [](std::string_view name) { return name; })) return *found;
    if (const auto found = with_name(key, text, without_unit)) return *found;
    size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = error == std::errc{} && end == text.data() + text.size();
    if (good && number >= 1 && number <= head_.columns.size()) return number - 1;
    const std::string there =
        head_.header == nullptr ? "there is no header" : fmt::format("the columns are {}", all_names());
    fail(fmt::format("{}={}: no such column among {}; {}", key, text, head_.columns.size(), there));
}

std::vector<size_t> CsvColumns::of(Quantity quantity, bool with_unit) const {
    std::vector<size_t> found;
    for (size_t i = 0; i < head_.columns.size(); ++i) {
        const ColumnMeaning& meaning = head_.columns[i].meaning;
        if (!is_time(i) && meaning.quantity == quantity && meaning.has_unit() == with_unit) found.push_back(i);
    }
    return found;
}

std::optional<size_t> CsvColumns::only(Quantity quantity, const char* key) const {
    const std::vector<size_t> found = of(quantity, true);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) {
        std::string names;
        for (const size_t column : found) names += (names.empty() ? "" : ", ") + name_of(column);
        fail(fmt::format("{} columns hold {}: {}; say which: {}", found.size(), text_of(quantity), names,
                         choice_text(quantity, key, found)));
    }
    refuse_other(found.front());
    return found.front();
}

std::string CsvColumns::word_of(size_t column) const {
    const std::string& name = head_.columns[column].name;
    const auto same = [&](const auto& other) { return folded(other.name) == folded(name); };
    const bool is_unique = std::count_if(head_.columns.begin(), head_.columns.end(), same) == 1;
    return is_unique && name.find_first_of(" ,*=") == std::string::npos ? name : std::to_string(column + 1);
}

/// The option that says which of several columns is meant: beside a voltage or a current the product with the other one.
std::string CsvColumns::choice_text(Quantity quantity, const char* key, const std::vector<size_t>& found) const {
    const std::vector<size_t> volts = of(Quantity::voltage, true);
    const std::vector<size_t> amperes = of(Quantity::current, true);
    const bool is_factor = quantity == Quantity::voltage || quantity == Quantity::current;
    if (is_factor && !volts.empty() && !amperes.empty()) {
        return fmt::format("column={}*{}", word_of(volts.front()), word_of(amperes.front()));
    }
    std::string text = fmt::format("{}=NAME", key);
    // An oscilloscope sees a current as the voltage over a resistor only.
    if (quantity == Quantity::voltage) {
        text +=
            fmt::format("; is one of them over a shunt? column={}*{},shunt=R", word_of(found[0]), word_of(found[1]));
    }
    return text;
}

void CsvColumns::refuse_other(size_t column) const {
    const Quantity quantity = head_.columns[column].meaning.quantity;
    if (quantity == Quantity::time && names_a_factor(head_.columns[column].name)) {
        fail(
            fmt::format("{} is by its name a multiple of the time; write it in seconds, give step=T, or say that it is "
                        "the time: time=NAME",
                        name_of(column)));
    }
    if (quantity == Quantity::time) {
        if (!is_time_between_rows(head_.columns[column].name)) return;
        fail(fmt::format(
            "{} is by its name the time from row to row; add it up, give step=T, or say that it is the time: "
            "time=NAME",
            name_of(column)));
    }
    const std::string& name = head_.columns[column].name;
    const std::string why = why_no_harvest(name, quantity);
    if (why.empty()) return;
    fail(fmt::format("{} is by its name {}; say what was harvested: column=NAME{}", name_of(column), why,
                     names_a_factor(name) ? ",scale=N" : ""));
}

void CsvColumns::fail_without_unit(size_t column, const char* option) const {
    const std::string& name = head_.columns[column].name;
    const std::string written = head_.columns[column].unit.empty() ? unknown_unit(name) : head_.columns[column].unit;
    if (folded(name).find("dbm") != std::string::npos) {
        fail(name_of(column) + " is a logarithm; write milliwatts instead: 10^(dBm / 10)");
    }
    if (!written.empty()) {
        fail(fmt::format("{}: the unit '{}' is not known; known are: {}; write one of them into the header, or give {}",
                         name_of(column), written, units_text(), option));
    }
    if (has_unit_within(name)) {
        fail(fmt::format("{} does not end with its unit; write it as the last word, such as power_1_mw, or give {}",
                         name_of(column), option));
    }
    const Quantity quantity = head_.columns[column].meaning.quantity;
    fail(fmt::format("{} has no unit; write it into the header, such as {}, or give {}",
                     quantity == Quantity::time ? fmt::format("the time, {},", name_of(column)) : name_of(column),
                     example_names(quantity), option));
}

std::string CsvColumns::unit_text(size_t column, const ColumnMeaning& meaning) const {
    return meaning_of(at(column).name).has_unit() ? "" : fmt::format(" in {}", text_of_unit(meaning));
}

std::string CsvColumns::doubts_text() const {
    std::string units;
    for (size_t i = 0; i < head_.columns.size(); ++i) {
        const NamedColumn& column = head_.columns[i];
        const bool in_brackets = column.name.ends_with(')') || column.name.ends_with(']');
        const std::string unit = in_brackets && !is_time(i) ? unknown_unit(column.name) : "";
        if (!unit.empty() && !meaning_of_unit(unit)) {
            units += (units.empty() ? "; no known units: '" : ", '") + unit + "'";
        }
    }
    return units + head_.hint;
}

}  // namespace dynbal::power
