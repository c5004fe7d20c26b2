#include "power/trace_power.hpp"

#include <cmath>

#include "power/iv_curve.hpp"

namespace dynbal::power {
namespace {

std::function<double(double)> from_voltage(const TraceLayout& layout, Options& options, double scale) {
    const bool documented = layout.format == "mementos" || layout.format == "capsimu";
    // Across 30 kOhm those were taken; of others nobody knows.
    const double ohm = documented ? options.number("resistance", Unit::ohm, 30e3, 1e-3, 1e9)
                                  : options.required("resistance", Unit::ohm, 1e-3, 1e9);
    const std::string load = options.text("load").value_or("measured");
    if (load != "measured" && load != "matched") options.refuse("load= is measured or matched");
    // Measured: the power in the resistor across which the voltage was taken. Matched: what a converter gets at best
    // from that open-circuit voltage behind the resistance.
    const double share = scale / (load == "measured" ? ohm : 4 * ohm);
    return [share](double volts) { return share * volts * volts; };
}

std::function<double(double)> from_light(Options& options, double scale) {
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
        case Quantity::irradiance: return from_light(options, scale);
        case Quantity::current: {
            const double volts = scale * options.required("voltage", Unit::volt, 1e-3, 1e3);
            return [volts](double amperes) { return volts * amperes; };
        }
        default: return [scale](double watts) { return scale * watts; };
    }
}

}  // namespace dynbal::power
