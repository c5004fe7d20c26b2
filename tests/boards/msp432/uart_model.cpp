#include "uart_model.hpp"

namespace dynbal::test {
namespace {

constexpr uint32_t control = 0x00, divider = 0x06, modulation = 0x08, status = 0x0A, transmit = 0x0E, flags = 0x1C;

constexpr double baud = 115200;
constexpr double tolerance = 0.02;

}  // namespace

void UartModel::power_up() {
    control_ = 1;
    divider_ = modulation_ = 0;
    free_ps_ = 0;
    text_.clear();
}

uint32_t UartModel::read(uint32_t offset) {
    const bool busy = next_event_ps() != 0;
    switch (offset) {
        case control: return control_;
        case status: return busy ? 1U : 0U;
        case flags: return busy ? 0U : 2U;
        default: conditions_->forbid("eUSCI_A0: the driver has no reason to read this register"); return 0;
    }
}

void UartModel::write(uint32_t offset, uint32_t value) {
    switch (offset) {
        case control: control_ = value; return;
        case divider: divider_ = value; return;
        case modulation: modulation_ = value; return;
        case transmit: send(static_cast<uint8_t>(value)); return;
        default: conditions_->forbid("eUSCI_A0: the driver has no reason to write this register");
    }
}

void UartModel::send(uint8_t value) {
    // 8 bits, no parity, one stop bit, low bit first, UART mode, SMCLK.
    if (control_ != 0x0080U) conditions_->forbid("eUSCI_A0: a character is sent in another mode than 8N1 from SMCLK");
    if (next_event_ps() != 0) conditions_->forbid("eUSCI_A0: a character is sent before there is room");
    if (!ports_->uart_pins()) conditions_->forbid("eUSCI_A0: a character is sent while P1.2 and P1.3 are no UART pins");
    // With oversampling a bit takes 16 UCBR + UCBRF periods, and one more in about UCBRS' share of ones of the bits.
    const int ones = __builtin_popcount(modulation_ >> 8U);
    const double periods = 16.0 * divider_ + (modulation_ >> 4U & 0xFU) + ones / 8.0;
    const double rate = periods == 0 ? 0 : static_cast<double>(conditions_->smclk_hz()) / periods;
    if ((modulation_ & 1U) == 0 || rate < baud * (1 - tolerance) || rate > baud * (1 + tolerance)) {
        conditions_->forbid("eUSCI_A0: " + std::to_string(rate) + " baud");
    }
    text_ += static_cast<char>(value);
    free_ps_ = conditions_->now_ps() + static_cast<uint64_t>(1e13 / baud);
}

}  // namespace dynbal::test
