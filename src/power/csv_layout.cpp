#include "power/csv_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

constexpr const char* by_hand =
    "or by hand: column=NAME or NUMBER, unit=mW, time=NAME or NUMBER, time_unit=ms, or step=1ms";

class LayoutFinder {
public:
    LayoutFinder(const TextTable& table, Options& options) : table_(table), options_(options), head_(read_head(table)) {
        layout_.first_row = head_.first_row;
        first_cells_ = table.split(head_.first_row->text);
        layout_.cells = head_.columns.size();
        layout_.format = head_.instrument.empty() ? "csv" : "csv of " + head_.instrument;
    }

    TraceLayout find() {
        const bool step = options_.has("step");
        check_names();
        // The time first: it may be named by hand and is no value then.
        if (!step) find_time();
        find_value();
        if (step) layout_.step_s = options_.number("step", Unit::second, 0, 1e-6, 86400);
        std::string time = layout_.time == TimeSource::step ? fmt::format("{:g} s a row", layout_.step_s)
                                                            : "time from " + name_of(layout_.time_column);
        if (layout_.date_column) time += " with dates from " + name_of(*layout_.date_column);
        time += order_text();
        layout_.columns = time + ", " + value_text();
        return layout_;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        const HeadLine& line = head_.header != nullptr ? *head_.header : *head_.first_row;
        table_.fail_at(line.number, reason);
    }

    std::string name_of(size_t column) const {
        const std::string& name = head_.columns[column].name;
        return name.empty() ? fmt::format("column {}", column + 1) : "'" + name + "'";
    }

    /// `power, mW` names one column; where commas are decimal marks, too, it would look like two.
    void check_names() const {
        for (size_t i = 1; i < head_.columns.size(); ++i) {
            const NamedColumn &before = head_.columns[i - 1], &column = head_.columns[i];
            const auto unit = meaning_of_unit(column.name);
            if (table_.separator() != ',' || !unit || before.meaning.has_unit()) continue;
            const bool says_it = folded(before.name).find(text_of(unit->quantity)) != std::string::npos;
            if (before.meaning.quantity != unit->quantity && !says_it) continue;
            fail(fmt::format("'{}, {}' may be one column with its unit, or two; name it {} [{}]", before.name,
                             column.name, before.name, column.name));
        }
    }

    void need_header() const {
        if (head_.header != nullptr) return;
        fail(fmt::format("no line names the columns; write a header such as time_s,power_mw, {}", by_hand));
    }
    [[noreturn]] void fail_for_two(const char* key, std::string_view text, size_t one, size_t other) const {
        fail(fmt::format("{}={}: columns {} and {} have this name; give the number", key, text, one, other));
    }
    std::string all_names() const {
        std::string names;
        for (const NamedColumn& column : head_.columns) names += (names.empty() ? "'" : ", '") + column.name + "'";
        return names;
    }

    /// A name, or a number from 1.
    size_t column_by_hand(const char* key, std::string_view text) const {
        std::optional<size_t> found;
        for (size_t i = 0; i < head_.columns.size(); ++i) {
            const std::string& name = head_.columns[i].name;
            if (name.empty() || (name != text && folded(name) != folded(text))) continue;
            if (found) fail_for_two(key, text, *found + 1, i + 1);
            found = i;
        }
        if (found) return *found;
        size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool good = error == std::errc{} && end == text.data() + text.size();
        if (good && number >= 1 && number <= head_.columns.size()) return number - 1;
        const std::string there = head_.header == nullptr ? "there is no header" : "the columns are " + all_names();
        fail(fmt::format("{}={}: no such column among {}; {}", key, text, head_.columns.size(), there));
    }

    std::vector<size_t> columns_of(Quantity quantity, bool with_unit) const {
        std::vector<size_t> found;
        for (size_t i = 0; i < head_.columns.size(); ++i) {
            const ColumnMeaning& meaning = head_.columns[i].meaning;
            if (time_taken_ && i == layout_.time_column) continue;
            if (meaning.quantity == quantity && meaning.has_unit() == with_unit) found.push_back(i);
        }
        return found;
    }

