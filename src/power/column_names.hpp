//! What the name of a column says: quantity and unit, in any case, as people and instruments write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "power/unit_names.hpp"

namespace dynbal::power {

/// `power_mw`, `Power [mW]`, `Power (µW)`, `P / W`, `mW`, `time`: none for a name that is none of these.
ColumnMeaning meaning_of(std::string_view name);

/// `mW`, `seconds`, `W/m^2`, in brackets or not; nothing for what is no unit of these quantities.
std::optional<ColumnMeaning> meaning_of_unit(std::string_view unit);

/// What a column of this name holds instead of a harvest: `load_mA`, `power_std_mw`, `Power limit`, `Power x100`; "" for all
/// others.
std::string why_no_harvest(std::string_view name, Quantity quantity);
/// `Power x100`, `I * 10`, `P/10`, `Time 100 ns`: what is written is a multiple of what is meant.
bool names_a_factor(std::string_view name);
/// A harvester does not give its open-circuit voltage (`Voc`, `V_oc`) and its short-circuit current (`Isc`) at once; "" for others.
std::string why_no_product(const std::string& voltage, const std::string& current);
/// `dt_ms`, `Interval (s)`: how long a row lasts, and not when it was.
bool is_time_between_rows(std::string_view name);
/// What stands where a unit does and is none: `hp` of `power (hp)`, `kwh` of `power_kwh`; "" if nothing does.
std::string unknown_unit(std::string_view name);
/// `CH1` of `CH1 (V)`, `CH1 [V]`, `CH1_V` and `CH1/V`; the whole name where no unit ends it.
std::string_view without_unit(std::string_view name);
/// `power_mw_1`: a unit, but not where one is looked for.
bool has_unit_within(std::string_view name);
/// MW, MV or MA as a word of its own, which meaning_of() takes for milli; "" for others.
std::string mega_in(std::string_view text);
/// `Time (mm:ss)`
bool begins_with_minutes(std::string_view name);

/// In small letters, micro signs of every encoding as `u`.
std::string folded(std::string_view text);

}  // namespace dynbal::power
