// A board of one's own: QEMU's mps2-an500, with another processor than ours (Cortex-M7), and a UART for the answers.
#include "common/application.hpp"
#include "common/cortex_m.hpp"

namespace dynbal::board {
namespace {

/// The memory that survives: here bytes in the address space; elsewhere a driver of an FRAM.
struct Psram final : Nvm {
    volatile std::byte* const bytes = reinterpret_cast<volatile std::byte*>(0x60000000);
    void read(uint32_t offset, std::span<std::byte> target) override {
        for (size_t i = 0; i < target.size(); ++i) target[i] = bytes[offset + i];
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        for (size_t i = 0; i < source.size(); ++i) bytes[offset + i] = source[i];  // in ascending order: the contract
    }
};

struct Uart final : Console {
    volatile uint32_t* const registers = reinterpret_cast<volatile uint32_t*>(0x40004000);  // CMSDK UART 0
    void write(const char* text) override {
        registers[4] = 16;  // divisor
        registers[2] = 1;   // transmit
        for (; *text != 0; ++text) registers[0] = static_cast<uint32_t>(*text);
    }
};

}  // namespace

int run() {
    Psram nvm;
    Uart console;
    return run_application({.name = "own-board", .nvm = &nvm, .nvm_bytes = 16U << 20U, .console = &console});
}

void finish(int) {
    while (true) asm volatile("wfi");
}

void unexpected_exception() {
    Uart().write("error: the processor met a fault\n");
    finish(1);
}

}  // namespace dynbal::board
