//! Crash tests: does an inference end with the same bits wherever the power fails?
//!
//! How: one uninterrupted run is recorded byte by byte, on new NVM and on NVM that has seen one inference (the states of
//! all values are the other way round then). The NVM of a cut after k bytes is the NVM before plus the first k recorded
//! bytes, so each cut only needs the run after it. The replay command of a failure runs all of it, through the supply
//! `once:K`, and meets the same NVM.
//!
//! Invariants:
//!  1. a point passes if the inference completes and its answer equals that of the uninterrupted run;
//!     for a quarter of the points a second inference with another input must be right on the same NVM, too, and power
//!     fails in it as well; half of the points start on NVM that has seen an inference;
//!  2. the result depends on image, input and options, never on the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/cut_plan.hpp"
#include "sim/session.hpp"

namespace dynbal::sim {

struct CampaignOptions {
    CutPlan cuts;
    PolicyKind policy = PolicyKind::best;
    std::string rest_supply = "none";  ///< after the cut; not with random cuts
    DeviceProfile profile = default_profile();
    uint32_t jobs = 0;  ///< threads; 0: one a core
    Defect defect = Defect::none;
    std::function<void(uint64_t total)> on_start;    ///< told how many points there are
    std::function<void(uint64_t points)> on_points;  ///< told how many more are done; any thread
};

enum class Verdict : uint8_t { right, wrong, stuck };

struct PointFailure {
    uint64_t point = 0;  ///< bytes written before the cut, or the number of the random run
    Verdict verdict = Verdict::wrong;
    bool warm = false;          ///< began on NVM that had seen one inference
    bool second = false;        ///< the first answer was right, the next inference failed
    std::string supply;         ///< for replay
    std::string second_supply;  ///< of the next inference; `same_supply`: the first one goes on
    std::string reason;
};

struct CampaignResult {
    uint64_t points = 0, wrong = 0, stuck = 0;
    uint64_t bytes_written = 0;          ///< by the uninterrupted run
    std::vector<PointFailure> failures;  ///< the first ten, by point
    std::string hopeless;                ///< why the supply after the cut is too weak even without the cut; else empty
};

/// Throws InputError if not even the uninterrupted run completes.
CampaignResult run_campaign(const ImageFile& file, std::span<const int16_t> input, const CampaignOptions& options);

/// In place of a supply's text: the one of the inference before goes on.
inline constexpr const char* same_supply = "same";

/// Another input of the same size, for the inference after: every value differs in place or sign.
std::vector<int16_t> other_input(std::span<const int16_t> input);

}  // namespace dynbal::sim
