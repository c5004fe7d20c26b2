//! Assertions: what the engine itself must keep before it changes NVM. They are on everywhere, and never asked of input: an
//! image or a record that is out of range is refused by its checks.
#pragma once

#include <cstdint>

namespace dynbal {

/// Ends the program, so that nothing further reaches NVM. Who links the engine may define it: the simulator throws, a board tells
/// its console. The one of the library traps.
[[noreturn]] void assertion_failed(const char* file, uint32_t line);

}  // namespace dynbal

#define DYNBAL_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::dynbal::assertion_failed(__FILE_NAME__, __LINE__))
