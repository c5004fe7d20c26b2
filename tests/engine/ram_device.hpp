//! A device in RAM for tests: NVM that checks its bounds, power that never fails, counters by class.
#pragma once

#include <array>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "platform/plain.hpp"

namespace dynbal::test {

class RamNvm final : public Nvm, public Power {
public:
    explicit RamNvm(size_t bytes = 0) : memory(bytes) {}

    void read(uint32_t offset, std::span<std::byte> target) override {
        check(offset, target.size());
        if (!target.empty()) std::memcpy(target.data(), memory.data() + offset, target.size());
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        check(offset, source.size());
        if (!source.empty()) std::memcpy(memory.data() + offset, source.data(), source.size());
    }
    bool compute(uint64_t) override { return true; }

    std::vector<std::byte> memory;

private:
    void check(uint32_t offset, size_t bytes) const {
        if (offset > memory.size() || bytes > memory.size() - offset) {
            throw std::out_of_range("access outside of NVM");
        }
    }
};

class CountingTrace final : public Trace {
public:
    void traffic(TrafficClass traffic_class, const Traffic& traffic) override {
        by_class[static_cast<size_t>(traffic_class)] += traffic;
    }
    /// What the Usage Span prices: all that a stage moves and computes, without the engine's own
    /// records and recovery.
    Traffic of_stages() const {
        Traffic total = by_class[static_cast<size_t>(TrafficClass::weights)];
        total += by_class[static_cast<size_t>(TrafficClass::inputs)];
        total += by_class[static_cast<size_t>(TrafficClass::outputs)];
        return total += by_class[static_cast<size_t>(TrafficClass::checkpoints)];
    }

    std::array<Traffic, traffic_class_count> by_class{};
};

}  // namespace dynbal::test
