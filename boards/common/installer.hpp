//! Puts the device image from flash into NVM, once, whatever power failures come in between.
//!
//! Invariants:
//!  1. NVM holds a valid header of this image only after all of the image has been written: its magic is written last,
//!     and that of another image is made invalid first;
//!  2. an image that is already there is not written again, so progress is kept; an image with another input is another
//!     one (ImageHeader::installation);
//!  3. what is newly installed begins without records of inferences, whatever NVM held before;
//!  4. a power cycle goes on where the one before was cut off, to a piece of the image: records note how much is there.
#pragma once

#include <span>

#include "image/payload.hpp"
#include "platform/nvm.hpp"

namespace dynbal::board {

/// A payload whose parts were checked against its size in flash.
struct Payload {
    PayloadHeader header;
    std::span<const std::byte> image;
    std::span<const int16_t> input;
};

/// Null, or why there is no usable payload at `flash`. Looks at the header only: the rest is checked by install().
const char* open_payload(std::span<const std::byte> flash, Payload& payload);

enum class Installation : uint8_t { already_there, done, damaged };

/// `damaged`: the payload's CRC is wrong or the image is not valid; NVM was not touched. Looked at once, when installing begins.
Installation install(Nvm& nvm, const Payload& payload, std::span<const std::byte> flash);

}  // namespace dynbal::board
