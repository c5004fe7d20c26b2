#include "msp432p401r/clock.hpp"

#include "msp432p401r/registers.hpp"

namespace dynbal::board {
namespace {

/// More than any of these changes takes: the slowest, that of the core voltage, is a matter of microseconds.
constexpr uint32_t polls_max = 100'000;

/// Waits until `bits` of a register are all set or all clear; false if they never are.
bool wait_for(const Register<uint32_t>& reg, uint32_t bits, bool set) {
    for (uint32_t poll = 0; poll < polls_max; ++poll) {
        if ((reg.read() & bits) == (set ? bits : 0)) {
            return true;
        }
    }
    return false;
}

bool raise_core_voltage() {
    using namespace power_control;
    if (!wait_for(control1, busy, false)) {
        return false;
    }
    control0.write(key | request_ldo_vcore1);
    return wait_for(control1, busy, false) && (flags.read() & invalid_transition) == 0 &&
           (control0.read() & current_mode_mask) == current_ldo_vcore1;
}

bool add_wait_state(const Register<uint32_t>& bank) {
    using namespace flash_control;
    bank.write((bank.read() & ~wait_mask) | one_wait_state | buffer_instructions | buffer_data);
    return (bank.read() & wait_mask) == one_wait_state;
}

bool raise_frequency() {
    using namespace clock_system;
    key.write(unlock);
    control1.write(mclk_from_dco | smclk_from_dco | aclk_from_refo | smclk_divided_by_2);
    bool ready = wait_for(status, smclk_ready, true);
    if (ready) {
        control0.write(dco_48_mhz);
        ready = wait_for(status, mclk_ready | smclk_ready, true);
    }
    if (!ready) {
        control0.write(dco_3_mhz);
        control1.write(mclk_from_dco | smclk_from_dco | aclk_from_refo);
    }
    key.write(0);
    return ready;
}

}  // namespace

const char* start_clock() {
    if (!raise_core_voltage()) {
        return "the core voltage cannot be raised: check the supply";
    }
    if (!add_wait_state(flash_control::bank0_read) || !add_wait_state(flash_control::bank1_read)) {
        return "the flash controller takes no wait state";
    }
    return raise_frequency() ? nullptr : "the clock does not become ready";
}

void start_wait(uint32_t cycles) {
    using namespace core;
    systick_control.write(0);
    systick_reload.write(cycles - 1);
    systick_value.write(0);
    systick_control.write(systick_enable | systick_processor_clock);
}

void finish_wait() {
    using namespace core;
    while ((systick_control.read() & systick_has_counted) == 0) {
    }
    systick_control.write(0);
}

void wait_cycles(uint32_t cycles) {
    start_wait(cycles);
    finish_wait();
}

}  // namespace dynbal::board
