#include "power/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "base/error.hpp"
#include "power/last_row.hpp"
#include "power/shepherd.hpp"
#include "power/text_table.hpp"
#include "power/trace_layout.hpp"
#include "power/trace_power.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

constexpr std::array<std::string_view, 23> trace_names{
    "column",        "unit",       "time",    "time_unit",  "step",  "date",      "missing",
    "noise",         "format",     "voltage", "load",       "shunt", "curve_lux", "curve_irradiance",
    "curve_voltage", "cells",      "panel",   "resistance", "skip",  "curve",     "scale",
    "repeat",        "fill_factor"};

enum class Missing : uint8_t { refused, zero, hold };

/// A pyranometer shows a little less than nothing at night.
constexpr double night_w_m2 = 20;
/// Clouds beside the sun may add to it.
constexpr double sun_w_m2 = 1600;
constexpr double day_s = 86400;
constexpr double power_w_max = 1e6, step_s_min = 1e-12, step_s_max = 1e9;

class TraceReader {
public:
    TraceReader(TextTable& table, const TraceLayout& layout, Options& options)
        : table_(table), layout_(layout), watts_(watts_of(layout, options)), rows_(layout) {
        sign_ = options.number("scale", Unit::none, 1, -1e6, 1e6) < 0 ? -1 : 1;
        noise_ = noise_of(options);
        const std::string missing = options.text("missing").value_or("");
        if (missing == "zero") missing_ = Missing::zero;
        if (missing == "hold") missing_ = Missing::hold;
        if (missing_ == Missing::refused && !missing.empty()) options.refuse("missing= is zero or hold");
    }

    Recording read(const std::string& path) {
        table_.begin_rows(*layout_.first_row, layout_.cells);
        while (table_.next()) {
            ++samples_;
            rows_.look_at(table_);
            const double value = this->value();
            rows_.add(value);
            if (layout_.time == TimeSource::step) {
                add(layout_.step_s, value);
            } else {
                add_at(time_s(), value);
            }
        }
        if (layout_.time != TimeSource::step && steps_ > 0) add(last_step_s_, held_);
        if (pieces_.empty()) {
            table_.fail("the trace has too few rows: two at least, for how long does the last one hold?");
        }
        rows_.finish(table_);
        check_negative();
        TraceSummary summary{.file = std::filesystem::path(path).filename().string(),
                             .format = layout_.format,
                             .columns = layout_.columns};
        summary.samples = samples_;
        summary.notes = layout_.notes;
        note_gap(summary, shortest_step_s_, longest_step_s_, fmt::format(" before line {}", longest_line_));
        for (const ThousandsDoubt* doubt : {&value_doubt_, &second_doubt_, &time_doubt_}) {
            if (doubt->exists()) summary.notes.push_back(doubt->text());
        }
        if (layout_.quantity == Quantity::irradiance && largest_ > sun_w_m2) {
            summary.notes.push_back(fmt::format("up to {:g} W/m2: more than the sun gives", largest_));
        }
        const std::string commented = table_.commented_rows_text();
        if (!commented.empty()) summary.notes.push_back(commented);
        for (const std::string& note : rows_.notes(table_)) summary.notes.push_back(note);
        if (midnights_ > 0) summary.notes.push_back(midnights_text());
        if (replaced_ > 0) summary.notes.push_back(fmt::format("{} missing values replaced", replaced_));
        return make_recording(std::move(pieces_), std::move(summary));
    }

private:
    /// In SI units; where something is missing, what missing= says.
    double value() {
        const bool missing = table_.is_missing(layout_.value_column) ||
                             (layout_.second_column && table_.is_missing(*layout_.second_column));
        if (missing) {
            if (missing_ == Missing::refused) {
                table_.fail(fmt::format(
                    "column {} holds no value; give missing=zero or missing=hold to go on",
                    (table_.is_missing(layout_.value_column) ? layout_.value_column : *layout_.second_column) + 1));
            }
            if (missing_ == Missing::hold && samples_ == 1) {
                table_.fail("the first value is missing: there is none to hold");
            }
            ++replaced_;
            if (missing_ == Missing::zero) volts_ = 0;
            return missing_ == Missing::zero ? 0 : value_;
        }
        const double first = table_.number(layout_.value_column);
        value_doubt_.note(table_, layout_.value_column);
        value_ = sign_ * layout_.factor * first;
        if (layout_.second_column) {
            const double second = table_.number(*layout_.second_column);
            second_doubt_.note(table_, *layout_.second_column);
            // Two signs turned round are two mistakes, not none.
            value_ *= first < 0 && second < 0 ? -second : second;
        }
        volts_ = layout_.second_column ? layout_.first_factor * first : value_;
        if (value_ < lowest_) {
            lowest_ = value_;
            lowest_line_ = table_.line_number();
        }
        largest_ = std::max(largest_, value_);
        value_ = std::max(value_, 0.0);
        return value_;
    }

