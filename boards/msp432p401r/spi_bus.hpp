//! SPI master on eUSCI_B0 (mode 0, 8 bits, high bit first) with one chip at P5.2. Long transfers go by uDMA.
//!
//! Invariants:
//!  1. every byte sent is received before the next call begins, so nothing is on the wire when chip select changes;
//!  2. every wait is bounded: a bus that does not move ends in stop() with a message;
//!  3. uDMA touches SRAM only, at most 1,024 items at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dynbal::board {

class SpiBus {
public:
    /// From this length on, setting uDMA up costs less than moving the bytes by hand.
    static constexpr size_t dma_bytes_min = 16;

    /// Needs SMCLK and pins. SPI runs at SMCLK / divider.
    void start(uint16_t divider);

    void select();
    void release();

    void send(std::span<const std::byte> bytes);
    void receive(std::span<std::byte> bytes);

private:
    uint8_t exchange(uint8_t sent);
    void exchange_by_dma(const std::byte* source, std::byte* target, size_t bytes);
    void move_by_dma(const std::byte* source, std::byte* target, uint32_t items);
    void wait_until_quiet();

    uint32_t polls_max_ = 0;  ///< for one byte
};

}  // namespace dynbal::board
