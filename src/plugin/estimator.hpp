//! Estimates the energy of a power cycle from progress reports, in 1/16 cost units.
#pragma once

#include <cstdint>

namespace dynbal {

/// What is known, at a boot, about the power cycle that has just ended by a failure.
struct CycleReport {
    uint64_t spent = 0;     ///< cost counted until the last record of that cycle was written
    uint64_t finished = 0;  ///< cost of the values finished after it
    uint64_t refetch = 0;   ///< expected cost of what was fetched or computed in vain
    uint64_t need = 0;      ///< need of the configuration that was running
    bool progress = false;  ///< did anything get finished after that record?
};

/// The next estimate; `estimate` 0 means not known yet. A cycle without progress bounds the estimate by
/// three quarters of what the configuration needed, so that repeated failures reach any tile size.
uint64_t next_estimate(uint64_t estimate, const CycleReport& report);

}  // namespace dynbal
