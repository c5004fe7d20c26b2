//! Torture: scenarios drawn from a seed, run until one fails; that one is made as small as it can be and still fail.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "torture/places.hpp"
#include "torture/scenario.hpp"

namespace dynbal::torture {

struct Options {
    uint64_t seed = 1;
    uint64_t runs = 1000;
    uint32_t jobs = 0;                           ///< threads; 0: one a core
    std::function<void(uint64_t runs)> on_runs;  ///< told how many more are done; any thread
};

struct Failure {
    uint64_t run = 0;
    std::string reason;
    Scenario scenario;  ///< as small as it was found to fail
    std::string smaller_reason;
};

struct Result {
    uint64_t runs = 0, failures = 0;
    std::optional<Failure> first;
    Places places;
};

/// The result depends on the options alone, but for `jobs`.
Result torture(const Options& options);

/// One scenario; empty if all is right.
std::string replay(const Scenario& scenario);

/// The smallest scenario found that `fails`, by taking away: calls, cuts, stages, and what is unusual about the device.
Scenario shrink(const Scenario& scenario, const std::function<bool(const Scenario&)>& fails);

}  // namespace dynbal::torture
