#include "power/trace_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/printable.hpp"
#include "power/cell_fault.hpp"
#include "power/date_parts.hpp"
#include "power/scope_head.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

using Cells = std::vector<std::string_view>;

constexpr size_t unit_size_max = 6;

/// More than half of what is not empty are values.
bool looks_like_row(const Cells& cells) {
    size_t filled = 0, values = 0;
    for (const std::string_view cell : cells) {
        if (cell.empty()) continue;
        ++filled;
        if (looks_like_value(cell)) ++values;
    }
    return 2 * values > filled;
}

/// Names with brackets that blanks have cut off: `time [s] power [mW]`.
Cells with_brackets_joined(const Cells& cells) {
    Cells joined;
    for (const std::string_view cell : cells) {
        const bool bracket = !cell.empty() && std::string_view("([{").find(cell.front()) != std::string_view::npos;
        if (bracket && !joined.empty()) {
            joined.back() = {joined.back().data(),
                             static_cast<size_t>(cell.data() + cell.size() - joined.back().data())};
        } else {
            joined.push_back(cell);
        }
    }
    return joined;
}

/// Headers may be written with another separator than the rows: one that gives as many cells.
Cells split_header(const TextTable& table, std::string_view line, size_t count) {
    Cells cells = table.split(line);
    if (cells.size() == count) return cells;
    for (const char separator : {',', ';', '\t', '|', ' '}) {
        Cells others = TextTable::split(line, separator);
        if (others.size() != count && separator == ' ') others = with_brackets_joined(others);
        if (others.size() == count) return others;
    }
    return cells;
}

bool any_meaning(const Cells& cells) {
    return std::any_of(cells.begin(), cells.end(),
                       [](std::string_view cell) { return meaning_of(cell).quantity != Quantity::none; });
}

/// Units, and more of them than others such as degC, unless the names above are known; and others that name nothing.
bool is_line_of_units(const Cells& cells, const Cells& above) {
    size_t units = 0, others = 0;
    for (const std::string_view cell : cells) {
        if (cell.empty()) continue;
        const bool unit = meaning_of_unit(cell).has_value();
        ++(unit ? units : others);
        if (!unit && (cell.size() > unit_size_max || meaning_of(cell).quantity != Quantity::none)) return false;
    }
    return units > others || (units > 0 && any_meaning(above));
}

/// A header in quotation marks may have line ends, and marks that are doubled.
std::string on_one_line(std::string_view name) {
    std::string result;
    for (size_t i = 0; i < name.size(); ++i) {
        const bool blank = name[i] == '\r' || name[i] == '\n' || name[i] == ' ';
        const bool doubled = name.substr(i, 2) == "\"\"";
        if (!(blank && result.ends_with(' '))) result += blank ? ' ' : name[i];
        if (doubled) ++i;
    }
    return result;
}

bool is_channel(std::string_view name) {
    return (name.starts_with("CH") && name.size() <= 4) || name.starts_with("Channel ") || name.starts_with("MATH") ||
           name.starts_with("REF");
}

bool is_plain_value(std::string_view cell) { return looks_like_value(cell) && !TextTable::is_missing(cell); }

/// Names, and no row that was not understood: no cell is a number, and none begins like one unless others say what they name.
bool may_be_header(const Cells& cells) {
    if (std::any_of(cells.begin(), cells.end(), is_plain_value)) return false;
    Cells names = cells;
    std::erase_if(names, begins_like_number);
    return names.size() == cells.size() || any_meaning(names);
}

[[noreturn]] void fail_for_header(const TextTable& table, size_t line, const Cells& cells) {
    const auto number = std::find_if(cells.begin(), cells.end(), [](std::string_view cell) {
        return is_plain_value(cell) || begins_like_number(cell);
    });
    const auto text = std::find_if(cells.begin(), cells.end(),
                                   [](std::string_view cell) { return !cell.empty() && !looks_like_value(cell); });
    table.fail_at(
        line, fmt::format("neither a row of numbers, for column {}: {}; nor a header, for '{}' in column {} is no name",
                          text - cells.begin() + 1, why_no_number(*text), io::printable(*number, 40),
                          number - cells.begin() + 1));
}

/// Of the lines that are no rows of numbers the one that comes closest is named, with its first cell that is none.
[[noreturn]] void fail_without_rows(const TextTable& table) {
    const HeadLine* closest = nullptr;
    size_t most = 0;
    for (const HeadLine& line : table.head()) {
        if (line.comment) continue;
        size_t likeness = 1;
        for (const std::string_view cell : table.split(line.text)) {
            likeness += is_plain_value(cell) ? size_t{3} : begins_like_number(cell) ? size_t{2} : size_t{0};
        }
        if (likeness <= most) continue;
        most = likeness;
        closest = &line;
    }
    const auto& head = table.head();
    const auto comments = std::count_if(head.begin(), head.end(), [](const HeadLine& line) { return line.comment; });
    if (closest == nullptr) table.fail_at(head.front().number, "nothing but comments, which begin with # or %");
    const Cells cells = table.split(closest->text);
    const bool hides_rows = 2 * comments > std::ssize(head);
    if (most == 1 && !hides_rows && any_meaning(cells)) table.fail_at(closest->number, "a header and no row");
    const auto text = std::find_if(cells.begin(), cells.end(),
                                   [](std::string_view cell) { return !cell.empty() && !looks_like_value(cell); });
    std::string why;
    if (text != cells.end()) {
        why =
            fmt::format("; this one comes closest, but column {}: {}", text - cells.begin() + 1, why_no_number(*text));
    }
    if (hides_rows) why += fmt::format("; {} lines are comments: they begin with # or %", comments);
    table.fail_at(closest->number, fmt::format("no rows of numbers in the first {} lines{}", head.size(), why));
}

