//! The names of device profiles, for the simulator.
#pragma once

#include "device/profile.hpp"

namespace dynbal::sim {

using device::Capacitor;
using device::Cost;
using device::default_profile;
using device::DeviceProfile;
using device::profile_by_name;
using device::published_profile;

}  // namespace dynbal::sim
