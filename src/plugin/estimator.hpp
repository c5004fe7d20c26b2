//! What is known of the energy of a power cycle: bounds, not a guess. All costs in 1/16 units.
//!
//! A cycle that has ended tells two things: it brought at least what was certainly paid, and less than the next thing that
//! it did not finish would have needed (bounds_of_cycle()). Cycles of a steady supply end at different places, so what they
//! have in common narrows quickly; a cycle that contradicts what was known says that the supply has changed.
#pragma once

#include <cstdint>

#include "plugin/walk.hpp"

namespace dynbal {

/// Bounds of the energy of a power cycle: at least `low`, less than `high`; 0 and `never`: not known.
using Supply = Bounds;

/// What is still known after some cycles.
Supply age(const Supply& known);
/// Does a cycle contradict what is known by more than a supply varies?
bool has_changed(const Supply& known, const Bounds& cycle);
/// What is known with one more cycle.
Supply learn(const Supply& aged, const Bounds& cycle);

/// The energy to choose for; `never` if nothing is known.
uint64_t likely_energy(const Supply& supply);

/// Energies over which a choice is judged where an upper bound is known: the least that is assumed, the likely one, and as
/// much more.
struct EnergyRange {
    static constexpr uint32_t count = 3, likely = 1;
    uint64_t energies[count];

    uint64_t least() const { return energies[0]; }
};
EnergyRange range_of(const Supply& supply);

}  // namespace dynbal