    /// Noise around nothing is nothing; more than that is a mistake somewhere.
    void check_negative() const {
        const double least = layout_.quantity == Quantity::irradiance ? night_w_m2 : 0;
        const double limit = std::max(noise_ * largest_, least);
        if (lowest_ >= -limit) return;
        if (largest_ <= 0) {
            table_.fail_at(lowest_line_, "nothing but negative values; if the sign is turned round give scale=-1");
        }
        table_.fail_at(
            lowest_line_,
            fmt::format(
                "{:g} is negative, by more than noise: down to {:.3g} ({:g} % of the largest value) counts as "
                "nothing; give noise=SHARE for more, and an empty cell with missing= where it stands for no value",
                lowest_ / layout_.factor, -limit / layout_.factor, 100 * noise_));
    }

    double time_s() {
        const size_t column = layout_.time_column;
        if (layout_.time == TimeSource::number) return layout_.time_factor * counted(column);
        if (layout_.time == TimeSource::parts) {
            return since_first_date(layout_.date_parts.date_s(table_)) + layout_.date_parts.clock_s(table_);
        }
        const auto clock = parse_moment(table_.cell(column), layout_.date_order);
        if (!clock) {
            table_.fail(fmt::format("column {}: '{}' is no time such as 2024-05-31 12:00:00.5", column + 1,
                                    table_.cell(column)));
        }
        const bool has_date_column = layout_.date_column || layout_.date_parts.has_date();
        refuse_elapsed(*clock, has_date_column);
        if (has_date_column) {
            const double date = layout_.date_column ? date_s(*layout_.date_column) : layout_.date_parts.date_s(table_);
            return since_first_date(date) + clock->clock_s.value_or(0);
        }
        const bool has_date = clock->date_s.has_value();
        if (!has_date && clock->two_numbers) {
            table_.fail(
                fmt::format("column {}: '{}' may be hours and minutes, or minutes and seconds; write 00:12:30, or give "
                            "step=T",
                            column + 1, table_.cell(column)));
        }
        if (samples_ > 1 && has_date != had_date_) table_.fail("times with a date and times without one");
        had_date_ = has_date;
        // Times of day go on behind midnight.
        const double now_s = since_first_date(clock->date_s.value_or(0)) + clock->clock_s.value_or(0);
        const bool of_day = !has_date && !had_elapsed_;
        if (of_day && samples_ > 1 && now_s + days_s_ < time_s_ - day_s / 2) {
            days_s_ += day_s;
            if (midnights_++ == 0) midnight_line_ = table_.line_number();
        }
        return now_s + days_s_;
    }

    /// Seconds from 1970 leave a double too few places for microseconds.
    double since_first_date(double date_s) {
        if (samples_ == 1) first_date_s_ = date_s;
        return date_s - first_date_s_;
    }

