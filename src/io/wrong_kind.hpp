//! Files that are not what was asked for, by their first bytes, and what to do about them.
#pragma once

#include <string>
#include <string_view>

namespace dynbal::io {

/// "this is ...; do ..." for the start of an archive, a pointer, a failed download and the like; empty for anything else.
std::string wrong_kind(std::string_view start);

}  // namespace dynbal::io
