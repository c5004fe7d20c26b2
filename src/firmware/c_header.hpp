//! An image for a C or C++ program of one's own: bytes, sizes, scales, and how values become the engine's.
#pragma once

#include <string>

#include "image_file/image_file.hpp"

namespace dynbal::firmware {

/// A header of C99 that needs no other file but <stdint.h>. All its names begin with `name`, made fit for C.
std::string c_header(const ImageFile& file, const std::string& name);

}  // namespace dynbal::firmware
