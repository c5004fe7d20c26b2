//! Runs a board's program in QEMU, in a process of its own that can be killed at any moment. The NVM is a file on the
//! host, so it outlives the kill as an FRAM outlives a power failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/nvm.hpp"

namespace dynbal::firmware {

/// Board whose program the emulator runs.
inline constexpr const char* emulated_board = "qemu-mps2-an386";
/// The device profile that says what it is; it has none of its own name.
inline constexpr const char* emulated_device = "cortex-m4";

struct EmulatorRun {
    bool killed = false;  ///< by us, at the time asked for; else the program ended by itself
    int exit_code = 0;
    std::string text;    ///< complete lines that the program said before its end
    double seconds = 0;  ///< from its first line to its end
};

class Emulator {
public:
    /// `elf`: the program's file; `nvm`: the file behind NVM, made empty if it is not there; a kill leaves of it what a power
    /// failure leaves of a memory of this class, one that check_memory() takes. Throws InputError if a file cannot be used.
    Emulator(std::string elf, std::string nvm, const NvmClass& nvm_class = {});

    /// From power-up to the program's end, or to SIGKILL `life_us` after it has said its first line. Throws InputError if QEMU itself fails.
    EmulatorRun run(std::optional<uint64_t> life_us = std::nullopt) const;

private:
    std::string elf_, nvm_;
};

}  // namespace dynbal::firmware
