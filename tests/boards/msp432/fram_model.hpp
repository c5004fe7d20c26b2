//! Model of the CY15B104Q: opcodes, write latch, byte-wise tearing, sleep; and of its ways to fail.
#pragma once

#include <cstdint>
#include <vector>

#include "conditions.hpp"

namespace dynbal::test {

/// What is wrong with the chip or its wires.
enum class FramFault : uint8_t { none, missing, line_low, line_high, other_chip, dead_latch, protected_blocks };

class FramModel {
public:
    static constexpr uint32_t memory_bytes = 512 * 1024;
    /// Access earlier after power-up is refused (tPU; to be checked in data sheet 001-94240); until so long after waking up
    /// there is silence (assumption).
    static constexpr uint64_t power_up_ps = 1'000'000'000;
    static constexpr uint64_t wake_up_ps = 450'000'000;

    explicit FramModel(Conditions& conditions) : conditions_(&conditions), memory_(memory_bytes, 0xA5) {}

    /// The memory keeps what it holds, and so does the state of sleep over a reset without loss of power.
    void power_up();
    void reset_without_power_loss() { selected_ = false; }
    void select(bool selected);
    /// Eight periods of the clock while the chip is selected or not: what comes back on SOMI.
    uint8_t exchange(uint8_t sent);

    std::vector<uint8_t>& memory() { return memory_; }
    bool is_asleep() const { return asleep_; }
    /// From the byte of this power cycle with this number on.
    void set_fault(FramFault fault, uint64_t first_byte = 0) {
        fault_ = fault;
        fault_from_ = first_byte;
    }
    uint64_t bytes_written() const { return bytes_written_; }
    uint64_t bytes_read() const { return bytes_read_; }

private:
    bool has(FramFault fault) const { return fault_ == fault && bytes_seen_ > fault_from_; }
    uint8_t answer(uint8_t sent);
    uint8_t access(uint8_t sent);
    void begin_command(uint8_t opcode);
    uint8_t status() const;

    Conditions* conditions_;
    std::vector<uint8_t> memory_;
    FramFault fault_ = FramFault::none;
    uint64_t fault_from_ = 0;
    uint64_t bytes_seen_ = 0;
    uint64_t bytes_written_ = 0;
    uint64_t bytes_read_ = 0;

    bool selected_ = false;
    bool latch_ = false;
    bool asleep_ = false;
    uint64_t ready_ps_ = 0;
    uint8_t opcode_ = 0;
    uint32_t position_ = 0;  ///< bytes of this command so far
    uint32_t address_ = 0;
};

}  // namespace dynbal::test
