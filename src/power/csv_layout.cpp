#include "power/csv_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "power/csv_columns.hpp"
#include "power/csv_time.hpp"
#include "power/recording.hpp"
#include "power/shunt.hpp"

namespace dynbal::power {
namespace {

class LayoutFinder {
public:
    LayoutFinder(const TextTable& table, Options& options) : table_(table), options_(options), columns_(table) {
        const TraceHead& head = columns_.head();
        layout_.first_row = head.first_row;
        layout_.cells = head.columns.size();
        layout_.format = head.instrument.empty() ? "csv" : fmt::format("csv of {}", head.instrument);
        if (head.header == nullptr || !head.instrument.empty()) return;  // what an instrument writes before is known
        const auto is_above = [&](const HeadLine& line) { return !line.comment && &line < head.header; };
        if (std::any_of(table.head().begin(), table.head().end(), is_above)) {
            layout_.format += fmt::format(", names in line {}", head.header->number);
        }
    }

    TraceLayout find() {
        const bool step = options_.has("step");
        columns_.check_names();
        // The time first: it may be named by hand and is no value then.
        CsvTime time(table_, options_, columns_, layout_);
        if (!step) time.find();
        find_value();
        if (step) layout_.step_s = options_.number("step", Unit::second, 0, 1e-6, 86400);
        layout_.columns = fmt::format("{}, {}{}", time.text(), value_text(), not_read_text());
        note_capitals();
        return layout_;
    }

private:
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
            refuse_half(column, volts ? Quantity::current : Quantity::voltage, volts ? "resistance" : "voltage");
            take(column, columns_.at(column).meaning);
        } else {
            fail_without_value();
        }
    }

    /// A column with a unit, beside one that would make a power of it and has none: it is not passed over, unless `option` says
    /// what is to be done without it.
    void refuse_half(size_t column, Quantity missing, const char* option) const {
        const std::vector<size_t> bare = columns_.of(missing, false);
        if (bare.empty() || options_.has(option)) return;
        fail_without_unit_of(bare.front(), column);
    }

    /// Of a voltage and a current, one or both of them without a unit: how the product is written by hand.
    [[noreturn]] void fail_without_unit_of(size_t column, size_t other) const {
        const bool is_voltage = columns_.at(column).meaning.quantity == Quantity::voltage;
        const size_t volts = is_voltage ? column : other, amperes = is_voltage ? other : column;
        const auto unit_of = [&](size_t which) {
            const ColumnMeaning& meaning = columns_.at(which).meaning;
            return meaning.has_unit() ? text_of_unit(meaning) : std::string(example_unit(meaning.quantity));
        };
        const std::string option = fmt::format("column={}*{},unit={}*{}", columns_.word_of(volts),
                                               columns_.word_of(amperes), unit_of(volts), unit_of(amperes));
        columns_.fail_without_unit(column, option.c_str());
    }

    /// The option that gives a column its unit, with what makes a power of it.
    std::string option_for(size_t column, Quantity quantity) const {
        size_t bare = 0;
        for (const Quantity other : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            bare += columns_.of(other, false).size();
        }
        const std::string which = bare > 1 ? fmt::format("column={},", columns_.word_of(column)) : "";
        const auto unless = [&](const char* key, const char* text) { return options_.has(key) ? "" : text; };
        const char* more = "";
        if (quantity == Quantity::voltage) more = unless("resistance", ",resistance=1kOhm");
        if (quantity == Quantity::current) more = unless("voltage", ",voltage=2.8V");
        if (quantity == Quantity::irradiance && !options_.has("curve")) more = unless("panel", ",panel=50mW");
        return fmt::format("{}unit={}{}", which, example_unit(quantity), more);
    }

    /// ", not read: 'bus voltage'" where a voltage or a current was taken alone: one of them may be the other factor.
    std::string not_read_text() const {
        if (options_.has("column")) return "";
        if (layout_.second_column || (layout_.quantity != Quantity::voltage && layout_.quantity != Quantity::current)) {
            return "";
        }
        std::string names;
        for (size_t column = 0; column < columns_.head().columns.size(); ++column) {
            const bool taken = column == layout_.value_column || columns_.is_time(column);
            if (taken || columns_.head().columns[column].name.empty()) continue;
            names += (names.empty() ? ", not read: " : ", ") + columns_.name_of(column);
        }
        return names;
    }

    [[noreturn]] void fail_without_value() const {
        columns_.need_header();
        const std::vector<size_t> amperes = columns_.of(Quantity::current, false);
        for (const Quantity quantity : {Quantity::power, Quantity::voltage, Quantity::current, Quantity::irradiance}) {
            for (const size_t column : columns_.of(quantity, false)) {
                columns_.refuse_other(column);
                if (quantity == Quantity::voltage && !amperes.empty()) fail_without_unit_of(column, amperes.front());
                columns_.fail_without_unit(column, option_for(column, quantity).c_str());
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

    std::string value_text() const {
        const std::string first = columns_.name_of(layout_.value_column);
        if (!layout_.second_column) {
            return fmt::format("{}{} from {}", text_of(layout_.quantity),
                               columns_.unit_text(layout_.value_column, {layout_.quantity, layout_.factor}), first);
        }
        const size_t second = *layout_.second_column;
        const double factor = layout_.factor / layout_.first_factor;
        const ColumnMeaning meaning = layout_.shunt_ohm > 0
                                          ? ColumnMeaning{Quantity::voltage, factor * layout_.shunt_ohm}
                                          : ColumnMeaning{Quantity::current, factor};
        const std::string over = layout_.shunt_ohm > 0 ? fmt::format(" / {}", si_text(layout_.shunt_ohm, "Ohm")) : "";
        return fmt::format("power = {}{} x {}{}{}", first,
                           columns_.unit_text(layout_.value_column, {Quantity::voltage, layout_.first_factor}),
                           columns_.name_of(second), columns_.unit_text(second, meaning), over);
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
    TraceLayout layout_;
};

}  // namespace

TraceLayout csv_layout(const TextTable& table, Options& options) { return LayoutFinder(table, options).find(); }

}  // namespace dynbal::power
