//! What a simulated NVM holds, and what of its writes has arrived when power fails, by the class of the memory.
//!
//! Invariants:
//!  1. while there is power, what was written is what is read, whatever the class;
//!  2. what a power failure leaves depends on what was in the memory and what was being written, on nothing else: so a
//!     failure replays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "platform/nvm.hpp"

namespace dynbal::sim {

/// Ways to break the contract of Nvm on purpose. A test harness that finds no fault with these
/// finds none at all; there is no other use.
enum class Defect : uint8_t {
    none,
    descending_writes,  ///< the bytes of a write reach the memory last to first
    undeclared_class,   ///< the memory is said to be byte FRAM, whatever it is: shows what a refused class would do
};

class Medium {
public:
    Medium(uint32_t bytes, const NvmClass& nvm_class, Defect defect)
        : bytes_(bytes), class_(nvm_class), defect_(defect) {}

    std::span<std::byte> bytes() { return bytes_; }
    std::span<const std::byte> bytes() const { return bytes_; }
    const NvmClass& nvm_class() const { return class_; }

    /// All of a write.
    void write(uint32_t offset, std::span<const std::byte> source);
    /// A write that ends with the power, `paid` bytes of it done. lose_power() follows.
    void tear(uint32_t offset, std::span<const std::byte> source, size_t paid);
    /// All that was written is there to stay.
    void barrier() { overtakable_.clear(); }
    /// Of the lines written since the last barrier some turn out not to have arrived, where the class allows it.
    void lose_power();

private:
    static constexpr uint32_t line_bytes_max = 16;
    /// A line as it was before it was written.
    struct LineBefore {
        uint32_t offset = 0;
        std::array<std::byte, line_bytes_max> content{};
    };

    void remember(uint32_t begin, uint32_t end);
    void spoil_line(uint32_t offset);
    std::span<std::byte> line_at(uint32_t offset);

    std::vector<std::byte> bytes_;
    NvmClass class_;
    Defect defect_;
    std::vector<LineBefore> overtakable_;  ///< since the last barrier, in the order of writing
};

}  // namespace dynbal::sim
