//! Non-volatile memory as the engine sees it. A board implements this once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dynbal {

/// Byte-addressed NVM. Contract with the engine: the bytes of a write reach the memory in ascending order, one
/// at a time; when power fails, a prefix of them has been written and the next byte holds its old value.
class Nvm {
public:
    virtual void read(uint32_t offset, std::span<std::byte> target) = 0;
    virtual void write(uint32_t offset, std::span<const std::byte> source) = 0;

protected:
    ~Nvm() = default;
};

}  // namespace dynbal
