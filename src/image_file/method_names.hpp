//! Preservation methods by name.
#pragma once

#include <string>
#include <vector>

#include "image_file/image_file.hpp"

namespace dynbal {

std::vector<std::string> method_names();
/// Names as in a sentence: "stateful, hawaii and none"; `last` before the last one.
std::string in_words(const std::vector<std::string>& names, const std::string& last);
/// Its place in plugin/methods.hpp. Throws InputError.
uint8_t method_by_name(const std::string& name);
inline const char* method_name(const ImageFile& file) { return methods[file.header().method].name; }

/// Does a power failure make a stage begin again? Then an inference that never ends is no fault of the engine.
inline bool keeps_stages_only(const ImageFile& file) {
    return facts_of_method(file.header().method).kept == Kept::stages;
}
/// That, in words, for who sees it stuck; empty for other methods.
std::string stages_only_text(const ImageFile& file);

}  // namespace dynbal
