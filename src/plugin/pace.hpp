//! How much of a power cycle's energy goes into work that counts: what is seen, beside what the price of the running
//! configuration says. A price holds for the energies that it was walked for, and near the least of them a percent of energy
//! doubles it; and the energy of a cycle is known within bounds only.
#pragma once

#include "plugin/tile_table.hpp"

namespace dynbal {

/// The mean of the cycles since a configuration was taken, two bytes: part of a record.
struct Pace {
    uint16_t mantissa : 8 = 0;  ///< the share in 1/whole: mantissa << exponent
    uint16_t exponent : 3 = 0;
    uint16_t was_asked : 1 = 0;  ///< something faster was looked for in vain while few cycles were counted
    uint16_t cycles : 4 = 0;     ///< so many were counted, up to cycles_to_trust

    /// All energy of a cycle is worth its price without failures.
    static constexpr uint32_t whole = 1U << 14U;
    static constexpr uint32_t most = 255U << 7U;
    /// So many cycles tell more than a price: jobs are few in a cycle, and single cycles differ.
    static constexpr uint16_t cycles_to_trust = 8;
    /// It was asked for something faster in vain: not again for this configuration.
    static constexpr uint16_t accepted = (1U << 4U) - 1;

    constexpr uint32_t share() const { return uint32_t{mantissa} << exponent; }
    /// To the nearest that there is, good to 0.4 %.
    constexpr void set_share(uint32_t share) {
        const uint32_t kept = min_u32(share, most);
        uint32_t shift = 0;
        for (; ((kept + (1U << shift >> 1U)) >> shift) > 255; ++shift) {
        }
        mantissa = ((kept + (1U << shift >> 1U)) >> shift) & 255U;
        exponent = shift & 7U;
    }
    constexpr bool is_known() const { return cycles == cycles_to_trust; }
    constexpr bool is_open() const { return cycles == 0 || cycles == accepted; }
    /// At least one cycle did finish something.
    constexpr bool got_on() const { return cycles != 0 && mantissa != 0; }
    /// The most and the least that it may turn out to be, when the next cycle may finish what was begun, or the last one has: a job
    /// is worth `job` of a cycle.
    constexpr uint64_t share_at_most(uint64_t job) const { return is_open() ? most : share() + error(job); }
    constexpr uint64_t share_at_least(uint64_t job) const {
        return is_open() ? 0 : share() - min_u64(share(), error(job));
    }
    /// Does it say that a price, which promises `priced`, is wrong, and is it time to ask for something faster?
    constexpr bool is_too_slow(uint64_t job, uint64_t priced) const {
        return (is_known() || was_asked == 0) && share_at_most(job) < priced - priced / 8;
    }
    /// There was nothing faster.
    constexpr void accept() {
        was_asked = 1;
        if (is_known()) {
            cycles = accepted;
        }
    }
    /// One more cycle, which was worth so much.
    constexpr void follow(uint64_t now) {
        if (cycles == accepted) {
            return;
        }
        cycles = (cycles + (is_known() ? 0U : 1U)) & accepted;
        const auto before = static_cast<int32_t>(share());
        const int32_t mean =
            before + (static_cast<int32_t>(min_u64(now, most)) - before) / static_cast<int32_t>(cycles);
        set_share(static_cast<uint32_t>(mean));
    }
    constexpr bool operator==(const Pace&) const = default;

private:
    constexpr uint64_t error(uint64_t job) const { return is_known() ? 0 : job / cycles; }
};
static_assert(sizeof(Pace) == 2);

/// What a stage costs, without failures `reuse`, where so much of each cycle is worth something.
inline uint64_t cost_at_share(uint64_t reuse, uint64_t share) {
    return share == 0 ? never : scaled(reuse, Pace::whole, share);
}

}  // namespace dynbal
