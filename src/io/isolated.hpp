//! Work that may end its process: in a process of its own. For libraries that are not safe from damaged files.
//!
//! Invariants:
//!  1. whatever happens in the work, the caller gets a result or an InputError;
//!  2. the work ends: after a minute of computing it is ended;
//!  3. it takes no more memory than it may.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace dynbal::io {

/// What `work` returns in a copy of this process; changes that it makes are lost. An InputError in it is thrown here; if it dies,
/// InputError says that `what` cannot be read. `memory_bytes`: what it may take beyond what this process has.
std::string isolated(const std::string& what, uint64_t memory_bytes, const std::function<std::string()>& work);

}  // namespace dynbal::io
