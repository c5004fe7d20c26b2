//! Classes of NVM as they are written in device profiles and after --nvm: `byte`, `line16`, `line8,torn=garbage,order=any`.
#pragma once

#include <string>
#include <string_view>

#include "platform/nvm.hpp"

namespace dynbal::device {

/// Throws InputError with the form.
NvmClass parse_nvm_class(std::string_view text);
/// The shortest text that parse_nvm_class() reads as this.
std::string text_of(const NvmClass& nvm_class);

/// byte|line4|line8|line16[,torn=old|new|garbage][,order=any]
extern const char* const nvm_class_form;

}  // namespace dynbal::device
