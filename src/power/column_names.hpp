//! What the name of a column says: quantity and unit, in any case, as people and instruments write them.
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

/// `power_mw`, `Power [mW]`, `Power (µW)`, `P / W`, `mW`, `time`: none for a name that is none of these.
ColumnMeaning meaning_of(std::string_view name);

/// `mW`, `seconds`, `W/m^2`, in brackets or not; nothing for what is no unit of these quantities.
std::optional<ColumnMeaning> meaning_of_unit(std::string_view unit);

/// What a column of this name holds instead of a harvest: `load_mA`, `power_std_mw`, `Power limit`, `Power x100`; "" for all
/// others.
std::string why_no_harvest(std::string_view name, Quantity quantity);
/// A harvester does not give its open-circuit voltage (`Voc`, `V_oc`) and its short-circuit current (`Isc`) at once; "" for others.
std::string why_no_product(const std::string& voltage, const std::string& current);
/// `Time (mm:ss)`
bool begins_with_minutes(std::string_view name);

const char* text_of(Quantity quantity);

/// "power in mW (or W, uW)", for messages.
std::string units_text();

/// In small letters, micro signs of every encoding as `u`.
std::string folded(std::string_view text);

}  // namespace dynbal::power
