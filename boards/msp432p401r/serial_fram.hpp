//! The NVM: a CY15B104Q, 512 KB of serial ferroelectric RAM, on the SPI bus.
//!
//! Invariants:
//!  1. bytes reach the memory one at a time, in ascending order, as the chip gets them: a failure leaves a prefix;
//!  2. nothing is written unless the chip has just said that its write latch is set and no block is protected: a bus that
//!     has come loose ends in stop() with a message, not in a damaged memory;
//!  3. an access outside the memory, which the chip would wrap around, ends in stop().
#pragma once

#include "msp432p401r/spi_bus.hpp"
#include "platform/nvm.hpp"

namespace dynbal::board {

class SerialFram final : public Nvm {
public:
    static constexpr uint32_t memory_bytes = 512 * 1024;
    /// From power-up to the first access: 1 ms (tPU; to be checked in the data sheet, 001-94240), and 5 % for a
    /// processor's clock that is fast. Waking up from sleep takes less.
    static constexpr uint32_t power_up_us = 1050;

    explicit SerialFram(SpiBus& bus) : bus_(&bus) {}

    /// Finds the chip by its identification; wakes it up if it sleeps. Needs power_up_us to have passed.
    void open();
    void read(uint32_t offset, std::span<std::byte> target) override;
    void write(uint32_t offset, std::span<const std::byte> source) override;
    /// Lowest power; the next open() wakes it up.
    void sleep();

private:
    void command(uint8_t opcode);
    void query(uint8_t opcode, std::span<std::byte> answer);
    void begin_access(uint8_t opcode, uint32_t offset);
    void set_write_latch();
    bool is_identified(std::span<uint8_t> identification);

    SpiBus* bus_;
};

}  // namespace dynbal::board
