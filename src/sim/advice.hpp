//! What to change about a supply with which an inference never ends, in volts, farads and joules.
#pragma once

#include <string>

#include "sim/size.hpp"

namespace dynbal::sim {

/// "970 uF between 2.99 V and 2.80 V bring 0.53 mJ a power cycle, of which 0.1 mJ are the boot; ... 1.5 mF or more (0.8 mJ) ..."; found
/// by trying, which takes as long as some dozen inferences. `task.series` is not looked at. "" for a recording of nothing, of which no capacitor makes more.
std::string advice_for(SizeTask task);

/// Where no capacitor is enough but `without_f` would be, had it no series resistance: a sentence that says so.
std::string resistance_text(const device::Capacitor& capacitor, const InferenceCost& inference, double without_f);

}  // namespace dynbal::sim
