//! Reads a device profile in TOML. devices/msp432p401r.toml shows every field.
//!
//! Invariants:
//!  1. every number is there exactly once and in its range, or comes from the profile named by `base`; prices never do: a
//!     file states all of them, or they follow from its energies;
//!     With a base the name may be left out, too, and is the file's without `.toml`; so may the title, which is the base's then;
//!  2. what is not known is an error, with file and line, so that a misspelt field is never ignored.
#pragma once

#include <string>

#include "device/profile.hpp"

namespace dynbal::device {

/// `file` is for messages. Throws InputError.
DeviceProfile parse_profile(const std::string& text, const std::string& file);

}  // namespace dynbal::device
