//! How long the published system should take on a device profile: its counted work at the profile's prices, through the power
//! chain of the simulator.
#pragma once

#include <optional>

#include "device/profile.hpp"
#include "fidelity/reference.hpp"

namespace dynbal::fidelity {

struct Prediction {
    double work_j = 0, work_s = 0;  ///< of one inference without failures
    double cycle_units = 0;         ///< what a power cycle affords; infinite if the power does not fail
    double power_cycles = 0;        ///< for one inference, lost work included
    double period_s = 0;            ///< infinite: it never ends
};

/// With a steady power at the harvester.
Prediction predict(const ReferenceModel& model, Policy policy, const device::DeviceProfile& profile, double power_w);

/// The steady power with which the period is this one; none between 0.1 mW and 100 mW.
std::optional<double> equivalent_power_w(const ReferenceModel& model, Policy policy,
                                         const device::DeviceProfile& profile, double period_s);

}  // namespace dynbal::fidelity
