//! Why no capacitor meets a task: what an inference takes, what the supply brings, and how near one comes.
#pragma once

#include <optional>

#include "sim/size.hpp"

namespace dynbal::sim {

struct SizeLimits {
    double inference_s = 0, inference_j = 0;  ///< of one on steady power, with its boot
    double cycle_j = 0;  ///< about what a power cycle must bring for the hungriest stage, with the boot
    uint32_t cycle_stage = 0;
    double cycle_f = 0;    ///< the capacitor that holds it between on_v and off_v
    double needed_w = 0;   ///< by inferences without any power failure, on average
    double lost_w = 0;     ///< by leakage at off_v, and by sleeping
    MeanPower mean;        ///< over the time of the task
    double weakest_j = 0;  ///< least that comes behind the converter within a deadline
    SizeTrial
        best;  ///< of the capacitors that were tried, that of the task first, the one with most inferences in time
    std::optional<Series> met;  ///< a longer period, or deadline, that it meets; nothing up to 100 times as long
};

/// Found by trying, which takes as long as some ten inferences a one that is due.
SizeLimits limits_of(const SizeTask& task);

/// The least energy that comes behind the converter in any `window_s` of the pieces; all of it if they are shorter.
double weakest_j(const std::vector<power::Piece>& pieces, const power::Converter& converter, double window_s);

}  // namespace dynbal::sim
