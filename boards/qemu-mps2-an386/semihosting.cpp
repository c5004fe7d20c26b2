#include "qemu-mps2-an386/semihosting.hpp"

namespace dynbal::board {
namespace {

constexpr uint32_t sys_write0 = 0x04;
constexpr uint32_t sys_exit_extended = 0x20;
constexpr uint32_t adp_stopped_application_exit = 0x20026;

uint32_t call(uint32_t operation, const void* argument) {
    register uint32_t r0 asm("r0") = operation;
    register const void* r1 asm("r1") = argument;
    asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

}  // namespace

void SemihostingConsole::write(const char* text) { call(sys_write0, text); }

void semihosting_exit(uint32_t exit_code) {
    const uint32_t block[2] = {adp_stopped_application_exit, exit_code};
    call(sys_exit_extended, block);
    while (true) {
    }
}

}  // namespace dynbal::board