    void refuse_load(size_t column) const {
        const Quantity quantity = head_.columns[column].meaning.quantity;
        const std::string why = quantity == Quantity::time ? "" : why_no_harvest(head_.columns[column].name, quantity);
        if (why.empty()) return;
        fail(fmt::format("{} is by its name {}; say what was harvested: column=NAME", name_of(column), why));
    }

    /// The only one; none if there is none.
    std::optional<size_t> only(Quantity quantity, const char* key) const {
        const std::vector<size_t> found = columns_of(quantity, true);
        if (found.empty()) return std::nullopt;
        if (found.size() > 1) {
            std::string names;
            for (const size_t column : found) names += (names.empty() ? "" : ", ") + name_of(column);
            fail(
                fmt::format("{} columns hold {}: {}; say which: {}=NAME", found.size(), text_of(quantity), names, key));
        }
        refuse_load(found.front());
        return found.front();
    }

    void find_time() {
        set_date_order();
        std::optional<size_t> column;
        if (const auto text = options_.text("time")) {
            column = column_by_hand("time", *text);
        } else {
            column = only(Quantity::time, "time");
            if (!column) column = clock_column();
            // What counts needs a unit; said below.
            const std::vector<size_t> others = columns_of(Quantity::time, false);
            if (!column && !others.empty()) column = others.front();
        }
        if (!column) {
            need_header();
            fail(fmt::format("no column holds the time ({}); give step=T, or time=NAME", all_names()));
        }
        layout_.time_column = *column;
        time_taken_ = true;
        set_time_source(*column);
    }

    void set_date_order() {
        const std::string order = options_.text("date").value_or("");
        if (order == "day-first") layout_.date_order = DateOrder::day_first;
        if (order == "month-first") layout_.date_order = DateOrder::month_first;
        const bool known = layout_.date_order != DateOrder::unknown;
        if (!order.empty() && !known) options_.refuse("date= is day-first or month-first");
        for (const NamedColumn& column : head_.columns) {
            const std::string name = folded(column.name);
            if (name.find("mm/dd/yyyy") != std::string::npos) layout_.date_order = DateOrder::month_first;
            if (name.find("dd/mm/yyyy") != std::string::npos) layout_.date_order = DateOrder::day_first;
        }
        if (layout_.date_order == DateOrder::unknown) layout_.date_order = order_by_content();
    }

    /// One row in the head that can be read in one way only speaks for all.
    DateOrder order_by_content() const {
        for (const HeadLine& line : table_.head()) {
            if (line.number < head_.first_row->number || line.comment) continue;
            for (const std::string_view cell : table_.split(line.text)) {
                const DateOrder order = order_told_by(cell);
                if (order != DateOrder::unknown) return order;
            }
        }
        return DateOrder::unknown;
    }

    /// For people: which it was, where it could have been either.
    std::string order_text() const {
        const std::string_view cell = first_cells_[layout_.date_column.value_or(layout_.time_column)];
        if (layout_.time != TimeSource::clock || parse_moment(cell, DateOrder::unknown)) return "";
        return layout_.date_order == DateOrder::day_first ? ", day first" : ", month first";
    }

    std::optional<Moment> moment_in(size_t column) const {
        const std::string_view cell = first_cells_[column];
        return TextTable::is_number(cell) ? std::nullopt : parse_moment(cell, layout_.date_order);
    }

    /// By content, whatever its name: dates with times before times alone before dates alone. Two of a kind must be told apart by hand.
    std::optional<size_t> clock_column() const {
        std::array<std::vector<size_t>, 3> found;
        for (size_t i = 0; i < first_cells_.size(); ++i) {
            if (const auto moment = moment_in(i)) found[!moment->clock_s ? 2 : !moment->date_s ? 1 : 0].push_back(i);
        }
        for (const std::vector<size_t>& kind : found) {
            if (kind.size() > 1) {
                fail(fmt::format("{} and {} both hold times; say which: time=NAME or NUMBER", name_of(kind[0]),
                                 name_of(kind[1])));
            }
            if (!kind.empty()) return kind.front();
        }
        return std::nullopt;
    }

