//! QEMU's mps2-an386 once more, inside this process: the board's program as it is, on Unicorn's Cortex-M4. Stops after
//! any NVM byte or any instruction, and counts instructions exactly.
//!
//! Invariants:
//!  1. between power cycles only NVM survives: SRAM and registers are filled with a pattern;
//!  2. a store that straddles the cut reaches NVM up to the cut, byte by byte.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "firmware/elf_program.hpp"

struct uc_struct;

namespace dynbal::test {

inline constexpr uint64_t never = UINT64_MAX;

/// A byte that the program stored into NVM.
struct NvmByte {
    uint32_t offset = 0;
    uint8_t value = 0;
};

struct PowerCycle {
    bool ended = false;  ///< the program has finished by itself; else the power failed
    uint32_t exit_code = 0;
    std::string text;           ///< what it said
    uint64_t instructions = 0;  ///< if asked for
    std::string fault;          ///< why the processor could not go on, if so
};

class Mps2 {
public:
    explicit Mps2(const firmware::ElfProgram& program);
    ~Mps2();
    Mps2(const Mps2&) = delete;
    Mps2& operator=(const Mps2&) = delete;

    /// From reset to the end, to the power failure after `nvm_bytes` stored bytes, or after `instructions`.
    PowerCycle run(uint64_t nvm_bytes = never, uint64_t instructions = never);

    /// Counts instructions from now on, which takes longer. With the address of a function, only those inside its calls.
    void count_instructions(uint32_t function = 0);
    /// Instructions of each call since the last run(), if calls are counted.
    const std::vector<uint64_t>& call_instructions() const { return calls_; }
    /// Appends every stored byte; nullptr: no more.
    void set_log(std::vector<NvmByte>* log) { log_ = log; }

    std::span<uint8_t> nvm() { return nvm_; }

private:
    struct Hooks;
    /// Bytes of NVM behind the cut that the stopped store must not change.
    struct Torn {
        uint32_t offset = 0;
        std::vector<uint8_t> old;
    };

    void power_up();

    std::vector<uint8_t> flash_, sram_, nvm_;
    uc_struct* engine_ = nullptr;
    PowerCycle cycle_;
    uint64_t stored_bytes_ = 0, cut_bytes_ = never, cut_instructions_ = never;
    bool counts_ = false;
    uint32_t function_ = 0, return_address_ = 0;
    std::vector<uint64_t> calls_;
    std::vector<NvmByte>* log_ = nullptr;
    Torn torn_;
    uint64_t cycles_ = 0;
    size_t code_hook_ = 0;
};

}  // namespace dynbal::test
