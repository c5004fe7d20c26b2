#include "power/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>

#include "base/error.hpp"
#include "power/iv_curve.hpp"
#include "power/trace_lines.hpp"

namespace dynbal::power {
namespace {

enum class Quantity { power, voltage, irradiance };

/// How a text format is read: which column, what it holds, and where the time comes from.
struct Layout {
    Quantity quantity = Quantity::power;
    double factor = 1;  ///< to SI units
    size_t value_column = 0;
    int time_column = -1;  ///< seconds; without it each line is `step_s`
    double step_s = 0;
    bool header = false;
};

constexpr std::array<const char*, 6> formats{"mementos", "capsimu", "react", "nrel", "csv", "shepherd"};

std::string format_names() {
    std::string names;
    for (const char* name : formats) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
}

/// By the first line, if the options do not say.
std::string format_of(TraceLines& lines) {
    if (!lines.next()) lines.fail("the trace is empty");
    const std::string first(lines.line());
    const auto& fields = lines.fields();
    std::string format;
    if (first.find("W/m^2") != std::string::npos) {
        format = "nrel";
    } else if (first.find("RSSI") != std::string::npos) {
        format = "react";
    } else if (is_number(fields[0])) {
        format = fields.size() == 1 ? "capsimu" : "mementos";
    } else {
        format = "csv";
    }
    lines.rewind();
    return format;
}

/// The header of our own format: an optional time_s, and one of the quantities.
Layout csv_layout(TraceLines& lines) {
    struct Column {
        std::string_view name;
        Quantity quantity;
        double factor;
    };
    constexpr std::array<Column, 6> columns{{{"power_w", Quantity::power, 1},
                                             {"power_mw", Quantity::power, 1e-3},
                                             {"power_uw", Quantity::power, 1e-6},
                                             {"voltage_v", Quantity::voltage, 1},
                                             {"voltage_mv", Quantity::voltage, 1e-3},
                                             {"irradiance_w_m2", Quantity::irradiance, 1}}};
    if (!lines.next()) lines.fail("the trace is empty");
    Layout layout;
    layout.header = true;
    bool found = false;
    for (size_t i = 0; i < lines.fields().size(); ++i) {
        if (lines.fields()[i] == "time_s") layout.time_column = static_cast<int>(i);
        for (const Column& column : columns) {
            if (lines.fields()[i] != column.name) continue;
            if (found) lines.fail("two columns with what is harvested; one is needed");
            found = true;
            layout.quantity = column.quantity;
            layout.factor = column.factor;
            layout.value_column = i;
        }
    }
    if (!found) {
        lines.fail(
            "this header names none of power_w, power_mw, power_uw, voltage_v, voltage_mv, irradiance_w_m2; or name "
            "the format: format=" +
            format_names());
    }
    lines.rewind();
    return layout;
}

Layout layout_of(const std::string& format, TraceLines& lines, Options& options) {
    Layout layout;
    if (format == "mementos") {
        layout = {Quantity::voltage, 1, 1, -1, 1e-3, false};
    } else if (format == "capsimu") {
        layout = {Quantity::voltage, 1, 0, -1, 1e-3, false};
    } else if (format == "react") {
        layout = {Quantity::power, 1e-3, 1, 0, 0, true};
    } else if (format == "nrel") {
        layout = {Quantity::irradiance, 1, 2, -1, 60, true};
    } else if (format == "csv") {
        layout = csv_layout(lines);
    } else {
        options.refuse(fmt::format("there is no trace format '{}'; there are: {}", format, format_names()));
    }
    if (options.has("step")) layout.time_column = -1;
    layout.step_s = options.number("step", Unit::second, layout.step_s, 1e-6, 86400);
    if (layout.time_column < 0 && layout.step_s == 0) options.refuse("this trace has no column time_s; give step=");
    return layout;
}

/// From what was recorded (in SI units) to watts.
std::function<double(double)> power_of(Quantity quantity, Options& options) {
    const double scale = options.number("scale", Unit::none, 1, 1e-6, 1e6);
    if (quantity == Quantity::power) return [scale](double watts) { return scale * watts; };
    if (quantity == Quantity::voltage) {
        const double ohm = options.number("resistance", Unit::ohm, 30e3, 1e-3, 1e9);
        const std::string load = options.text("load").value_or("measured");
        if (load != "measured" && load != "matched") options.refuse("load= is measured or matched");
        // Measured: the power in the resistor across which the voltage was taken. Matched: what a converter gets at best
        // from that open-circuit voltage behind the resistance.
        const double share = scale / (load == "measured" ? ohm : 4 * ohm);
        return [share](double volts) { return share * volts * volts; };
    }
    // A pyranometer shows a little less than nothing at night.
    const auto light = [](double irradiance) { return std::max(irradiance, 0.0); };
    if (options.has("curve")) {
        const auto curve = read_iv_curve(*options.text("curve"));
        const double cells = options.number("cells", Unit::none, 1, 1e-3, 1e6);
        // Sunlight has about 120 lux for each W/m^2.
        const double lux = options.number("curve_lux", Unit::lux, 0, 1, 1e6);
        const double at = options.number("curve_irradiance", Unit::irradiance, lux / 120, 1e-3, 1e5);
        if (at == 0) options.refuse("curve= needs curve_lux= or curve_irradiance=: the light in which it was taken");
        const double volts = options.number("curve_voltage", Unit::volt, 0, 1e-3, 1e3);
        const double watts = volts > 0 ? power_at_w(curve, volts) : best_power_w(curve);
        return [=](double irradiance) { return scale * cells * watts * light(irradiance) / at; };
    }
    const double panel_w = options.required("panel", Unit::watt, 1e-9, 1e6);
    return [=](double irradiance) { return scale * panel_w * light(irradiance) / 1000; };
}

std::vector<Piece> read_text_trace(TraceLines& lines, const Layout& layout,
                                   const std::function<double(double)>& watts) {
    std::vector<Piece> pieces;
    if (layout.header) lines.next();
    bool first = true;
    double time_s = 0, last_step_s = 0, power_w = 0, voltage_v = 0;
    const auto volts = [&](double value) { return layout.quantity == Quantity::voltage ? value : Piece{}.voltage_v; };
    while (lines.next()) {
        const double value = layout.factor * lines.number(layout.value_column);
        if (value < 0 && layout.quantity != Quantity::irradiance) lines.fail("what is harvested cannot be negative");
        if (layout.time_column < 0) {
            append_piece(pieces, {layout.step_s, watts(value), volts(value)});
            continue;
        }
        // A value holds until the next time.
        const double now_s = lines.number(static_cast<size_t>(layout.time_column));
        if (!first && now_s <= time_s) lines.fail("time must rise from line to line");
        last_step_s = now_s - time_s;
        if (!first) append_piece(pieces, {last_step_s, power_w, voltage_v});
        first = false;
        time_s = now_s;
        power_w = watts(value);
        voltage_v = volts(value);
    }
    if (layout.time_column >= 0 && !pieces.empty()) append_piece(pieces, {last_step_s, power_w, voltage_v});
    if (pieces.empty()) lines.fail("the trace has too few lines");
    return pieces;
}

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

std::vector<Piece> read_trace(const std::string& path, Options& options) {
    std::string format = options.text("format").value_or("");
    if (format == "shepherd" || (format.empty() && is_hdf5(path))) {
        const double scale = options.number("scale", Unit::none, 1, 1e-6, 1e6);
        std::vector<Piece> pieces = read_shepherd(path, options.number("fill_factor", Unit::share, 0.76, 0.01, 1));
        for (Piece& piece : pieces) piece.power_w *= scale;
        return pieces;
    }
    TraceLines lines(path);
    if (format.empty()) format = format_of(lines);
    const Layout layout = layout_of(format, lines, options);
    return read_text_trace(lines, layout, power_of(layout.quantity, options));
}

}  // namespace dynbal::power
