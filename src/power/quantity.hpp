//! Numbers with units, as people write them: 4mW, 330uF, 30kOhm, 1.5min, 80%.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynbal::power {

enum class Unit : uint8_t { watt, volt, ampere, farad, ohm, second, share, lux, irradiance, none };

/// In SI units; none if it is not such a number. uF and µF are the same. Seconds may also be min, h and d, shares a percentage.
std::optional<double> parse_quantity(std::string_view text, Unit unit);

/// Of a text that is no such number, what is wrong with it, and how it is written: "'mA' is the unit of a current, and this is ...".
std::string why_no_quantity(std::string_view text, Unit unit);

/// "a power such as 4mW", for messages.
const char* example_of(Unit unit);

}  // namespace dynbal::power
