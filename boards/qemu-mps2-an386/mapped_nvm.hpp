//! Byte-addressed NVM that lies in the address space: the PSRAM of mps2-an386, which a file on the host backs.
#pragma once

#include "platform/nvm.hpp"

namespace dynbal::board {

/// Stores reach the memory in ascending order, at most four bytes at a time; a cut inside a store tears it bytewise.
class MappedNvm final : public Nvm {
public:
    explicit MappedNvm(uintptr_t base) : base_(reinterpret_cast<std::byte*>(base)) {}

    void read(uint32_t offset, std::span<std::byte> target) override;
    void write(uint32_t offset, std::span<const std::byte> source) override;

private:
    std::byte* base_;
};

}  // namespace dynbal::board
