//! What power cycles achieve with the running configuration: what is seen, beside what its price says. A price holds for the
//! energies that it was walked for, and near the least of them a percent of energy doubles it; and the energy of a cycle is
//! known within bounds only. What cycles achieve needs no energy to be known.
#pragma once

#include "plugin/tile_table.hpp"

namespace dynbal {

/// The mean of the cycles since a configuration was taken, four bytes: part of a record.
struct Pace {
    ShortCost worth;         ///< what a cycle's work would cost without failures, in this configuration
    uint8_t cycles : 6 = 0;  ///< so many were counted, up to cycles_most
    uint8_t asked : 2 = 0;   ///< something faster was looked for in vain: 1 while few cycles were counted, 2 when enough were
    uint8_t row = no_row;    ///< of the table: the configuration's

    /// Single cycles differ, and jobs are few in one: so many tell more than a price,
    static constexpr uint32_t cycles_to_trust = 8;
    /// and of more than these the newest count.
    static constexpr uint32_t cycles_most = (1U << 6U) - 1;

    constexpr bool is_known() const { return cycles >= cycles_to_trust; }
    /// At least one cycle did finish something.
    constexpr bool got_on() const { return worth.bits != 0; }
    /// The most and the least that it may turn out to be, when the next cycle may finish what was begun, or the last one has: a job
    /// is worth so much. At least one cycle was counted.
    constexpr uint64_t worth_at_most(uint64_t job) const { return worth.value() + job / cycles; }
    constexpr uint64_t worth_at_least(uint64_t job) const {
        return worth.value() - min_u64(worth.value(), job / cycles);
    }
    /// Does it say that a price, which promises `priced`, is wrong, and is it time to ask for something faster?
    constexpr bool is_too_slow(uint64_t job, uint64_t priced) const {
        const bool may_ask = asked == 0 || (asked == 1 && is_known());
        return cycles != 0 && may_ask && worth_at_most(job) < priced - priced / 8;
    }
    /// There was nothing faster.
    constexpr void accept() { asked = is_known() ? 2 : 1; }
    /// One more cycle, which was worth so much.
    constexpr void follow(uint64_t now) {
        cycles = min_u32(cycles + 1U, cycles_most) & cycles_most;
        const auto before = static_cast<int64_t>(worth.value());
        const auto change = static_cast<int64_t>(min_u64(now, ShortCost::largest)) - before;
        worth = ShortCost::nearest(static_cast<uint64_t>(before + change / cycles));
    }
    /// As it surely was before.
    constexpr void resume(uint64_t seen) {
        worth = ShortCost::nearest(seen);
        cycles = cycles_most;
    }
    constexpr bool operator==(const Pace&) const = default;
};
static_assert(sizeof(Pace) == 4);

}  // namespace dynbal
