#include "power/csv_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "power/csv_columns.hpp"
#include "power/recording.hpp"
#include "power/shunt.hpp"
#include "power/time_unit.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

class LayoutFinder {
public:
    LayoutFinder(const TextTable& table, Options& options) : table_(table), options_(options), columns_(table) {
        const TraceHead& head = columns_.head();
        layout_.first_row = head.first_row;
        first_cells_ = table.split(head.first_row->text);
        layout_.cells = head.columns.size();
        layout_.format = head.instrument.empty() ? "csv" : fmt::format("csv of {}", head.instrument);
    }

    TraceLayout find() {
        const bool step = options_.has("step");
        columns_.check_names();
        // The time first: it may be named by hand and is no value then.
        if (!step) find_time();
        find_value();
        if (step) layout_.step_s = options_.number("step", Unit::second, 0, 1e-6, 86400);
        std::string time = layout_.time == TimeSource::step
                               ? fmt::format("{:g} s a row", layout_.step_s)
                               : fmt::format("time{} from {}", time_unit(), columns_.name_of(layout_.time_column));
        if (layout_.date_column) time += fmt::format(" with dates from {}", columns_.name_of(*layout_.date_column));
        time += order_text();
        layout_.columns = fmt::format("{}, {}", time, value_text());
        note_capitals();
        return layout_;
    }

private:
    void find_time() {
        set_date_order();
        std::optional<size_t> column;
        if (const auto text = options_.text("time")) {
            column = columns_.by_hand("time", *text);
        } else {
            column = columns_.only(Quantity::time, "time");
            if (!column) column = clock_column();
            // What counts needs a unit; said below.
            const std::vector<size_t> others = columns_.of(Quantity::time, false);
            if (!column && others.size() > 1 && options_.has("time_unit")) {
                columns_.fail("time_unit= is given, but not of which column: time=NAME or NUMBER");
            }
            if (!column && !others.empty()) {
                column = others.front();
                columns_.refuse_other(*column);
            }
        }
        if (!column) {
            columns_.need_header();
            columns_.fail(fmt::format("no column holds the time ({}); give step=T, or time=NAME{}",
                                      columns_.all_names(), columns_.doubts_text()));
        }
        layout_.time_column = *column;
        columns_.set_time(*column);
        set_time_source(*column);
    }

