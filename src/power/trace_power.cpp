#include "power/trace_power.hpp"

#include <fmt/format.h>

#include <cmath>

#include "power/iv_curve.hpp"

namespace dynbal::power {
namespace {

/// Throws InputError, with the columns that were taken, where an option says what makes a power of them.
void need(const Options& options, const TraceLayout& layout, const char* key, const char* why) {
    if (options.has(key)) return;
    options.refuse(fmt::format("{}= is missing ({}): {}", key, layout.columns, why));
}

std::function<double(double)> from_voltage(const TraceLayout& layout, Options& options, double scale) {
    const bool documented = layout.format == "mementos" || layout.format == "capsimu";
    // Across 30 kOhm those were taken; of others nobody knows.
    if (!documented) {
        need(options, layout, "resistance",
             "a voltage alone is no power; over which resistance was it taken? resistance=30kOhm");
    }
    const double ohm = options.number("resistance", Unit::ohm, 30e3, 1e-3, 1e9);
    const std::string load = options.text("load").value_or("measured");
    if (load != "measured" && load != "matched") options.refuse("load= is measured or matched");
    // Measured: the power in the resistor across which the voltage was taken. Matched: what a converter gets at best
    // from that open-circuit voltage behind the resistance.
    const double share = scale / (load == "measured" ? ohm : 4 * ohm);
    return [share](double volts) { return share * volts * volts; };
}

std::function<double(double)> from_light(const TraceLayout& layout, Options& options, double scale) {
    if (options.has("curve")) {
        const auto curve = read_iv_curve(*options.text("curve"));
        const double cells = options.number("cells", Unit::none, 1, 1e-3, 1e6);
        // Sunlight has about 120 lux for each W/m^2.
        const double lux = options.number("curve_lux", Unit::lux, 0, 1, 1e6);
        const double at = options.number("curve_irradiance", Unit::irradiance, lux / 120, 1e-3, 1e5);
        if (at == 0) options.refuse("curve= needs curve_lux= or curve_irradiance=: the light in which it was taken");
        const double volts = options.number("curve_voltage", Unit::volt, 0, 1e-3, 1e3);
        const double watts = volts > 0 ? power_at_w(curve, volts) : best_power_w(curve);
        const double factor = scale * cells * watts / at;
        return [factor](double irradiance) { return factor * irradiance; };
    }
    need(options, layout, "panel",
         "light alone is no power; how much does the solar cell give at 1000 W/m2? panel=50mW, or curve=FILE");
    const double panel_w = options.required("panel", Unit::watt, 1e-9, 1e6);
    const double factor = scale * panel_w / 1000;
    return [factor](double irradiance) { return factor * irradiance; };
}

}  // namespace

double noise_of(Options& options) { return options.number("noise", Unit::share, 0.01, 0, 1); }

std::function<double(double)> watts_of(const TraceLayout& layout, Options& options) {
    // Its sign turns what was recorded.
    const double scale = std::abs(options.number("scale", Unit::none, 1, -1e6, 1e6));
    if (scale == 0) options.refuse("scale=0 leaves nothing");
    switch (layout.quantity) {
        case Quantity::voltage: return from_voltage(layout, options, scale);
        case Quantity::irradiance: return from_light(layout, options, scale);
        case Quantity::current: {
            need(options, layout, "voltage",
                 "a current alone is no power; at which voltage does it flow? voltage=2.8V, or column=2*3,unit=V*mA "
                 "where columns 2 and 3 hold both");
            const double volts = scale * options.required("voltage", Unit::volt, 1e-3, 1e3);
            return [volts](double amperes) { return volts * amperes; };
        }
        default: return [scale](double watts) { return scale * watts; };
    }
}

}  // namespace dynbal::power
