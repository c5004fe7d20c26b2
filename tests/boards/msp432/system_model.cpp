#include "system_model.hpp"

namespace dynbal::test {
namespace {

constexpr uint32_t watchdog_control = 0x4000480C;
constexpr uint32_t power_base = 0x40010000;
constexpr uint32_t power_control0 = 0x00, power_control1 = 0x04, power_flags = 0x0C;
constexpr uint32_t clock_base = 0x40010400;
constexpr uint32_t clock_key = 0x00, clock_control0 = 0x04, clock_control1 = 0x08, clock_status = 0x34;
constexpr uint32_t bank0_read = 0x40011010, bank1_read = 0x40011014;

/// 2^15 periods of SMCLK at 3 MHz.
constexpr uint64_t watchdog_ps = 10'900'000'000;

/// Data sheet, "Recommended Operating Conditions": MCLK and SMCLK at core voltage 0 and 1.
constexpr uint64_t mclk_hz_max[2] = {24'000'000, 48'000'000};
constexpr uint64_t smclk_hz_max[2] = {12'000'000, 24'000'000};
/// Without wait state; the figures of TI's system_msp432p401r.c.
constexpr uint64_t no_wait_hz_max[2] = {12'000'000, 16'000'000};

constexpr uint64_t dco_hz(uint32_t control0) { return 1'500'000ULL << (control0 >> 16U & 7U); }

}  // namespace

void SystemModel::power_up() {
    const SystemFault fault = fault_;
    *this = SystemModel(*conditions_);
    fault_ = fault;
    clock_control0_ = 0x00010000;
    clock_control1_ = 0x00000033;
}

uint32_t SystemModel::read(uint32_t address) {
    switch (address) {
        case power_base + power_control0: return 0xA5960000U | core_voltage_ << 8U | core_voltage_;
        case power_base + power_control1: {
            const bool busy = voltage_changing_;
            voltage_changing_ = false;
            return 0xA5960000U | (busy ? 0x100U : 0U);
        }
        case power_base + power_flags: return fault_ == SystemFault::voltage_refused ? 4U : 0U;
        case clock_base + clock_control0: return clock_control0_;
        case clock_base + clock_control1: return clock_control1_;
        case clock_base + clock_status: {
            const bool ready = !clock_changing_ && fault_ != SystemFault::clock_never_ready;
            clock_changing_ = false;
            return ready ? 0x0E000000U : 0U;
        }
        case bank0_read: return bank_read_[0];
        case bank1_read: return bank_read_[1];
        default: conditions_->forbid("system: the driver has no reason to read this register"); return 0;
    }
}

void SystemModel::write(uint32_t address, uint32_t value) {
    if (address == watchdog_control) {
        if ((value & 0xFF00U) != 0x5A00U) conditions_->forbid("WDT_A: wrong password, which resets the chip");
        watchdog_held_ = (value & 0x80U) != 0;
    } else if (address == bank0_read || address == bank1_read) {
        if (fault_ != SystemFault::wait_states_refused) bank_read_[address == bank1_read ? 1 : 0] = value;
        apply_clocks();
    } else if (address < clock_base) {
        write_power(address - power_base, value);
    } else {
        write_clock(address - clock_base, value);
    }
}

void SystemModel::write_power(uint32_t offset, uint32_t value) {
    if (offset != power_control0) {
        conditions_->forbid("PCM: the driver has no reason to write this register");
        return;
    }
    if (value >> 16U != 0x695AU) conditions_->forbid("PCM: wrong key");
    if (voltage_changing_) conditions_->forbid("PCM: request while busy");
    if ((value & 0xFFFFU) > 1) conditions_->forbid("PCM: another mode than LDO with core voltage 0 or 1");
    if (fault_ != SystemFault::voltage_refused) core_voltage_ = value & 1U;
    voltage_changing_ = true;
    apply_clocks();
}

void SystemModel::write_clock(uint32_t offset, uint32_t value) {
    if (offset == clock_key) {
        clock_unlocked_ = (value & 0xFFFFU) == 0x695AU;
        return;
    }
    if (!clock_unlocked_) {
        conditions_->forbid("CS: written while locked");
        return;
    }
    switch (offset) {
        case clock_control0: clock_control0_ = value; break;
        case clock_control1: clock_control1_ = value; break;
        default: conditions_->forbid("CS: the driver has no reason to write this register");
    }
    clock_changing_ = true;
    apply_clocks();
}

void SystemModel::apply_clocks() {
    if ((clock_control1_ & 0x7U) != 3 || (clock_control1_ >> 4U & 7U) != 3) {
        conditions_->forbid("CS: MCLK and SMCLK are expected to come from the DCO");
    }
    const uint64_t dco = dco_hz(clock_control0_);
    const uint64_t mclk = dco >> (clock_control1_ >> 16U & 7U);
    const uint64_t smclk = dco >> (clock_control1_ >> 28U & 7U);
    conditions_->set_clocks(mclk, smclk);
    // While the voltage is still rising, only what the lower one allows.
    const uint32_t voltage = voltage_changing_ ? 0 : core_voltage_;
    if (mclk > mclk_hz_max[voltage]) conditions_->forbid("CS: MCLK is too fast for the core voltage");
    if (smclk > smclk_hz_max[voltage]) conditions_->forbid("CS: SMCLK is too fast for the core voltage");
    for (const uint32_t bank : bank_read_) {
        if ((bank >> 12U & 0xFU) == 0 && mclk > no_wait_hz_max[voltage]) {
            conditions_->forbid("FLCTL: MCLK is too fast for flash without wait state");
        }
    }
}

void SystemModel::update() {
    if (!watchdog_held_ && conditions_->now_ps() > watchdog_ps) conditions_->forbid("WDT_A: the watchdog has run out");
}

}  // namespace dynbal::test
