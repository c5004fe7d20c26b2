#include "power/unit_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dynbal::power {
namespace {

struct WrittenUnit {
    std::string_view name;
    Quantity quantity;
    double factor;
};

// Capital and small letters are the same here: nobody harvests megawatts.
constexpr std::array<WrittenUnit, 70> units{{{"s", Quantity::time, 1},
                                             {"sec", Quantity::time, 1},
                                             {"secs", Quantity::time, 1},
                                             {"second", Quantity::time, 1},
                                             {"seconds", Quantity::time, 1},
                                             {"ms", Quantity::time, 1e-3},
                                             {"msec", Quantity::time, 1e-3},
                                             {"millis", Quantity::time, 1e-3},
                                             {"millisecond", Quantity::time, 1e-3},
                                             {"milliseconds", Quantity::time, 1e-3},
                                             {"us", Quantity::time, 1e-6},
                                             {"usec", Quantity::time, 1e-6},
                                             {"micros", Quantity::time, 1e-6},
                                             {"microseconds", Quantity::time, 1e-6},
                                             {"ns", Quantity::time, 1e-9},
                                             {"nanoseconds", Quantity::time, 1e-9},
                                             {"min", Quantity::time, 60},
                                             {"mins", Quantity::time, 60},
                                             {"minute", Quantity::time, 60},
                                             {"minutes", Quantity::time, 60},
                                             {"h", Quantity::time, 3600},
                                             {"hr", Quantity::time, 3600},
                                             {"hrs", Quantity::time, 3600},
                                             {"hour", Quantity::time, 3600},
                                             {"hours", Quantity::time, 3600},
                                             {"d", Quantity::time, 86400},
                                             {"day", Quantity::time, 86400},
                                             {"days", Quantity::time, 86400},
                                             {"w", Quantity::power, 1},
                                             {"watt", Quantity::power, 1},
                                             {"watts", Quantity::power, 1},
                                             {"mw", Quantity::power, 1e-3},
                                             {"milliwatts", Quantity::power, 1e-3},
                                             {"uw", Quantity::power, 1e-6},
                                             {"microwatts", Quantity::power, 1e-6},
                                             {"nw", Quantity::power, 1e-9},
                                             {"pw", Quantity::power, 1e-12},
                                             {"kw", Quantity::power, 1e3},
                                             {"v", Quantity::voltage, 1},
                                             {"volt", Quantity::voltage, 1},
                                             {"volts", Quantity::voltage, 1},
                                             {"mv", Quantity::voltage, 1e-3},
                                             {"millivolts", Quantity::voltage, 1e-3},
                                             {"uv", Quantity::voltage, 1e-6},
                                             {"nv", Quantity::voltage, 1e-9},
                                             {"kv", Quantity::voltage, 1e3},
                                             {"a", Quantity::current, 1},
                                             {"amp", Quantity::current, 1},
                                             {"amps", Quantity::current, 1},
                                             {"ampere", Quantity::current, 1},
                                             {"amperes", Quantity::current, 1},
                                             {"ma", Quantity::current, 1e-3},
                                             {"milliamps", Quantity::current, 1e-3},
                                             {"ua", Quantity::current, 1e-6},
                                             {"microamps", Quantity::current, 1e-6},
                                             {"na", Quantity::current, 1e-9},
                                             {"w/m2", Quantity::irradiance, 1},
                                             {"w/m^2", Quantity::irradiance, 1},
                                             {"w/m\xC2\xB2", Quantity::irradiance, 1},
                                             {"w_m2", Quantity::irradiance, 1},
                                             {"wm-2", Quantity::irradiance, 1},
                                             {"kw/m2", Quantity::irradiance, 1e3},
                                             {"kw/m^2", Quantity::irradiance, 1e3},
                                             {"kw/m\xC2\xB2", Quantity::irradiance, 1e3},
                                             {"mw/cm2", Quantity::irradiance, 10},
                                             {"mw/cm^2", Quantity::irradiance, 10},
                                             {"mw/cm\xC2\xB2", Quantity::irradiance, 10},
                                             {"uw/cm2", Quantity::irradiance, 1e-2},
                                             {"uw/cm^2", Quantity::irradiance, 1e-2},
                                             {"uw/cm\xC2\xB2", Quantity::irradiance, 1e-2}}};

}  // namespace

std::optional<ColumnMeaning> unit_named(std::string_view unit) {
    const auto* const found =
        std::find_if(units.begin(), units.end(), [&](const WrittenUnit& u) { return u.name == unit; });
    if (found == units.end()) return std::nullopt;
    return ColumnMeaning{found->quantity, found->factor};
}

const char* text_of(Quantity quantity) {
    switch (quantity) {
        case Quantity::time: return "time";
        case Quantity::power: return "power";
        case Quantity::voltage: return "voltage";
        case Quantity::current: return "current";
        case Quantity::irradiance: return "irradiance";
        case Quantity::none: break;
    }
    return "nothing known";
}

const char* example_names(Quantity quantity) {
    switch (quantity) {
        case Quantity::time: return "time_s or Time [ms]";
        case Quantity::voltage: return "voltage_v or Voltage [V]";
        case Quantity::current: return "current_ma or Current [mA]";
        case Quantity::irradiance: return "irradiance_w_m2 or Irradiance [W/m2]";
        case Quantity::power:
        case Quantity::none: break;
    }
    return "power_mw or Power [mW]";
}

const char* example_unit(Quantity quantity) {
    switch (quantity) {
        case Quantity::time: return "ms";
        case Quantity::voltage: return "V";
        case Quantity::current: return "mA";
        case Quantity::irradiance: return "W/m2";
        case Quantity::power:
        case Quantity::none: break;
    }
    return "mW";
}

std::string units_text() {
    return "time in s, ms, us, ns, min, h, d; power in W, mW, uW, nW; volts and amperes alike; light in W/m2, mW/cm2";
}

std::string text_of_unit(const ColumnMeaning& meaning) {
    struct Written {
        Quantity quantity;
        double factor;
        const char* text;
    };
    constexpr std::array<Written, 6> others{{{Quantity::time, 60, "min"},
                                             {Quantity::time, 3600, "h"},
                                             {Quantity::time, 86400, "d"},
                                             {Quantity::irradiance, 10, "mW/cm2"},
                                             {Quantity::irradiance, 1e-2, "uW/cm2"},
                                             {Quantity::none, 0, "no unit"}}};
    for (const Written& other : others) {
        if (other.quantity == meaning.quantity && other.factor == meaning.factor) return other.text;
    }
    // A factor may have been divided out of a product.
    constexpr std::array<std::pair<double, const char*>, 6> prefixes{
        {{1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}}};
    const auto* const prefix =
        std::find_if(prefixes.begin(), prefixes.end(), [&](const auto& p) { return meaning.factor > 0.999 * p.first; });
    const char* symbol = "W/m2";
    if (meaning.quantity == Quantity::time) symbol = "s";
    if (meaning.quantity == Quantity::power) symbol = "W";
    if (meaning.quantity == Quantity::voltage) symbol = "V";
    if (meaning.quantity == Quantity::current) symbol = "A";
    return fmt::format("{}{}", prefix == prefixes.end() ? "p" : prefix->second, symbol);
}

}  // namespace dynbal::power
