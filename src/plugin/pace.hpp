//! What power cycles achieve, beside what the price of the running configuration says they should: a price holds for the
//! energies that it was walked for, and the energy of a cycle is known within bounds only.
#pragma once

#include "plugin/tile_table.hpp"

namespace dynbal {

/// Achieved share of what is priced, 1/128; it follows the last few cycles.
using Pace = uint8_t;
inline constexpr Pace pace_as_priced = 128;
/// It was asked for something faster in vain: not again for this configuration.
inline constexpr Pace pace_accepted = 0xFF;
/// Less than this says that the price is wrong.
inline constexpr Pace pace_too_slow = pace_as_priced - pace_as_priced / 8;

/// The pace after one more cycle, which brought `energy` and did `part` of a stage of `whole` that costs `cost` in all.
inline Pace follow(Pace pace, uint64_t cost, uint64_t energy, uint64_t part, uint64_t whole) {
    if (pace == pace_accepted) {
        return pace;
    }
    const uint64_t achieved = scaled(scaled(cost, part, whole), pace_as_priced, energy);
    const auto now = static_cast<int32_t>(achieved < pace_accepted ? achieved : pace_accepted - 1);
    return static_cast<Pace>(pace + (now - pace) / 4);
}

/// A price corrected by what was seen.
inline uint64_t at_pace(uint64_t cost, Pace pace) {
    return pace == pace_accepted ? cost : scaled(cost, pace_as_priced, pace == 0 ? 1 : pace);
}

}  // namespace dynbal
