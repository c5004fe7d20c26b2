#include "msp432p401r/spi_bus.hpp"

#include "base/math.hpp"
#include "msp432p401r/pins.hpp"
#include "msp432p401r/registers.hpp"
#include "msp432p401r/stop.hpp"

namespace dynbal::board {
namespace {

constexpr uintptr_t sram_begin = 0x20000000;
constexpr uintptr_t sram_end = sram_begin + 64 * 1024;

/// The channels' entries; uDMA has 8 channels. The linker script puts the table where SRAM begins.
[[gnu::section(".dma_table")]] alignas(dma::table_alignment) dma::Descriptor dma_table[8];

/// What is sent while receiving, and where what is received while sending goes.
uint8_t dummy;

bool is_in_sram(const std::byte* begin, size_t bytes) {
    const auto address = reinterpret_cast<uintptr_t>(begin);
    return address >= sram_begin && address < sram_end && bytes <= sram_end - address;
}

uint32_t address_of(const volatile void* object) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(object)); }

dma::Descriptor describe(uint32_t source_end, uint32_t target_end, uint32_t increments, uint32_t items) {
    return {source_end, target_end, increments | (items - 1) << dma::count_position | dma::mode_basic, 0};
}

}  // namespace

void SpiBus::start(uint16_t divider) {
    using namespace spi;
    constexpr uint32_t mode = clock_smclk | synchronous | master | msb_first | capture_first;
    control.write(mode | reset);
    spi::divider.write(divider);
    control.write(mode);
    // A byte takes 8 periods of 2 * divider processor cycles, a poll more than 4 cycles; four times as many are allowed.
    polls_max_ = 16U * divider + 16;

    dma::configuration.write(dma::master_enable);
    dma::table_base.write(address_of(dma_table));
    dma::source_of_channel0.write(dma::source_spi_b0);
    dma::source_of_channel1.write(dma::source_spi_b0);
    constexpr uint32_t both = dma::transmit_channel | dma::receive_channel;
    dma::alternate_clear.write(both);
    dma::request_mask_clear.write(both);
}

void SpiBus::select() { select_fram(true); }

void SpiBus::release() {
    wait_until_quiet();
    select_fram(false);
}

void SpiBus::send(std::span<const std::byte> bytes) {
    if (bytes.size() >= dma_bytes_min && is_in_sram(bytes.data(), bytes.size())) {
        exchange_by_dma(bytes.data(), nullptr, bytes.size());
        return;
    }
    for (const std::byte byte : bytes) {
        exchange(static_cast<uint8_t>(byte));
    }
}

void SpiBus::receive(std::span<std::byte> bytes) {
    if (bytes.size() >= dma_bytes_min && is_in_sram(bytes.data(), bytes.size())) {
        exchange_by_dma(nullptr, bytes.data(), bytes.size());
        return;
    }
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(exchange(0));
    }
}

/// One byte each way.
uint8_t SpiBus::exchange(uint8_t sent) {
    spi::transmit.write(sent);
    for (uint32_t poll = 0; poll < polls_max_; ++poll) {
        if ((spi::flags.read() & spi::receive_full) != 0) {
            return static_cast<uint8_t>(spi::receive.read());
        }
    }
    stop("SPI: a byte does not end");
}

/// A null source sends zeros, a null target drops what comes in.
void SpiBus::exchange_by_dma(const std::byte* source, std::byte* target, size_t bytes) {
    for (size_t done = 0; done < bytes;) {
        const auto items = min_u32(static_cast<uint32_t>(bytes - done), dma::items_max);
        move_by_dma(source == nullptr ? nullptr : source + done, target == nullptr ? nullptr : target + done, items);
        done += items;
    }
}

void SpiBus::move_by_dma(const std::byte* source, std::byte* target, uint32_t items) {
    dummy = 0;
    const uint32_t last = items - 1;
    dma_table[0] = describe(source == nullptr ? address_of(&dummy) : address_of(source + last), spi::transmit.address,
                            dma::keep_target | (source == nullptr ? dma::keep_source : 0), items);
    dma_table[1] = describe(spi::receive.address, target == nullptr ? address_of(&dummy) : address_of(target + last),
                            dma::keep_source | (target == nullptr ? dma::keep_target : 0), items);
    asm volatile("dsb" ::: "memory");
    // RX first: TX starts at once, because the transmit buffer is empty.
    dma::enable_set.write(dma::receive_channel);
    dma::enable_set.write(dma::transmit_channel);
    // A channel that has moved its last item is disabled by uDMA.
    const uint32_t polls_max = items * polls_max_;
    for (uint32_t poll = 0; (dma::enable_set.read() & dma::receive_channel) != 0; ++poll) {
        if (poll == polls_max) {
            dma::enable_clear.write(dma::transmit_channel | dma::receive_channel);
            stop((dma::bus_error.read() & 1U) != 0 ? "uDMA: bus error" : "SPI: a transfer by uDMA does not end");
        }
    }
    asm volatile("" ::: "memory");
}

/// Nothing on the wire, nothing lost. The last bit is received half a period before the clock is at rest again.
void SpiBus::wait_until_quiet() {
    uint32_t status = spi::status.read();
    for (uint32_t poll = 0; poll < polls_max_ && (status & spi::busy) != 0; ++poll) {
        status = spi::status.read();
    }
    if ((status & spi::busy) != 0) {
        stop("SPI: still busy at the end of a transfer");
    }
    if ((status & spi::overrun) != 0) {
        stop("SPI: a received byte was lost");
    }
}

}  // namespace dynbal::board
