//! Preservation methods by name, and images made over for another one.
#pragma once

#include <string>
#include <vector>

#include "compiler/image_file.hpp"

namespace dynbal::compiler {

std::vector<std::string> method_names();
/// Its place in plugin/methods.hpp. Throws InputError.
uint8_t method_by_name(const std::string& name);
inline const char* method_name(const ImageFile& file) { return methods[file.header().method].name; }

/// Does a power failure make a stage begin again? Then an inference that never ends is no fault of the engine.
inline bool keeps_stages_only(const ImageFile& file) {
    return facts_of_method(file.header().method).kept == Kept::stages;
}
/// That, in words, for who sees it stuck; empty for other methods.
std::string stages_only_text(const ImageFile& file);

/// The same network on the same device with another method: the same stages, places of tensors side by side or shared, and
/// partial sums; with tile tables priced for it, which lie behind the image that was, so that NVM grows. Throws InputError if that is
/// more than an image can address.
ImageFile for_method(const ImageFile& file, uint8_t method);

}  // namespace dynbal::compiler
