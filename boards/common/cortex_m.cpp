#include "common/cortex_m.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

// Symbols of the board's linker script.
extern "C" {
extern std::byte data_begin[], data_end[], data_load[], bss_begin[], bss_end[];
extern void (*init_array_begin[])();
extern void (*init_array_end[])();
}

namespace dynbal::board {

[[noreturn]] void start() {
    // Coprocessor Access Control Register (Armv7-M Architecture Reference Manual, B3.2.20): full access to CP10 and 11.
    auto* const cpacr = reinterpret_cast<volatile uint32_t*>(0xE000ED88);
    *cpacr = *cpacr | 0xFU << 20U;
    asm volatile("dsb\nisb" ::: "memory");
    std::memcpy(data_begin, data_load, static_cast<size_t>(data_end - data_begin));
    std::memset(bss_begin, 0, static_cast<size_t>(bss_end - bss_begin));
    for (void (**initialise)() = init_array_begin; initialise != init_array_end; ++initialise) {
        (*initialise)();
    }
    finish(run());
}

}  // namespace dynbal::board