/// V(out) as LTspice writes it, and no term such as V(out)*I(R1).
bool is_probe(std::string_view name, std::string_view begin) {
    return name.starts_with(begin) && name.find(')') == name.size() - 1;
}

/// What stands above names of year, month and day may look like a row, too: a place with its latitude.
std::optional<size_t> row_below_date_parts(const TextTable& table) {
    const auto& head = table.head();
    for (size_t i = 0; i + 1 < head.size(); ++i) {
        if (head[i].comment || head[i + 1].comment) continue;
        const Cells names = table.split(head[i].text), row = table.split(head[i + 1].text);
        if (names.size() != row.size() || !looks_like_row(row)) continue;
        std::vector<NamedColumn> columns;
        for (const std::string_view name : names) columns.push_back({std::string(name)});
        if (date_parts_of(columns).has_date()) return i + 1;
    }
    return std::nullopt;
}

/// The first line of two in a row that look like rows with the same number of cells, or one below names that are known.
size_t first_row_of(const TextTable& table) {
    const auto& head = table.head();
    if (const auto row = row_below_date_parts(table)) return *row;
    size_t before = head.size();
    size_t before_cells = 0;
    for (size_t i = 0; i < head.size(); ++i) {
        if (head[i].comment) continue;
        const Cells cells = table.split(head[i].text);
        const bool row = looks_like_row(cells);
        if (row && i > 0 && !looks_like_row(table.split(head[i - 1].text))) {
            const Cells names = split_header(table, head[i - 1].text, cells.size());
            if (names.size() == cells.size() && any_meaning(names)) return i;
        }
        if (row && before < head.size() && before_cells == cells.size()) return before;
        before = row ? i : head.size();
        before_cells = cells.size();
    }
    // A trace of one row.
    return before;
}

class HeadReader {
public:
    explicit HeadReader(const TextTable& table) : table_(table), row_(first_row_of(table)) {
        const auto& head = table.head();
        if (row_ == head.size()) fail_without_rows(table);
        count_ = table.split(head[row_].text).size();
        result_.first_row = &head[row_];
    }

    TraceHead read() {
        find_header();
        if (result_.header == nullptr) {
            result_.columns.resize(count_);
            return std::move(result_);
        }
        const Cells names = split_header(table_, result_.header->text, count_);
        if (names.size() != count_) {
            table_.fail_at(result_.first_row->number,
                           fmt::format("{}, but line {} names {} columns", cells_text(count_), result_.header->number,
                                       names.size()));
        }
        const bool is_named = units_.empty() && !result_.header->comment;
        if (is_named && !may_be_header(names)) fail_for_header(table_, result_.header->number, names);
        const bool separated_otherwise = table_.split(result_.header->text).size() != count_;
        const bool has_points = result_.first_row->text.find('.') != std::string_view::npos;
        if (table_.separator() == ',' && separated_otherwise && !has_points) {
            table_.fail_at(
                result_.header->number,
                "no commas here, but in the rows: they may be decimal marks; write points, or ; between cells");
        }
        for (size_t i = 0; i < count_; ++i) {
            const auto unit = units_.empty() ? std::nullopt : meaning_of_unit(units_[i]);
            const ColumnMeaning named = meaning_of(names[i]);
            if (unit && named.has_unit() && (named.quantity != unit->quantity || named.factor != unit->factor)) {
                table_.fail_at(
                    result_.header->number,
                    fmt::format("'{}' has another unit than the line below it says: '{}'", names[i], units_[i]));
            }
            const std::string written = units_.empty() ? "" : on_one_line(units_[i]);
            result_.columns.push_back({on_one_line(names[i]), unit ? *unit : named, written});
        }
        if (units_.empty()) apply_units_above();
        if (units_.empty()) apply_instruments();
        return std::move(result_);
    }

private:
    /// The line right before the rows; comments there may be the header, too, if they name something known. Nothing between header
    /// and rows is passed over: it would be a row that was not understood.
    void find_header() {
        const auto& head = table_.head();
        for (size_t i = row_; i-- > 0;) {
            const Cells cells = split_header(table_, head[i].text, count_);
            if (head[i].comment) {
                if (cells.size() != count_ || !any_meaning(cells) || !may_be_header(cells)) continue;
            } else if (looks_like_row(cells)) {
                table_.fail_at(head[i].number,
                               fmt::format("{}, but the rows that follow have {}", cells_text(cells.size()), count_));
            }
            result_.header = &head[i];
            if (i > 0 && cells.size() == count_ && is_below_names(i, cells)) {
                units_ = cells;
                result_.header = &head[i - 1];
            }
            note_names_above(i);
            return;
        }
    }

