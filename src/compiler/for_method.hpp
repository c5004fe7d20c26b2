//! Images made over for another preservation method.
#pragma once

#include "image_file/image_file.hpp"

namespace dynbal::compiler {

/// The same network on the same device with another method: the same stages, places of tensors side by side or shared, and
/// partial sums; with tile tables priced for it, which lie behind the image that was, so that NVM grows. Throws InputError if that is
/// more than an image can address.
ImageFile for_method(const ImageFile& file, uint8_t method);

}  // namespace dynbal::compiler
