//! Arm semihosting: the debugger, here QEMU, does the input and output (Arm "Semihosting for AArch32 and AArch64", 2.0).
#pragma once

#include <cstdint>

#include "common/console.hpp"

namespace dynbal::board {

class SemihostingConsole final : public Console {
public:
    void write(const char* text) override;
};

/// Ends the emulator with this exit code.
[[noreturn]] void semihosting_exit(uint32_t exit_code);

}  // namespace dynbal::board
