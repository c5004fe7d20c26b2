//! Refuses memories on which an image would lose progress or answer wrongly, with what to do about it.
#pragma once

#include <string>

#include "platform/nvm.hpp"

namespace dynbal {

/// `device` is for the message. Throws InputError.
void check_memory(const NvmClass& nvm_class, const std::string& device);

}  // namespace dynbal