    /// A time since a start knows no midnight.
    void refuse_elapsed(const Moment& clock, bool has_date_column) {
        if (clock.is_elapsed && (has_date_column || days_s_ > 0)) {
            table_.fail(fmt::format("column {}: '{}' is a time since a start, {}; write all times with their dates",
                                    layout_.time_column + 1, table_.cell(layout_.time_column),
                                    has_date_column ? "beside a date" : "but those before are times of day"));
        }
        had_elapsed_ = had_elapsed_ || clock.is_elapsed;
    }

    std::string midnights_text() const {
        const std::string more = midnights_ > 1 ? fmt::format(" ({} times, first there)", midnights_) : "";
        return fmt::format("line {} has an earlier time of day than the one before: taken as the next day{}",
                           midnight_line_, more);
    }

    double date_s(size_t column) {
        const auto date = parse_moment(table_.cell(column), layout_.date_order);
        if (!date || !date->date_s || date->clock_s) {
            table_.fail(
                fmt::format("column {}: '{}' is no date as in the rows before", column + 1, table_.cell(column)));
        }
        return *date->date_s;
    }

    double counted(size_t column) {
        const std::string_view cell = table_.cell(column);
        if (samples_ == 1) is_counter_ = is_long(cell);
        if (!is_counter_) {
            time_doubt_.note(table_, column);
            return table_.number(column);
        }
        const auto count = counter_.since_first(cell);
        if (!count) table_.fail(fmt::format("column {}: '{}' is not a number like those before", column + 1, cell));
        return *count;
    }

    /// Longer than a double can tell small differences of: of days five digits are many.
    bool is_long(std::string_view cell) const {
        if (cell.starts_with('+')) cell.remove_prefix(1);
        const size_t digits = std::min(cell.find_first_not_of("0123456789"), cell.size());
        return digits >= 10 || (digits >= 5 && layout_.time_factor >= day_s);
    }

    /// Where a double has too few places the step is made of rounding.
    void refuse_rounded(double now_s, double step_s) const {
        constexpr double rounding_share = 1e-3;
        if (layout_.time != TimeSource::number || is_counter_) return;
        const double spacing_s = std::abs(now_s) * std::numeric_limits<double>::epsilon();
        if (spacing_s <= rounding_share * step_s) return;
        table_.fail(
            fmt::format("'{}' is {} after the line before, but a number of this size is rounded by up to {}; "
                        "take the first time off all",
                        table_.cell(layout_.time_column), si_text(step_s, "s"), si_text(spacing_s, "s")));
    }

    /// A value holds until the next time.
    void add_at(double now_s, double value) {
        const bool first = samples_ == 1;
        if (!first && layout_.surface && now_s == time_s_) {
            // One curve; its best point counts.
            if (watts_(value) > watts_(held_)) hold(value);
            return;
        }
        if (!first && now_s <= time_s_) refuse_time(now_s == time_s_);
        if (!first) {
            last_step_s_ = now_s - time_s_;
            refuse_rounded(now_s, last_step_s_);
            note_step(last_step_s_);
            add(last_step_s_, held_);
        }
        time_s_ = now_s;
        hold(value);
    }

    [[noreturn]] void refuse_time(bool is_same) const {
        const std::string_view cell = table_.cell(layout_.time_column);
        if (is_same && layout_.second_column) {
            table_.fail("the time is that of the line before; if these are I-V curves give format=ekho");
        }
        table_.fail(
            is_same ? fmt::format("the time '{}' is that of the line before, too: write it with more digits; if the "
                                  "rows are equally far apart give step=T",
                                  cell)
                    : fmt::format("the time '{}' does not rise from the line before, as where a counter or a "
                                  "recording began anew; if the rows are equally far apart give step=T",
                                  cell));
    }

    void hold(double value) {
        (void)power_of(value);  // refused with its own line, not with that of the next row
        held_ = value;
        held_volts_ = volts_;
    }

