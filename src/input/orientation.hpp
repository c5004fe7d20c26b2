//! How a camera was held: pictures are stored as the sensor saw them, with a number that says how to show them.
#pragma once

#include <cstdint>
#include <span>

#include "input/kinds.hpp"

namespace dynbal::input {

/// From 1 (as it is stored) to 8, of an Exif block as JPEG and PNG files hold it; 1 if it says nothing that is known.
int exif_orientation(std::span<const uint8_t> exif);

/// As viewers show it.
Picture upright(const Picture& picture, int orientation);

}  // namespace dynbal::input
