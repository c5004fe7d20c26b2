#include "spi_model.hpp"

namespace dynbal::test {
namespace {

// Offsets from 0x40002000 (EUSCI_B_SPI_Type of TI's msp432p401r.h).
constexpr uint32_t control = 0x00, divider = 0x06, status = 0x08, receive = 0x0C, transmit = 0x0E, flags = 0x2C;

// UCSYNC | UCMST | UCMSB | UCCKPH: mode 0, 8 bits, three pins.
constexpr uint32_t mode_mask = 0xFF02;
constexpr uint32_t mode = 0xA900;
constexpr uint32_t clock_smclk = 0x0080;

constexpr uint64_t fram_hz_max = 40'000'000;

}  // namespace

void SpiModel::power_up() {
    control_ = 1;
    divider_ = 0;
    pins_are_spi_ = receive_full_ = overrun_ = shifting_ = false;
    transmit_empty_ = true;
    bytes_ = 0;
}

uint32_t SpiModel::read(uint32_t offset) {
    switch (offset) {
        case control: return control_;
        case divider: return divider_;
        case status: return (shifting_ || !transmit_empty_ ? 1U : 0U) | (overrun_ ? 0x20U : 0U);
        case receive: return take();
        case flags: return (receive_full_ ? 1U : 0U) | (transmit_empty_ ? 2U : 0U);
        default: conditions_->forbid("eUSCI_B0: the driver has no reason to read this register"); return 0;
    }
}

void SpiModel::write(uint32_t offset, uint32_t value) {
    switch (offset) {
        case control:
            control_ = value;
            if (!enabled()) {
                receive_full_ = overrun_ = shifting_ = false;
                transmit_empty_ = true;
            }
            return;
        case divider:
            if (enabled()) conditions_->forbid("eUSCI_B0: divider changed while enabled");
            divider_ = value;
            return;
        case transmit: put(static_cast<uint8_t>(value)); return;
        default: conditions_->forbid("eUSCI_B0: the driver has no reason to write this register");
    }
}

void SpiModel::check_mode() {
    if ((control_ & mode_mask) != mode || (control_ & clock_smclk) == 0) {
        conditions_->forbid("eUSCI_B0: a byte is sent in another mode than 0, 8 bits, master, SMCLK");
    }
    if (divider_ == 0 || clock_hz() > fram_hz_max) conditions_->forbid("eUSCI_B0: SPI is faster than the FRAM");
    if (!pins_are_spi_) conditions_->forbid("eUSCI_B0: a byte is sent while P1.5 to P1.7 are no SPI pins");
}

void SpiModel::put(uint8_t value) {
    if (!enabled()) {
        conditions_->forbid("eUSCI_B0: byte sent during reset");
        return;
    }
    if (!transmit_empty_) {
        conditions_->forbid("eUSCI_B0: the transmit buffer is overwritten");
        return;
    }
    waiting_ = value;
    transmit_empty_ = false;
    if (!shifting_) begin_shift();
}

void SpiModel::begin_shift() {
    check_mode();
    if (!conditions_->running() || frozen_) return;
    if (++bytes_ == cut_before_) {
        conditions_->cut_power();
        return;
    }
    on_wire_ = waiting_;
    transmit_empty_ = true;
    shifting_ = true;
    sampled_ = false;
    const uint64_t half_period_ps = 500'000'000'000U / clock_hz();
    sampled_ps_ = conditions_->now_ps() + 15 * half_period_ps;
    end_ps_ = sampled_ps_ + half_period_ps;
}

void SpiModel::update() {
    if (!shifting_ || !conditions_->running()) return;
    if (!sampled_ && conditions_->now_ps() >= sampled_ps_) {
        if (receive_full_) overrun_ = true;
        received_ = fram_->exchange(on_wire_);
        receive_full_ = sampled_ = true;
    }
    if (conditions_->now_ps() < end_ps_) return;
    shifting_ = false;
    if (!transmit_empty_) begin_shift();
}

uint8_t SpiModel::take() {
    if (!receive_full_) conditions_->forbid("eUSCI_B0: the receive buffer is read before a byte has come");
    receive_full_ = false;
    return received_;
}

void SpiModel::chip_select(bool selected) {
    if (!frozen_ && (shifting_ || !transmit_empty_)) conditions_->forbid("chip select moves in the middle of a byte");
    if (receive_full_) conditions_->forbid("chip select moves while a received byte waits");
    fram_->select(selected);
}

}  // namespace dynbal::test