    void note_step(double step_s) {
        ++steps_;
        shortest_step_s_ = steps_ == 1 ? step_s : std::min(shortest_step_s_, step_s);
        if (step_s <= longest_step_s_) return;
        longest_step_s_ = step_s;
        longest_line_ = table_.line_number();
    }

    double power_of(double value) const {
        const double power_w = watts_(value);
        if (!(power_w <= power_w_max)) table_.fail(fmt::format("{:.3g} W: more than any harvester gives", power_w));
        return power_w;
    }

    void add(double duration_s, double value) {
        const bool volts_known = layout_.quantity == Quantity::voltage || layout_.second_column;
        const double volts = layout_.time == TimeSource::step ? volts_ : held_volts_;
        const double power_w = power_of(value);
        if (!(duration_s >= step_s_min)) {
            table_.fail(fmt::format("{:.3g} s to the next row: less than any instrument takes", duration_s));
        }
        if (!(duration_s <= step_s_max)) {
            table_.fail(fmt::format("{:.3g} s to the next row: more than a recording has", duration_s));
        }
        append_piece(pieces_, {duration_s, power_w, volts_known ? volts : Piece{}.voltage_v});
    }

    TextTable& table_;
    const TraceLayout& layout_;
    std::function<double(double)> watts_;
    double sign_ = 1, noise_ = 0;
    Missing missing_ = Missing::refused;
    ThousandsDoubt value_doubt_, second_doubt_, time_doubt_;
    std::vector<Piece> pieces_;
    uint64_t samples_ = 0, replaced_ = 0, steps_ = 0;
    double value_ = 0, volts_ = 0;      ///< of the last row
    double held_ = 0, held_volts_ = 0;  ///< since time_s_
    double time_s_ = 0, last_step_s_ = 0, first_date_s_ = 0, days_s_ = 0;
    bool had_date_ = false, had_elapsed_ = false, is_counter_ = false;
    size_t midnights_ = 0, midnight_line_ = 0;
    RowKinds rows_;
    Counter counter_;
    double lowest_ = 0, largest_ = 0;
    size_t lowest_line_ = 0, longest_line_ = 0;
    double shortest_step_s_ = 0, longest_step_s_ = 0;
};

bool is_hdf5(const std::string& path) {
    constexpr std::string_view signature = "\x89HDF\r\n\x1A\n";
    std::array<char, signature.size()> head{};
    std::ifstream file(path, std::ios::binary);
    return file.read(head.data(), head.size()) && std::string_view(head.data(), head.size()) == signature;
}

}  // namespace

void append_piece(std::vector<Piece>& pieces, const Piece& piece) {
    const bool same =
        !pieces.empty() && pieces.back().power_w == piece.power_w && pieces.back().voltage_v == piece.voltage_v;
    if (same) {
        pieces.back().duration_s += piece.duration_s;
    } else {
        pieces.push_back(piece);
    }
}

Recording read_trace(const std::string& path, Options& options) {
    options.add_known(trace_names);
    options.check_known();
    if (is_hdf5(path)) return read_shepherd(path, options);
    if (options.has("format") && *options.text("format") == "shepherd") {
        throw InputError(path + ": no HDF5 file, which shepherd's recordings are");
    }
    TextTable table(path);
    const TraceLayout layout = layout_of(table, options);
    return TraceReader(table, layout, options).read(path);
}

Replay read_replay(const std::string& path, Options& options) {
    Recording recording = read_trace(path, options);
    const double skip_s = options.number("skip", Unit::second, 0, 0, 400 * day_s);
    if (skip_s > 0 && skip_s >= recording.summary.duration_s) {
        options.refuse(fmt::format("skip={} is no less than the recording lasts, {}", duration_text(skip_s),
                                   duration_text(recording.summary.duration_s)));
    }
    return {std::move(recording), options.flag("repeat", true), skip_s};
}

}  // namespace dynbal::power
