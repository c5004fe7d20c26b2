//! Work that may end its process: in a process of its own. For libraries that are not safe from damaged files.
//!
//! Invariants:
//!  1. whatever happens in the work, the caller gets a result or an InputError;
//!  2. the work ends, after so many seconds of computing at the latest;
//!  3. it takes no more memory than it may.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace dynbal::io {

struct Limits {
    uint64_t memory_bytes = 0;  ///< beyond what this process has
    uint32_t seconds = 0;       ///< of computing
};

/// What `work` returns in a copy of this process; changes that it makes are lost. An InputError in it is thrown here; if it dies,
/// InputError says that `what` cannot be read.
std::string isolated(const std::string& what, const Limits& limits, const std::function<std::string()>& work);

}  // namespace dynbal::io
