//! Finds the constants of a profile that nobody has published, from the periods that are.
//!
//! Four constants for all models: cycles a MAC, cycles an output value (rounding, state), converter efficiency, and
//! capacitance. Errors count against 5 % each, and each constant against what is physically likely, so that three networks
//! cannot pull one of them to an absurd value (a fit by maximum a posteriori).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "device/profile.hpp"
#include "fidelity/reference.hpp"

namespace dynbal::fidelity {

struct FittedConstant {
    const char* name;  ///< in the profile file
    double likely;     ///< before any measurement
    double factor;     ///< one standard deviation up or down
};
const std::array<FittedConstant, 4>& fitted_constants();

using Constants = std::array<double, 4>;

Constants constants_of(const device::DeviceProfile& profile);
device::DeviceProfile with_constants(device::DeviceProfile profile, const Constants& constants);

/// The best constants for these cells, all of steady power. Deterministic.
Constants fit(const device::DeviceProfile& profile, const std::vector<PublishedCell>& cells);

/// Predicted over published, less 1.
double relative_error(const device::DeviceProfile& profile, const PublishedCell& cell);

const ReferenceModel& model_of(const PublishedCell& cell);
/// The published cells of steady power.
std::vector<PublishedCell> steady_cells();

}  // namespace dynbal::fidelity
