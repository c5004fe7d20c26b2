//! The MSP432P401R LaunchPad with a CY15B104Q: what happens between reset and the application, and where faults end.
#include "common/application.hpp"
#include "common/cortex_m.hpp"
#include "msp432p401r/clock.hpp"
#include "msp432p401r/pins.hpp"
#include "msp432p401r/registers.hpp"
#include "msp432p401r/serial_fram.hpp"
#include "msp432p401r/stop.hpp"
#include "msp432p401r/uart_console.hpp"

// Symbol of the linker script.
extern "C" {
extern std::byte stack_top[];
}

// Sixteen vectors of the core, then the chip's 41 interrupts (header, IRQn_Type), none of which is ever enabled.
asm(".section .vectors, \"a\"\n"
    ".word stack_top\n"
    ".word reset_entry\n"
    ".rept 14 + 41\n"
    ".word exception_entry\n"
    ".endr\n"
    ".text\n");

extern "C" {
[[noreturn, gnu::used]] void reset_entry() {
    using namespace dynbal::board;
    // The watchdog runs from reset on, and would run out within 11 ms.
    watchdog::control.write(watchdog::password | watchdog::hold);
    start();
}

[[noreturn, gnu::used]] void report_exception(const uint32_t* frame) {
    using namespace dynbal::board;
    UartConsole console;
    console.write("error: processor exception ");
    console.write_decimal(static_cast<int64_t>(core::interrupt_control.read() & 0x1FFU));
    console.write(", CFSR ");
    console.write_hex(core::configurable_faults.read(), 8);
    console.write(", HFSR ");
    console.write_hex(core::hard_faults.read(), 8);
    // An exception saves eight words: r0 to r3, r12, lr, pc, xpsr. Where the stack has overflown there is no such frame.
    const auto address = reinterpret_cast<std::byte*>(const_cast<uint32_t*>(frame));
    if (address >= arena_end && address + 8 * sizeof(uint32_t) <= stack_top) {
        console.write(", at ");
        console.write_hex(frame[6], 8);
    }
    console.write("\n");
    show_error();
    park();
}

[[gnu::naked, gnu::used]] void exception_entry() {
    asm volatile(
        "mrs r0, msp\n"
        "b report_exception\n");
}
}

namespace dynbal::board {

int run() {
    start_pins();
    // While a cycle costs least; what is said meanwhile takes 0.6 ms and so nothing more.
    start_wait(reset_hz / 1000 * SerialFram::power_up_us / 1000);
    UartConsole::start(false);
    UartConsole console;
    console.write("dynbal\n");
    finish_wait();
    if (const char* const fault = start_clock(); fault != nullptr) {
        stop(fault);
    }
    UartConsole::start(true);
    const Options options = read_options();
    SpiBus bus;
    bus.start(options.spi_divider);
    SerialFram fram(bus);
    fram.open();

    Board board;
    board.nvm = &fram;
    board.nvm_bytes = SerialFram::memory_bytes;
    board.console = &console;
    board.has_policy = options.has_policy;
    board.policy = options.policy;
    board.answered = toggle_progress;
    const int exit_code = run_application(board);
    if (exit_code != 0) {
        show_error();
    }
    fram.sleep();
    return exit_code;
}

void finish(int) { park(); }

void unexpected_exception() {
    exception_entry();
    __builtin_unreachable();
}

}  // namespace dynbal::board
