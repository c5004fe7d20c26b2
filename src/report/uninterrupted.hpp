//! What fetching costs where the power never fails: the measure that tells reuse and refetch apart.
//!
//! How: the image's tile tables are replaced by the configurations in question, and the engine runs it on steady power
//! with the policy that takes the first row. So reuse is what the simulator itself counts, whatever it models.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "image_file/image_file.hpp"
#include "report/recorder.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::report {

/// Time and energy of one kind of work.
struct Effort {
    double time_s = 0;
    double energy_j = 0;
};

class UninterruptedFetch {
public:
    /// All must outlive the object.
    UninterruptedFetch(const ImageFile& file, const sim::DeviceProfile& profile, std::span<const int16_t> input)
        : file_(&file), profile_(&profile), input_(input) {}

    /// Weights and inputs that a run fetches in each stage without power failures. `usage` is [stage][configuration], as
    /// recorded: where a stage used several, each counts by its share of the time spent on writing results. Runs what
    /// has not been run yet. Throws InputError if the engine does not accept a configuration.
    std::vector<Effort> of(const std::vector<std::vector<ConfigUsage>>& usage);

private:
    void measure(const std::vector<TileConfig>& configs);
    bool is_known(uint32_t stage, const TileConfig& config) const { return find(stage, config) != nullptr; }
    const Effort* find(uint32_t stage, const TileConfig& config) const;

    const ImageFile* file_;
    const sim::DeviceProfile* profile_;
    std::span<const int16_t> input_;
    std::vector<std::vector<std::pair<TileConfig, Effort>>> known_;
};

}  // namespace dynbal::report
