#include "msp432p401r/uart_console.hpp"

#include "msp432p401r/clock.hpp"
#include "msp432p401r/registers.hpp"

namespace dynbal::board {
namespace {

/// A character takes 10 bits of 208 cycles of SMCLK, 4,170 processor cycles; a poll takes more than 4.
constexpr uint32_t polls_max = 4000;

struct BaudRate {
    uint32_t divider;
    uint32_t modulation;
};
// 24 MHz / 115,200 = 208.33 = 16 * 13.02: UCBR 13, UCBRF 0, UCBRS 0x25 for the fraction .33 (manual, table "UCBRSx
// Settings for Fractional Portion"; TI's example uart_loopback_24mhz_brclk has the same three numbers).
static_assert(smclk_hz == 24'000'000);
constexpr BaudRate from_24_mhz{13, 0x25U << 8U | uart::oversampling};
// 3 MHz / 115,200 = 26.04 = 16 + 10.04: UCBR 1, UCBRF 10, UCBRS 0.
static_assert(reset_hz == 3'000'000);
constexpr BaudRate from_3_mhz{1, 10U << 4U | uart::oversampling};

bool wait_for_room() {
    for (uint32_t poll = 0; poll < polls_max; ++poll) {
        if ((uart::flags.read() & uart::transmit_empty) != 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

void UartConsole::start(bool is_fast) {
    const BaudRate& rate = is_fast ? from_24_mhz : from_3_mhz;
    uart::control.write(uart::reset | uart::clock_smclk);
    uart::divider.write(rate.divider);
    uart::modulation.write(rate.modulation);
    uart::control.write(uart::clock_smclk);
}

void UartConsole::write(const char* text) {
    for (; *text != '\0' && wait_for_room(); ++text) {
        uart::transmit.write(static_cast<uint8_t>(*text));
    }
}

void UartConsole::note(const char*) {}

void UartConsole::flush() {
    for (uint32_t poll = 0; poll < 2 * polls_max && (uart::status.read() & uart::busy) != 0; ++poll) {
    }
}

}  // namespace dynbal::board