    /// Of times without a date: the one column that holds dates and nothing else.
    void find_date() {
        for (size_t i = 0; i < first_cells_.size(); ++i) {
            const auto moment = moment_in(i);
            if (!moment) refuse_unknown_order(i);
            if (!moment || moment->clock_s) continue;
            if (layout_.date_column) {
                fail(fmt::format("{} and {} both hold dates; remove one", name_of(*layout_.date_column), name_of(i)));
            }
            layout_.date_column = i;
        }
    }

    void refuse_unknown_order(size_t column) const {
        const std::string_view cell = first_cells_[column];
        if (TextTable::is_number(cell) || !looks_like_time(cell)) return;
        const std::string text =
            layout_.date_order == DateOrder::unknown
                ? "'{}' may have the day or the month first; give date=day-first or date=month-first"
                : "'{}' is no date where date= or other rows say which comes first, day or month";
        table_.fail_at(head_.first_row->number, fmt::format(fmt::runtime(text), cell));
    }

    void set_time_source(size_t column) {
        if (const auto moment = moment_in(column)) {
            layout_.time = TimeSource::clock;
            if (begins_with_minutes(head_.columns[column].name)) {
                fail(name_of(column) + " has minutes first by its name; write hours, too: 00:12:30");
            }
            if (!moment->date_s) find_date();
            return;
        }
        refuse_unknown_order(column);
        layout_.time = TimeSource::number;
        const ColumnMeaning& meaning = head_.columns[column].meaning;
        const bool has_unit = meaning.quantity == Quantity::time && meaning.has_unit();
        if (const auto unit = options_.text("time_unit")) {
            const auto given = meaning_of_unit(*unit);
            const bool is_time = given && given->quantity == Quantity::time;
            if (!is_time) options_.refuse("time_unit=" + *unit + " is none of s, ms, us, ns, min, h");
            const bool agrees = !has_unit || meaning.factor == given->factor;
            if (!agrees) options_.refuse("time_unit= contradicts the header, where " + name_of(column) + " has one");
            layout_.time_factor = given->factor;
        } else if (has_unit) {
            layout_.time_factor = meaning.factor;
        } else {
            fail(fmt::format("the time, {}, has no unit; write time_s or time_ms in the header, or give time_unit=ms",
                             name_of(column)));
        }
    }

    void find_value() {
        if (const auto text = options_.text("column")) {
            value_by_hand(*text);
            return;
        }
        const auto unit = options_.text("unit");
        if (const auto power = only(Quantity::power, "column")) {
            if (unit) options_.refuse("unit= contradicts the header, where " + name_of(*power) + " has one");
            take(*power, head_.columns[*power].meaning);
            return;
        }
        if (unit) {
            take_with_unit(only_value(), *unit);
            return;
        }
        const std::vector<size_t> bare = columns_of(Quantity::power, false);
        const auto volts = only(Quantity::voltage, "column");
        const auto amperes = only(Quantity::current, "column");
        const auto light = only(Quantity::irradiance, "column");
        const bool electric = volts || amperes;
        if (light && electric) fail("a column of light and one of voltage or current: say which to take: column=NAME");
        if (bare.empty() && volts && amperes) {
            const std::string why = why_no_product(head_.columns[*volts].name, head_.columns[*amperes].name);
            if (!why.empty()) fail(why);
            take_product(*volts, *amperes);
        } else if (bare.empty() && light) {
            take(*light, head_.columns[*light].meaning);
        } else if (bare.empty() && (volts || amperes)) {
            const size_t column = volts ? *volts : *amperes;
            take(column, head_.columns[column].meaning);
        } else {
            fail_without_value();
        }
    }

