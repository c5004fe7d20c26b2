//! Learns the energy of a power cycle from progress reports, in 1/16 cost units.
#pragma once

#include <cstdint>

#include "plugin/policy.hpp"

namespace dynbal {

/// What is known, at a boot, about the power cycle that has just ended by a failure.
struct CycleReport {
    uint64_t spent = 0;     ///< cost counted until the last record of that cycle was written
    uint64_t finished = 0;  ///< cost of the values finished after it
    uint64_t refetch = 0;   ///< expected cost of what was fetched or computed in vain
    uint64_t need = 0;      ///< need of the configuration that was running
    bool progress = false;  ///< did that cycle finish anything?
};

/// The next state of knowledge. A cycle without progress says only that it brought less than the configuration
/// needed: the estimate is forgotten and the limit set to three quarters of that need, so that repeated failures
/// reach the smallest tile.
Supply learn(const Supply& supply, const CycleReport& report);

}  // namespace dynbal
