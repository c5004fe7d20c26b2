//! Commands that people copy into a shell.
#pragma once

#include <string>

namespace dynbal::io {

/// A word as a shell takes it: quoted where it must be.
std::string shell_word(const std::string& word);

}  // namespace dynbal::io
