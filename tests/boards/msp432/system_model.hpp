//! Model of what sets the clock: power control, flash controller, clock system, watchdog. It refuses every moment at
//! which a clock is faster than voltage, wait states or the watchdog allow.
#pragma once

#include <cstdint>

#include "conditions.hpp"

namespace dynbal::test {

/// What may go wrong on the way to 48 MHz.
enum class SystemFault : uint8_t { none, voltage_refused, wait_states_refused, clock_never_ready };

class SystemModel {
public:
    explicit SystemModel(Conditions& conditions) : conditions_(&conditions) {}

    void power_up();
    /// `address` as the processor sees it: 0x40004800 WDT_A, 0x40010000 PCM, 0x40010400 CS, 0x40011000 FLCTL.
    uint32_t read(uint32_t address);
    void write(uint32_t address, uint32_t value);
    /// Called whenever time has passed.
    void update();
    void set_fault(SystemFault fault) { fault_ = fault; }

private:
    void write_power(uint32_t offset, uint32_t value);
    void write_clock(uint32_t offset, uint32_t value);
    void apply_clocks();

    Conditions* conditions_;
    SystemFault fault_ = SystemFault::none;
    bool watchdog_held_ = false;
    uint32_t core_voltage_ = 0;
    bool voltage_changing_ = false;
    uint32_t bank_read_[2] = {0, 0};
    bool clock_unlocked_ = false;
    uint32_t clock_control0_ = 0;
    uint32_t clock_control1_ = 0;
    bool clock_changing_ = false;
};

}  // namespace dynbal::test