    /// Lines of explanations between the names and the rows.
    void note_names_above(size_t index) {
        const auto& head = table_.head();
        if (!units_.empty() || any_meaning(split_header(table_, head[index].text, count_))) return;
        for (size_t i = index; i-- > 0 && index - i < 4;) {
            const Cells cells = table_.split(head[i].text);
            if (cells.size() != count_ || !any_meaning(cells) || !may_be_header(cells)) continue;
            result_.hint = fmt::format(
                "; line {} names some, but line {} stands between it and the rows: remove that, or "
                "begin it with #",
                head[i].number, head[index].number);
            return;
        }
    }

    /// A header of units alone has no other line of as many names before it.
    bool is_below_names(size_t index, const Cells& units) const {
        const Cells above = split_header(table_, table_.head()[index - 1].text, count_);
        return above.size() == count_ && !looks_like_row(above) && is_line_of_units(units, above);
    }

    /// NREL's NSRDB writes above the header `GHI Units`, and below that `w/m2`.
    void apply_units_above() {
        const auto& head = table_.head();
        for (size_t i = 0; i + 1 < head.size() && &head[i + 1] < result_.header; ++i) {
            const Cells names = table_.split(head[i].text), units = table_.split(head[i + 1].text);
            for (NamedColumn& column : result_.columns) {
                const auto is_its_unit = [&](std::string_view name) {
                    return folded(name) == folded(column.name) + " units";
                };
                const auto found = std::find_if(names.begin(), names.end(), is_its_unit);
                const auto index = static_cast<size_t>(found - names.begin());
                if (found == names.end() || index >= units.size() || column.meaning.has_unit()) continue;
                column.meaning = meaning_of_unit(units[index]).value_or(ColumnMeaning{});
                result_.instrument = "NSRDB";
            }
        }
    }

    /// Columns whose units stand in the instrument's manual only.
    void apply_instruments() {
        auto& columns = result_.columns;
        const auto named = [&](std::string_view name) {
            return std::any_of(columns.begin(), columns.end(),
                               [&](const NamedColumn& c) { return folded(c.name) == name; });
        };
        const auto set = [&](auto&& applies, ColumnMeaning meaning) {
            for (NamedColumn& column : columns) {
                if (!column.meaning.has_unit() && applies(column.name)) column.meaning = meaning;
            }
        };
        const auto is = [](std::string_view wanted) {
            return [wanted](const std::string& name) { return folded(name) == wanted; };
        };
        const bool channels =
            std::any_of(columns.begin(), columns.end(), [](const NamedColumn& c) { return is_channel(c.name); });
        if (channels && named("time [s]")) {
            result_.instrument = "Saleae";
            set(is_channel, {Quantity::voltage, 1});
        } else if (channels && columns.front().name == "TIME") {
            result_.instrument = "Tektronix";
            set(is("time"), {Quantity::time, 1});
            set(is_channel, vertical_unit());
        } else if (named("ampl") && named("time")) {
            result_.instrument = "LeCroy";
            set(is("time"), {Quantity::time, 1});
            set(is("ampl"), {Quantity::voltage, 1});
        } else if (named("time") && named("current") && named("voltage") && named("power") && named("energy")) {
            result_.instrument = "Joulescope";
            set(is("time"), {Quantity::time, 1});
            set(is("power"), {Quantity::power, 1});
        } else if (folded(columns.front().name) == "time" && count_ > 1 &&
                   (is_probe(columns[1].name, "V(") || is_probe(columns[1].name, "I("))) {
            result_.instrument = "LTspice";
            set(is("time"), {Quantity::time, 1});
            set([](const std::string& name) { return is_probe(name, "V("); }, {Quantity::voltage, 1});
            set([](const std::string& name) { return is_probe(name, "I("); }, {Quantity::current, 1});
        }
    }

    /// Tektronix: `Vertical Units,V`, before the table.
    ColumnMeaning vertical_unit() const {
        for (const HeadLine& line : table_.head()) {
            const Cells cells = table_.split(line.text);
            if (cells.size() < 2 || folded(cells[0]) != "vertical units") continue;
            return meaning_of_unit(cells[1]).value_or(ColumnMeaning{});
        }
        return {Quantity::voltage, 1};
    }

    const TextTable& table_;
    size_t row_;
    size_t count_ = 0;
    Cells units_;
    TraceHead result_;
};

}  // namespace

/// Digits with signs and marks, too: 1.234,5 is an error later on, and no name.
bool looks_like_value(std::string_view cell) {
    if (TextTable::is_missing(cell) || looks_like_time(cell)) return true;
    return cell.find_first_not_of("0123456789+-.,eE") == std::string_view::npos &&
           cell.find_first_of("0123456789") != std::string_view::npos && cell.front() != 'e' && cell.front() != 'E';
}

TraceHead read_head(const TextTable& table) {
    if (auto scope = read_scope_head(table)) return *std::move(scope);
    return HeadReader(table).read();
}

}  // namespace dynbal::power
