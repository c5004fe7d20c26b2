//! The two ends of the program: nothing left to do, or something that cannot be helped.
#pragma once

#include <cstdint>

namespace dynbal::board {

/// Writes "error: TEXT" and the bytes, lights the red LED and parks the processor. Power or reset starts anew; NVM is
/// left as it is.
[[noreturn]] void stop(const char* text, const uint8_t* bytes = nullptr, uint32_t byte_count = 0);

/// Sleeps for ever.
[[noreturn]] void park();

}  // namespace dynbal::board