    [[noreturn]] void fail_without_value() const {
        need_header();
        for (const Quantity quantity : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            for (const size_t column : columns_of(quantity, false)) {
                refuse_load(column);
                const bool decibels = folded(head_.columns[column].name).find("dbm") != std::string::npos;
                if (decibels) fail(name_of(column) + " is a logarithm; write milliwatts instead: 10^(dBm / 10)");
                fail(fmt::format(
                    "{} has no unit; write it into the header, such as power_mw or Power [mW], or give unit=mW",
                    name_of(column)));
            }
        }
        fail(fmt::format("no column of {} says what is harvested; its name needs quantity and unit ({}), {}",
                         all_names(), units_text(), by_hand));
    }

    /// What unit= is for: the one column that has no unit, or the one besides the time.
    size_t only_value() const {
        std::vector<size_t> found;
        for (const Quantity quantity : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            for (const size_t column : columns_of(quantity, false)) found.push_back(column);
        }
        if (found.empty()) {
            for (size_t i = 0; i < head_.columns.size(); ++i) {
                if (!time_taken_ || i != layout_.time_column) found.push_back(i);
            }
        }
        if (found.size() != 1) fail("unit= is given, but not of which column: column=NAME or NUMBER");
        refuse_load(found.front());
        return found.front();
    }

    void value_by_hand(const std::string& text) {
        const size_t times = text.find('*');
        const auto unit = options_.text("unit");
        if (times == std::string::npos) {
            const size_t column = column_by_hand("column", text);
            if (time_taken_ && column == layout_.time_column) fail(name_of(column) + " is the time, no harvest");
            if (unit) {
                take_with_unit(column, *unit);
            } else {
                take(column, meaning_by_name(column));
            }
            return;
        }
        const size_t volts = column_by_hand("column", text.substr(0, times));
        const size_t amperes = column_by_hand("column", text.substr(times + 1));
        ColumnMeaning first, second;
        if (unit) {
            const size_t between = unit->find('*');
            if (between == std::string::npos) options_.refuse("unit= of a product is one too, such as unit=V*mA");
            first = meaning_by_unit(unit->substr(0, between));
            second = meaning_by_unit(unit->substr(between + 1));
        } else {
            first = meaning_by_name(volts);
            second = meaning_by_name(amperes);
        }
        if (first.quantity != Quantity::voltage || second.quantity != Quantity::current) {
            options_.refuse("column=A*B is a voltage times a current, in this order");
        }
        head_.columns[volts].meaning = first;
        head_.columns[amperes].meaning = second;
        take_product(volts, amperes);
    }

    ColumnMeaning meaning_by_name(size_t column) const {
        const ColumnMeaning& meaning = head_.columns[column].meaning;
        if (meaning.has_unit() && meaning.quantity != Quantity::time) return meaning;
        fail(fmt::format("{} has no unit; give unit=mW", name_of(column)));
    }
    ColumnMeaning meaning_by_unit(const std::string& text) const {
        const auto meaning = meaning_of_unit(text);
        const bool fits = meaning && meaning->quantity != Quantity::time;
        if (!fits) options_.refuse("unit=" + text + " is none of W, mW, uW, V, mV, A, mA, uA, W/m2");
        return *meaning;
    }
    void take_with_unit(size_t column, const std::string& unit) { take(column, meaning_by_unit(unit)); }

    void take(size_t column, const ColumnMeaning& meaning) {
        layout_.value_column = column;
        layout_.quantity = meaning.quantity;
        layout_.factor = meaning.factor;
    }
    void take_product(size_t volts, size_t amperes) {
        take(volts, {Quantity::power, head_.columns[volts].meaning.factor * head_.columns[amperes].meaning.factor});
        layout_.first_factor = head_.columns[volts].meaning.factor;
        layout_.second_column = amperes;
    }

    std::string value_text() const {
        const std::string first = name_of(layout_.value_column);
        if (layout_.second_column) return "power = " + first + " x " + name_of(*layout_.second_column);
        return fmt::format("{} from {}", text_of(layout_.quantity), first);
    }

    const TextTable& table_;
    Options& options_;
    TraceHead head_;
    std::vector<std::string_view> first_cells_;
    TraceLayout layout_;
    bool time_taken_ = false;
};

}  // namespace

TraceLayout csv_layout(const TextTable& table, Options& options) { return LayoutFinder(table, options).find(); }

}  // namespace dynbal::power
