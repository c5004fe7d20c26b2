//! The plainest platform: NVM in the host's memory, power that nobody counts, a trace that nobody reads. A program on a host takes
//! all three; a board has an Nvm of its own and takes the other two.
#pragma once

#include <cstring>

#include "platform/nvm.hpp"
#include "platform/power.hpp"
#include "platform/trace.hpp"

namespace dynbal {

/// It survives as long as `memory` does.
class MemoryNvm final : public Nvm {
public:
    explicit MemoryNvm(std::span<std::byte> memory) : memory_(memory) {}

    void read(uint32_t offset, std::span<std::byte> target) override {
        std::memcpy(target.data(), &memory_[offset], target.size());
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        std::memcpy(&memory_[offset], source.data(), source.size());
    }

private:
    std::span<std::byte> memory_;
};

class PlainPower final : public Power {
public:
    bool compute(uint64_t) override { return true; }
};

class PlainTrace final : public Trace {};

}  // namespace dynbal
