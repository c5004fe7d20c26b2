//! Soak tests: many inferences on one NVM, through power failures, some given up half-way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/session.hpp"

namespace dynbal::sim {

struct SoakOptions {
    uint64_t inferences = 0;
    std::string supply = "none";
    DeviceProfile profile = default_profile();
    PolicyKind policy = PolicyKind::best;
    uint64_t abandon_every = 0;                   ///< give up about one inference in so many; 0: none
    uint32_t jobs = 0;                            ///< for the expected answers
    std::function<void(uint64_t)> on_inferences;  ///< told how many more are done
};

struct SoakResult {
    uint64_t inferences = 0;  ///< begun; fewer than asked for if NVM got stuck
    uint64_t wrong = 0, stuck = 0, abandoned = 0;
    uint64_t power_cycles = 0;
    Traffic traffic;
    std::string reason;  ///< of the first failure
    uint64_t first_failure = 0;
};

/// `inputs`: the inputs to choose from; each answer is compared with that of an uninterrupted run
/// on NVM of its own. Ends early when an inference gets stuck: the NVM is dead then.
SoakResult run_soak(const ImageFile& file, const std::vector<std::vector<int16_t>>& inputs, const SoakOptions& options);

}  // namespace dynbal::sim
