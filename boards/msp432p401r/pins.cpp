#include "msp432p401r/pins.hpp"

#include "msp432p401r/registers.hpp"

namespace dynbal::board {
namespace {

constexpr uint32_t red_led = 1U << 0U;               // P1.0
constexpr uint32_t uart_pins = 1U << 2U | 1U << 3U;  // P1.2 RX, P1.3 TX
constexpr uint32_t spi_pins = 7U << 5U;              // P1.5 CLK, P1.6 SIMO, P1.7 SOMI
constexpr uint32_t progress_pin = 1U << 1U;          // P2.1, the green part of the second LED
constexpr uint32_t option_pins = 0xFU;               // P4.0, P4.1 policy; P4.2, P4.3 speed of SPI
constexpr uint32_t chip_select = 1U << 2U;           // P5.2

}  // namespace

void start_pins() {
    port5.out().set(chip_select);
    port5.direction().set(chip_select);
    port1.select0().write(uart_pins | spi_pins);  // primary function: SEL1 0, SEL0 1
    port1.out().clear(red_led);
    port1.direction().set(red_led);
    port2.out().clear(progress_pin);
    port2.direction().set(progress_pin);
    port4.out().set(option_pins);  // with REN and direction in: pulled up
    port4.resistor().set(option_pins);
}

Options read_options() {
    // Open pins read 1, so without jumpers both fields are 3.
    constexpr PolicyKind policies[3] = {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best};
    constexpr uint16_t dividers[4] = {24, 2, 4, 3};  // 1, 12, 6 and 8 MHz
    const uint32_t pins = port4.in().read() & option_pins;
    Options options;
    options.has_policy = (pins & 3U) != 3;
    if (options.has_policy) {
        options.policy = policies[pins & 3U];
    }
    options.spi_divider = dividers[pins >> 2U];
    return options;
}

void select_fram(bool selected) {
    if (selected) {
        port5.out().clear(chip_select);
    } else {
        port5.out().set(chip_select);
    }
}

void toggle_progress() {
    const Register<uint8_t> out = port2.out();
    out.write(out.read() ^ progress_pin);
}

void show_error() { port1.out().set(red_led); }

}  // namespace dynbal::board
