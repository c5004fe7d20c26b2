//! docs/fidelity.md: predicted against published, for people.
#pragma once

#include <string>

#include "device/profile.hpp"

namespace dynbal::fidelity {

/// All of the document, of the profile msp432p401r-published.
std::string document(const device::DeviceProfile& profile);

}  // namespace dynbal::fidelity
