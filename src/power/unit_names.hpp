//! Units as they are written, and as they are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynbal::power {

enum class Quantity : uint8_t { none, time, power, voltage, current, irradiance };

struct ColumnMeaning {
    Quantity quantity = Quantity::none;
    double factor = 0;  ///< to SI units; 0: the name has no unit
    bool has_unit() const { return factor != 0; }
};

/// `mw`, `seconds`, `w/m2`: in small letters, micro signs as `u`.
std::optional<ColumnMeaning> unit_named(std::string_view unit);

const char* text_of(Quantity quantity);
/// "mW"
std::string text_of_unit(const ColumnMeaning& meaning);
/// How a column of it may be named, and the unit that may be given by hand: "power_mw or Power [mW]", "mW".
const char* example_names(Quantity quantity);
const char* example_unit(Quantity quantity);
/// "power in mW (or W, uW)", for messages.
std::string units_text();

}  // namespace dynbal::power
