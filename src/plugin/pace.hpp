//! How much of a stage a power cycle does with the running configuration: what is seen, beside what its price says. A price
//! holds for the energies that it was walked for, and near the least of them a percent of energy doubles it; and the energy of
//! a cycle is known within bounds only. What was seen needs no energy to be known.
#pragma once

#include "plugin/tile_table.hpp"

namespace dynbal {

/// The mean of the cycles since a configuration was taken: part of a record.
struct Pace {
    ShortCost share;     ///< of the stage that a cycle does, in 1/whole
    uint8_t cycles = 0;  ///< so many were counted, up to cycles_most

    static constexpr uint64_t whole = uint64_t{1} << 32U;
    /// Single cycles differ, and jobs are few in one: so many tell more than a price,
    static constexpr uint32_t cycles_to_trust = 8;
    /// and of more than these the newest count.
    static constexpr uint32_t cycles_most = 64;

    constexpr bool is_known() const { return cycles >= cycles_to_trust; }
    /// At least one cycle did finish something.
    constexpr bool got_on() const { return share.bits != 0; }
    /// The most and the least that it may turn out to be, when the next cycle may finish what was begun, or the last one has: a job
    /// is such a share. At least one cycle was counted.
    constexpr uint64_t share_at_most(uint64_t job) const { return share.value() + job / cycles; }
    constexpr uint64_t share_at_least(uint64_t job) const {
        return share.value() - min_u64(share.value(), job / cycles);
    }
    /// Does it say that a price, which promises `priced`, is wrong?
    constexpr bool is_too_slow(uint64_t job, uint64_t priced) const {
        return cycles != 0 && share_at_most(job) < priced - priced / 8;
    }
    /// One more cycle, which did so much.
    constexpr void follow(uint64_t now) {
        cycles = static_cast<uint8_t>(min_u32(cycles + 1U, cycles_most));
        share = ShortCost::nearest((share.value() * (cycles - 1U) + min_u64(now, whole)) / cycles);
    }
    constexpr bool operator==(const Pace&) const = default;
};

/// What the stage costs where each cycle of `energy` does such a share of it.
inline uint64_t cost_at_share(uint64_t energy, uint64_t share) {
    return share == 0 ? never : scaled(Pace::whole, energy, share);
}

}  // namespace dynbal
