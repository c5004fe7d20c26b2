//! The least energy of a power cycle, in the units of policies and in those of a capacitor.
#pragma once

#include <string>

#include "image_file/image_file.hpp"

namespace dynbal::cli {

/// "22,897 units (about 48 uJ with the boot, 87 uF between 2.99 V and 2.8 V, with a quarter to spare 150 uF)"; units alone where the image's device is not known here.
std::string least_energy_text(const ImageFile& file);

}  // namespace dynbal::cli
