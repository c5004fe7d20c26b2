//! The oracle: for each stage the configuration that is cheapest under one supply, found by trying.
//!
//! What it means: a stage is run alone, again and again, on the supply in question, as often as it takes to see
//! some thirty power cycles; what is compared is the time that takes. Where the supply limits (the device waits for
//! energy), time is proportional to the energy drawn, which is compared instead, because the time of a short run
//! comes in steps of whole charges. The oracle's row of a sweep is then a run of the whole network with each
//! stage's winner, decided beforehand: nothing is learned, looked up or changed at run time.
//!
//! Invariants:
//!  1. the winner of a stage is the best of ALL of compiler::sampled_configs(), unless StageChoice::complete says that the
//!     effort allowed was spent before; then it is the best of those tried, the most promising first;
//!  2. what is not run to its end could not have won: its traffic without failures, which no run undercuts
//!     (everything that is done without failures is done with them, too), costs more already than the winner's
//!     run with failures, or it was stopped when it had drawn more;
//!  3. the choice does not depend on clocks or threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::experiment {

struct OracleOptions {
    /// Effort allowed for a stage, in times that its supply is asked; some ten millions take a second. The trials end with
    /// the run that exceeds it.
    uint64_t payments_max = 100'000'000;
    uint32_t jobs = 1;  ///< threads; 0: one a core
    /// Told the share of all work that has been done since it was told before; they add up to 1. Any thread.
    std::function<void(double share)> on_progress;
};

struct StageChoice {
    TileConfig config;
    double cost = 0;          ///< of one run of the stage: joules if the supply limits, else seconds; 0: none ended
    uint32_t inferences = 0;  ///< how often the stage was run for it
    uint64_t configs = 0;     ///< how many there are
    uint64_t tried = 0;       ///< how many of them were run
    bool complete = true;     ///< the others cost too much even without failures; else the effort was spent
};

struct Oracle {
    bool supply_limits = false;
    std::vector<StageChoice> stages;

    std::vector<TileConfig> configs() const;
};

/// Throws InputError if the supply is not one. A stage that no configuration ends gets the one of least need.
Oracle find_oracle(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& supply,
                   const OracleOptions& options = {});

}  // namespace dynbal::experiment
