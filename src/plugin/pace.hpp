//! What power cycles achieve, beside what the price of the running configuration says they should: a price holds for the
//! energies that it was walked for, and the energy of a cycle is known within bounds only.
#pragma once

#include "plugin/tile_table.hpp"

namespace dynbal {

/// The mean of the cycles since a configuration was taken, two bytes: part of a record.
struct Pace {
    uint16_t share : 11 = as_priced;  ///< achieved of what is priced, 1/as_priced
    uint16_t was_asked : 1 = 0;       ///< something faster was looked for in vain while few cycles were counted
    uint16_t cycles : 4 = 0;          ///< so many were counted, up to cycles_to_trust

    static constexpr uint16_t as_priced = 1U << 10U;
    static constexpr uint16_t most = (1U << 11U) - 1;
    /// So many cycles tell more than a price: jobs are few in a cycle, and single cycles differ.
    static constexpr uint16_t cycles_to_trust = 8;
    /// It was asked for something faster in vain: not again for this configuration.
    static constexpr uint16_t accepted = (1U << 4U) - 1;

    constexpr bool is_known() const { return cycles == cycles_to_trust; }
    /// The most that it may turn out to be, when the next cycle may finish what was begun: a job is worth `job` of what is
    /// priced for a cycle. `most` while nothing is known.
    constexpr uint64_t share_at_most(uint64_t job) const {
        return cycles == 0 || cycles == accepted ? most : share + (is_known() ? 0 : job / cycles);
    }
    /// Does it say that the price is wrong, and is it time to ask for something faster?
    constexpr bool is_too_slow(uint64_t job) const {
        return (is_known() || was_asked == 0) && share_at_most(job) < as_priced - as_priced / 8;
    }
    /// There was nothing faster.
    constexpr void accept() {
        was_asked = 1;
        if (is_known()) {
            cycles = accepted;
        }
    }
    constexpr bool operator==(const Pace&) const = default;
};
static_assert(sizeof(Pace) == 2);

/// The pace after one more cycle, which brought `energy` and did `part` of a stage of `whole` that costs `cost` in all.
inline Pace follow(Pace pace, uint64_t cost, uint64_t energy, uint64_t part, uint64_t whole) {
    if (pace.cycles == Pace::accepted) {
        return pace;
    }
    const uint32_t cycles = pace.cycles + (pace.is_known() ? 0U : 1U);
    const auto now =
        static_cast<int32_t>(min_u64(scaled(scaled(cost, part, whole), Pace::as_priced, energy), Pace::most));
    const int32_t mean = pace.share + (now - pace.share) / static_cast<int32_t>(cycles);
    pace.share = static_cast<uint32_t>(mean) & Pace::most;
    pace.cycles = cycles & Pace::accepted;
    return pace;
}

/// A price corrected by what was seen; `share`: as Pace has it.
inline uint64_t at_pace(uint64_t cost, uint64_t share) {
    return scaled(cost, Pace::as_priced, share == 0 ? 1U : share);
}

}  // namespace dynbal
