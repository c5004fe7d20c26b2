#include "power/trace_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "power/csv_layout.hpp"
#include "power/trace_time.hpp"

namespace dynbal::power {
namespace {

constexpr std::array<const char*, 7> formats{"csv", "mementos", "capsimu", "react", "nrel", "ekho", "shepherd"};

/// Milliseconds as Mementos counts them: from an arbitrary, large number on, one by one in most of the first lines. Seconds since 1970 are
/// larger yet, and a logger that writes one a second counts as well.
bool counts_milliseconds(const TextTable& table) {
    constexpr int64_t large = 100'000, since_1970 = 1'000'000'000;
    int64_t before = 0;
    size_t rows = 0, steps = 0;
    for (const HeadLine& line : table.head()) {
        const auto cells = table.split(line.text);
        if (line.comment || cells.size() != 2 || !TextTable::is_number(cells[1])) return false;
        int64_t now = 0;
        const auto [end, error] = std::from_chars(cells[0].data(), cells[0].data() + cells[0].size(), now);
        if (error != std::errc{} || end != cells[0].data() + cells[0].size() || now < large || now >= since_1970) {
            return false;
        }
        if (rows++ > 0 && now == before + 1) ++steps;
        before = now;
    }
    return rows > 1 && 2 * steps >= rows - 1;
}

bool has_one_column_only(const TextTable& table) {
    return std::all_of(table.head().begin(), table.head().end(), [&](const HeadLine& line) {
        return line.comment || (table.split(line.text).size() == 1 && TextTable::is_number(line.text));
    });
}

bool is_ekho(const TextTable& table) {
    const auto& head = table.head();
    return head.size() > 1 && head[0].text == "voltage,current" && table.split(head[1].text).size() == 3;
}

std::string format_of(const TextTable& table, Options& options) {
    if (options.has("column") || options.has("unit")) return "csv";
    if (trimmed(table.head().front().text) == "sec RSSI,mW") return "react";
    if (is_ekho(table)) return "ekho";
    if (counts_milliseconds(table)) return "mementos";
    // A resistance says that these are volts.
    if (options.has("resistance") && has_one_column_only(table)) return "capsimu";
    return "csv";
}

/// One sample a millisecond, in volts.
TraceLayout voltages(const TextTable& table, Options& options, const char* format, size_t column) {
    const HeadLine& first = table.head().front();
    const size_t cells = table.split(first.text).size();
    if (cells <= column || first.comment) {
        table.fail_at(first.number,
                      fmt::format("format={} has {} a line", format, column == 0 ? "a number" : "two numbers"));
    }
    TraceLayout layout{.format = format, .quantity = Quantity::voltage, .value_column = column};
    layout.step_s = options.number("step", Unit::second, 1e-3, 1e-6, 86400);
    layout.first_row = &first;
    layout.cells = cells;
    layout.columns = fmt::format("{:g} s a row, voltage from column {}", layout.step_s, column + 1);
    return layout;
}

/// Seconds and milliwatts behind a header of one line.
TraceLayout react(const TextTable& table, Options& options) {
    const auto& head = table.head();
    if (head.size() < 2 || table.split(head[1].text).size() != 2) {
        table.fail_at(head.front().number, "format=react has a header and then two numbers a line");
    }
    TraceLayout layout{.format = "react", .quantity = Quantity::power, .factor = 1e-3, .value_column = 1};
    layout.time = options.has("step") ? TimeSource::step : TimeSource::number;
    layout.step_s = options.number("step", Unit::second, 0, 1e-6, 86400);
    layout.first_row = &head[1];
    layout.cells = 2;
    layout.columns = "time in s from column 1, power in mW from column 2";
    return layout;
}

/// As its converter writes it: seconds, volts and amperes behind a header that names two of them; or any csv.
TraceLayout ekho(const TextTable& table, Options& options) {
    TraceLayout layout;
    if (is_ekho(table)) {
        layout = {.format = "ekho", .quantity = Quantity::power, .value_column = 1, .second_column = 2};
        layout.time = TimeSource::number;
        layout.first_row = &table.head()[1];
        layout.cells = 3;
        layout.columns = "time in s from column 1, power = column 2 x column 3";
    } else {
        layout = csv_layout(table, options);
        if (!layout.second_column || layout.time == TimeSource::step) {
            table.fail_at(layout.first_row->number, "format=ekho needs columns of time, voltage and current");
        }
    }
    layout.format = "I-V curves";
    layout.surface = true;
    return layout;
}

}  // namespace

std::string trace_format_names() {
    std::string names;
    for (const char* name : formats) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

TraceLayout layout_of(const TextTable& table, Options& options) {
    const std::string format = options.has("format") ? *options.text("format") : format_of(table, options);
    if (format == "mementos") return voltages(table, options, "mementos", 1);
    if (format == "capsimu") return voltages(table, options, "capsimu", 0);
    if (format == "react") return react(table, options);
    if (format == "ekho") return ekho(table, options);
    if (format == "csv" || format == "nrel") return csv_layout(table, options);
    options.refuse(fmt::format("there is no trace format '{}'; there are: {}", format, trace_format_names()));
}

}  // namespace dynbal::power