    void set_date_order() {
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
    DateOrder order_by_content() const {
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
                columns_.fail(fmt::format("{} and {} both hold times; say which: time=NAME or NUMBER",
                                          columns_.name_of(kind[0]), columns_.name_of(kind[1])));
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
                columns_.fail(fmt::format("{} and {} both hold dates; remove one",
                                          columns_.name_of(*layout_.date_column), columns_.name_of(i)));
            }
            layout_.date_column = i;
        }
    }

    /// Without its dates a recording of days would lose whole ones.
    void refuse_unread_date() const {
        for (size_t i = 0; i < first_cells_.size(); ++i) {
            const std::string name = folded(columns_.at(i).name);
            const bool is_date = name.starts_with("date") || name.starts_with("datum");
            if (!is_date || columns_.is_time(i)) continue;
            table_.fail_at(columns_.head().first_row->number,
                           fmt::format("{} holds no date that is known: '{}'; write 2024-05-31", columns_.name_of(i),
                                       first_cells_[i]));
        }
    }

    void refuse_unknown_order(size_t column) const {
        const std::string_view cell = first_cells_[column];
        if (TextTable::is_number(cell) || !looks_like_time(cell)) return;
        const std::string text =
            layout_.date_order == DateOrder::unknown
                ? "'{}' may have the day or the month first; give date=day-first or date=month-first"
                : "'{}' is no date where date= or other rows say which comes first, day or month";
        table_.fail_at(columns_.head().first_row->number, fmt::format(fmt::runtime(text), cell));
    }

    void set_time_source(size_t column) {
        if (const auto moment = moment_in(column)) {
            layout_.time = TimeSource::clock;
            if (begins_with_minutes(columns_.at(column).name)) {
                columns_.fail(columns_.name_of(column) + " has minutes first by its name; write hours, too: 00:12:30");
            }
            if (!moment->date_s) find_date();
            if (!moment->date_s && !layout_.date_column) refuse_unread_date();
            return;
        }
        refuse_unknown_order(column);
        layout_.time = TimeSource::number;
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
        note_time(columns_.name_of(column), first_cells_[column]);
    }

    /// What is labelled as seconds and counts milliseconds since 1970 would last for a thousand times as long.
    void note_time(const std::string& name, std::string_view cell) {
        const auto unit = unit_of_count(cell);
        if (!unit || meaning_of_unit(*unit)->factor >= layout_.time_factor) return;
        layout_.notes.push_back(fmt::format("{} is taken as {}, but {} is a time since 1970 in {}", name,
                                            text_of_unit({Quantity::time, layout_.time_factor}), cell, *unit));
    }

    void find_value() {
        if (const auto text = options_.text("column")) {
            value_by_hand(*text);
            return;
        }
        refuse_shunt(options_);
        const auto unit = options_.text("unit");
        if (const auto power = columns_.only(Quantity::power, "column")) {
            if (unit) {
                options_.refuse(
                    fmt::format("unit= contradicts the header, where {} has one", columns_.name_of(*power)));
            }
            take(*power, columns_.at(*power).meaning);
            return;
        }
        if (unit) {
            take_with_unit(only_value(), *unit);
            return;
        }
        const std::vector<size_t> bare = columns_.of(Quantity::power, false);
        const auto volts = columns_.only(Quantity::voltage, "column");
        const auto amperes = columns_.only(Quantity::current, "column");
        const auto light = columns_.only(Quantity::irradiance, "column");
        const bool electric = volts || amperes;
        if (light && electric) {
            columns_.fail("a column of light and one of voltage or current: say which to take: column=NAME");
        }
        if (bare.empty() && volts && amperes) {
            const std::string why = why_no_product(columns_.at(*volts).name, columns_.at(*amperes).name);
            if (!why.empty()) columns_.fail(why);
            take_product(*volts, *amperes);
        } else if (bare.empty() && light) {
            take(*light, columns_.at(*light).meaning);
        } else if (bare.empty() && (volts || amperes)) {
            const size_t column = volts ? *volts : *amperes;
            take(column, columns_.at(column).meaning);
        } else {
            fail_without_value();
        }
    }

    [[noreturn]] void fail_without_value() const {
        columns_.need_header();
        for (const Quantity quantity : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            for (const size_t column : columns_.of(quantity, false)) {
                columns_.refuse_other(column);
                columns_.fail_without_unit(column, "unit=mW");
            }
        }
        columns_.fail(fmt::format("no column of {} says what is harvested; its name needs quantity and unit ({}), {}",
                                  columns_.all_names(), units_text(), columns_by_hand) +
                      columns_.doubts_text());
    }

    /// What unit= is for: the one column that has no unit, or the one besides the time.
    size_t only_value() const {
        std::vector<size_t> found;
        for (const Quantity quantity : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            for (const size_t column : columns_.of(quantity, false)) found.push_back(column);
        }
        if (found.empty()) {
            for (size_t i = 0; i < columns_.head().columns.size(); ++i) {
                if (!columns_.is_time(i)) found.push_back(i);
            }
        }
        if (found.size() != 1) columns_.fail("unit= is given, but not of which column: column=NAME or NUMBER");
        columns_.refuse_other(found.front());
        return found.front();
    }

    void value_by_hand(const std::string& text) {
        const size_t times = text.find('*');
        const auto unit = options_.text("unit");
        if (times == std::string::npos) refuse_shunt(options_);
        if (times == std::string::npos) {
            const size_t column = columns_.by_hand("column", text);
            if (columns_.is_time(column)) columns_.fail(columns_.name_of(column) + " is the time, no harvest");
            if (unit) {
                take_with_unit(column, *unit);
            } else {
                take(column, meaning_by_name(column));
            }
            return;
        }
        const size_t volts = columns_.by_hand("column", text.substr(0, times));
        const size_t amperes = columns_.by_hand("column", text.substr(times + 1));
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
        layout_.shunt_ohm = shunt_ohm_of(options_, first, second);
        if (layout_.shunt_ohm > 0) second = {Quantity::current, second.factor / layout_.shunt_ohm};
        if (first.quantity != Quantity::voltage || second.quantity != Quantity::current) {
            options_.refuse(
                "column=A*B is a voltage times a current, in this order; of two voltages give shunt=R, "
                "over which the second one lies");
        }
        columns_.head().columns[volts].meaning = first;
        columns_.head().columns[amperes].meaning = second;
        take_product(volts, amperes);
    }

    ColumnMeaning meaning_by_name(size_t column) const {
        const ColumnMeaning& meaning = columns_.at(column).meaning;
        if (meaning.has_unit() && meaning.quantity != Quantity::time) return meaning;
        columns_.fail_without_unit(column, "unit=mW");
    }
    ColumnMeaning meaning_by_unit(const std::string& text) const {
        const auto meaning = meaning_of_unit(text);
        const bool fits = meaning && meaning->quantity != Quantity::time;
        if (!fits) options_.refuse(fmt::format("unit={} is none of W, mW, uW, V, mV, A, mA, uA, W/m2", text));
        return *meaning;
    }
    void take_with_unit(size_t column, const std::string& unit) { take(column, meaning_by_unit(unit)); }

    void take(size_t column, const ColumnMeaning& meaning) {
        layout_.value_column = column;
        layout_.quantity = meaning.quantity;
        layout_.factor = meaning.factor;
    }
    void take_product(size_t volts, size_t amperes) {
        take(volts, {Quantity::power, columns_.at(volts).meaning.factor * columns_.at(amperes).meaning.factor});
        layout_.first_factor = columns_.at(volts).meaning.factor;
        layout_.second_column = amperes;
    }

    /// " in mW" where the column itself does not say it: what was taken for granted is said.
    std::string unit_text(size_t column, const ColumnMeaning& meaning) const {
        return meaning_of(columns_.at(column).name).has_unit() ? "" : fmt::format(" in {}", text_of_unit(meaning));
    }
    std::string time_unit() const {
        if (layout_.time != TimeSource::number) return "";
        return unit_text(layout_.time_column, {Quantity::time, layout_.time_factor});
    }

    std::string value_text() const {
        const std::string first = columns_.name_of(layout_.value_column);
        if (!layout_.second_column) {
            return fmt::format("{}{} from {}", text_of(layout_.quantity),
                               unit_text(layout_.value_column, {layout_.quantity, layout_.factor}), first);
        }
        const size_t second = *layout_.second_column;
        const double factor = layout_.factor / layout_.first_factor;
        const ColumnMeaning meaning = layout_.shunt_ohm > 0
                                          ? ColumnMeaning{Quantity::voltage, factor * layout_.shunt_ohm}
                                          : ColumnMeaning{Quantity::current, factor};
        const std::string over = layout_.shunt_ohm > 0 ? fmt::format(" / {}", si_text(layout_.shunt_ohm, "Ohm")) : "";
        return fmt::format("power = {}{} x {}{}{}", first,
                           unit_text(layout_.value_column, {Quantity::voltage, layout_.first_factor}),
                           columns_.name_of(second), unit_text(second, meaning), over);
    }

    /// Capital and small letters are the same in a name, but not to everybody.
    void note_capitals() {
        const std::string unit = options_.text("unit").value_or("");
        for (const auto column : {std::optional(layout_.value_column), layout_.second_column}) {
            if (!column) continue;
            const NamedColumn& taken = columns_.at(*column);
            const std::string mega = mega_in(taken.name + " " + taken.unit + " " + unit);
            if (!mega.empty()) layout_.notes.push_back(fmt::format("'{}' is taken for milli, not mega", mega));
        }
    }

    const TextTable& table_;
    Options& options_;
    CsvColumns columns_;
    std::vector<std::string_view> first_cells_;
    TraceLayout layout_;
};

}  // namespace

TraceLayout csv_layout(const TextTable& table, Options& options) { return LayoutFinder(table, options).find(); }

}  // namespace dynbal::power
