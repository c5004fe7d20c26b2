#include "msp432p401r/serial_fram.hpp"

#include <cstring>

#include "msp432p401r/clock.hpp"
#include "msp432p401r/stop.hpp"

namespace dynbal::board {
namespace {

// Data sheet of the CY15B104Q, "Command Structure" and "Status Register".
constexpr uint8_t opcode_write = 0x02;
constexpr uint8_t opcode_read = 0x03;
constexpr uint8_t opcode_read_status = 0x05;
constexpr uint8_t opcode_set_write_latch = 0x06;
constexpr uint8_t opcode_identify = 0x9F;
constexpr uint8_t opcode_sleep = 0xB9;

constexpr uint8_t status_write_latch = 0x02;
constexpr uint8_t status_protected_blocks = 0x0C;
constexpr uint8_t status_nobody = 0xFF;  // bit 0 of a chip's status is always 0

// Data sheet, "Device ID": JEDEC bank 7 (six 7F), Ramtron C2, then the product. The same two bytes of the product are in
// NuttX's drivers/mtd/ramtron.c.
constexpr uint8_t expected_identification[9] = {0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0xC2, 0x26, 0x08};

bool are_all(std::span<const uint8_t> bytes, uint8_t value) {
    for (const uint8_t byte : bytes) {
        if (byte != value) {
            return false;
        }
    }
    return true;
}

void check_range(uint32_t offset, size_t bytes) {
    if (offset > SerialFram::memory_bytes || bytes > SerialFram::memory_bytes - offset) {
        stop("FRAM: access outside the memory");
    }
}

}  // namespace

void SerialFram::open() {
    uint8_t identification[sizeof(expected_identification)];
    if (!is_identified(identification)) {
        // Chip select has just woken the chip up if it slept.
        wait_cycles(processor_hz / 1'000'000 * power_up_us);
        if (!is_identified(identification)) {
            const bool silent = are_all(identification, 0x00) || are_all(identification, 0xFF);
            stop(silent ? "no FRAM answers: check its supply and wiring; identification read:"
                        : "this is no CY15B104Q, or the bus is unreliable; identification read:",
                 identification, sizeof(identification));
        }
    }
}

void SerialFram::read(uint32_t offset, std::span<std::byte> target) {
    check_range(offset, target.size());
    begin_access(opcode_read, offset);
    bus_->receive(target);
    bus_->release();
}

void SerialFram::write(uint32_t offset, std::span<const std::byte> source) {
    check_range(offset, source.size());
    set_write_latch();
    begin_access(opcode_write, offset);
    bus_->send(source);
    bus_->release();
}

void SerialFram::sleep() { command(opcode_sleep); }

void SerialFram::command(uint8_t opcode) { query(opcode, {}); }

void SerialFram::query(uint8_t opcode, std::span<std::byte> answer) {
    const std::byte sent[1] = {static_cast<std::byte>(opcode)};
    bus_->select();
    bus_->send(sent);
    bus_->receive(answer);
    bus_->release();
}

/// Opcode and address, high byte first; chip select stays low.
void SerialFram::begin_access(uint8_t opcode, uint32_t offset) {
    const std::byte sent[4] = {static_cast<std::byte>(opcode), static_cast<std::byte>(offset >> 16U),
                               static_cast<std::byte>(offset >> 8U & 0xFFU), static_cast<std::byte>(offset & 0xFFU)};
    bus_->select();
    bus_->send(sent);
}

/// The latch drops at the end of each write, so it is set before each.
void SerialFram::set_write_latch() {
    command(opcode_set_write_latch);
    std::byte answer[1];
    query(opcode_read_status, answer);
    const auto status = static_cast<uint8_t>(answer[0]);
    if (status == status_nobody) {
        stop("FRAM: the bus is stuck; status read:", &status, 1);
    }
    if ((status & status_write_latch) == 0) {
        stop("FRAM: the write latch does not set; status read:", &status, 1);
    }
    if ((status & status_protected_blocks) != 0) {
        stop("FRAM: blocks are write-protected; status read:", &status, 1);
    }
}

bool SerialFram::is_identified(std::span<uint8_t> identification) {
    query(opcode_identify, std::as_writable_bytes(identification));
    return std::memcmp(identification.data(), expected_identification, sizeof(expected_identification)) == 0;
}

}  // namespace dynbal::board
