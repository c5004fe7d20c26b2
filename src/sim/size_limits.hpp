//! Why no capacitor meets a task: what an inference takes, what the supply brings, and how near one comes.
#pragma once

#include <optional>

#include "sim/size.hpp"

namespace dynbal::sim {

/// The stretch of a supply that brings least of what is needed in it.
struct Shortage {
    double begin_s = 0, end_s = 0;
    double came_j = 0;  ///< behind the converter
    double missing_j = 0;
};

/// A capacitor that would do if it were charged to on_v when the supply begins.
struct ChargedStart {
    double least_f = 0, sold_f = 0;
    std::optional<double> first_charge_s;  ///< of the least from start_v on; nothing if it never gets to on_v
};

/// The shortest longer period, or deadline, that is met, and with which capacitor: one that is sold, if such a one does.
struct LongerPeriod {
    Series series;
    double farads = 0;
};

struct SizeLimits {
    double inference_s = 0, inference_j = 0;  ///< of one on steady power, with its boot
    double cycle_j = 0;  ///< about what a power cycle must bring for the hungriest stage, with the boot
    uint32_t cycle_stage = 0;
    double cycle_f = 0;    ///< the capacitor that holds it between on_v and off_v
    double needed_w = 0;   ///< by inferences without any power failure, on average
    double lost_w = 0;     ///< at least, by leakage and by sleeping
    MeanPower mean;        ///< over the time of the task, and over HarvestPlan::mean_over_s if that is longer
    double weakest_j = 0;  ///< least that comes behind the converter within a deadline
    Shortage shortage;     ///< against what inferences and losses take on average
    SizeTrial best;        ///< best_capacitor
    std::optional<ChargedStart> charged;  ///< if the first charge is all that is in the way
    std::optional<double> without_esr_f;  ///< a capacitor that would do if it had no series resistance
    std::optional<LongerPeriod> met;      ///< nothing up to 1000 times as long
};

/// Found by trying, which takes as long as some hundreds of series. `best`: best_capacitor.
SizeLimits limits_of(const SizeTask& task, const SizeTrial& best);

/// How long inferences are due.
double task_s(const Series& series);

Shortage largest_shortage(const std::vector<power::Piece>& pieces, const power::Converter& converter, double needed_w);

/// The least energy that comes behind the converter in any `window_s` of the pieces; all of it if they are shorter.
double weakest_j(const std::vector<power::Piece>& pieces, const power::Converter& converter, double window_s);

}  // namespace dynbal::sim
