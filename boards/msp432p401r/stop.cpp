#include "msp432p401r/stop.hpp"

#include "msp432p401r/pins.hpp"
#include "msp432p401r/uart_console.hpp"

namespace dynbal::board {

void stop(const char* text, const uint8_t* bytes, uint32_t byte_count) {
    select_fram(false);
    show_error();
    UartConsole console;
    console.write("error: ");
    console.write(text);
    for (uint32_t i = 0; i < byte_count; ++i) {
        console.write(" ");
        console.write_hex(bytes[i], 2);
    }
    console.write("\n");
    park();
}

void park() {
    UartConsole::flush();
    while (true) {
        asm volatile("cpsid i\nwfi" ::: "memory");
    }
}

}  // namespace dynbal::board
