//! Which of many inferences can end in time at all: a trial whose share can no longer be met need not go on.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/size.hpp"

namespace dynbal::sim {

/// The most that reaches the capacitor at any moment of each window [i * each_s, i * each_s + long_s], i < count, in watts. What lies
/// behind the pieces brings nothing.
std::vector<double> strongest_w(const std::vector<power::Piece>& pieces, const power::Converter& converter,
                                double each_s, double long_s, uint64_t count);

/// For each inference that is due: 1 if it cannot be in time, 0 if it may. It cannot where no power that comes before its deadline
/// would do, were it there all the time and the capacitor full when the inference begins; that is tried, with powers up to a half
/// above and with a larger capacitor, too, since inferences end by luck. Empty where nothing is known: of few inferences, which are
/// tried as fast, and of those that begin one after the other. `plan`: what the trial is about.
std::vector<uint8_t> hopeless_inferences(const SizeTask& task, const HarvestPlan& plan);

}  // namespace dynbal::sim
