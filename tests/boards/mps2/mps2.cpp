#include "mps2.hpp"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace dynbal::test {
namespace {

constexpr uint32_t flash_bytes = 4U << 20U;
constexpr uint32_t sram_base = 0x20000000;
constexpr uint32_t sram_bytes = 256U << 10U;
constexpr uint32_t nvm_base = 0x21000000;
constexpr uint32_t nvm_bytes = 16U << 20U;
constexpr uint32_t system_control_base = 0xE000E000;

void check(uc_err error, const char* what) {
    if (error != UC_ERR_OK) throw std::runtime_error(std::string(what) + ": " + uc_strerror(error));
}

uint32_t register_of(uc_engine* engine, int number) {
    uint32_t value = 0;
    uc_reg_read(engine, number, &value);
    return value;
}

}  // namespace

/// Unicorn calls these; `user` is the machine.
struct Mps2::Hooks {
    /// Semihosting: BKPT 0xAB with the operation in r0 and its argument in r1.
    static void interrupt(uc_engine* engine, uint32_t number, void* user) {
        Mps2& machine = *static_cast<Mps2*>(user);
        const uint32_t operation = register_of(engine, UC_ARM_REG_R0);
        uint32_t argument = register_of(engine, UC_ARM_REG_R1);
        uint32_t pc = register_of(engine, UC_ARM_REG_PC);
        uint16_t instruction = 0;
        uc_mem_read(engine, pc & ~1U, &instruction, sizeof(instruction));
        constexpr uint16_t breakpoint = 0xBEAB;
        if (instruction != breakpoint) {
            machine.cycle_.fault = "exception " + std::to_string(number);
            uc_emu_stop(engine);
            return;
        }
        if (operation == 0x20) {
            uint32_t block[2] = {};
            uc_mem_read(engine, argument, block, sizeof(block));
            machine.cycle_.exit_code = block[1];
            machine.cycle_.ended = true;
            uc_emu_stop(engine);
            return;
        }
        for (char letter = 0; uc_mem_read(engine, argument++, &letter, 1) == UC_ERR_OK && letter != 0;) {
            machine.cycle_.text += letter;
        }
        pc = (pc + 2) | 1U;
        uc_reg_write(engine, UC_ARM_REG_PC, &pc);
    }

    /// Called before each store to NVM.
    static void store(uc_engine* engine, uc_mem_type, uint64_t address, int size, int64_t value, void* user) {
        Mps2& machine = *static_cast<Mps2*>(user);
        const auto count = static_cast<uint64_t>(size);
        const auto offset = static_cast<uint32_t>(address - nvm_base);
        const uint64_t left = machine.cut_bytes_ - std::min(machine.cut_bytes_, machine.stored_bytes_);
        const uint64_t kept = std::min(count, left);
        if (machine.log_ != nullptr) {
            for (uint32_t i = 0; i < kept; ++i) {
                machine.log_->push_back({offset + i, static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i))});
            }
        }
        machine.stored_bytes_ += kept;
        if (kept == count) return;
        std::memcpy(machine.nvm_.data() + offset, &value, kept);
        // The rest of this store must not happen: what was there is put back after the emulator has stopped.
        machine.torn_ = {offset + static_cast<uint32_t>(kept), {}};
        machine.torn_.old.assign(machine.nvm_.begin() + offset + static_cast<uint32_t>(kept),
                                 machine.nvm_.begin() + offset + size);
        uc_emu_stop(engine);
    }

    static void instruction(uc_engine* engine, uint64_t address, uint32_t, void* user) {
        Mps2& machine = *static_cast<Mps2*>(user);
        if (machine.cycle_.instructions >= machine.cut_instructions_) {
            uc_emu_stop(engine);
            return;
        }
        ++machine.cycle_.instructions;
        if (machine.function_ == 0) return;
        if (machine.return_address_ != 0 && address == machine.return_address_) machine.return_address_ = 0;
        if (machine.return_address_ == 0 && address == machine.function_) {
            machine.return_address_ = register_of(engine, UC_ARM_REG_LR) & ~1U;
            machine.calls_.push_back(0);
        }
        if (machine.return_address_ != 0) ++machine.calls_.back();
    }
};

Mps2::Mps2(const firmware::ElfProgram& program) : flash_(flash_bytes), sram_(sram_bytes), nvm_(nvm_bytes) {
    const std::vector<uint8_t> image = firmware::flat_image(program.segments());
    std::copy(image.begin(), image.end(), flash_.begin());
    check(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), &engine_), "open");
    check(uc_ctl_set_cpu_model(engine_, UC_CPU_ARM_CORTEX_M4), "cpu model");
    check(uc_mem_map_ptr(engine_, 0, flash_bytes, UC_PROT_READ | UC_PROT_EXEC, flash_.data()), "flash");
    check(uc_mem_map_ptr(engine_, sram_base, sram_bytes, UC_PROT_READ | UC_PROT_WRITE, sram_.data()), "sram");
    check(uc_mem_map_ptr(engine_, nvm_base, nvm_bytes, UC_PROT_READ | UC_PROT_WRITE, nvm_.data()), "nvm");
    check(uc_mem_map(engine_, system_control_base, 4096, UC_PROT_READ | UC_PROT_WRITE), "system control");
    uc_hook hook = 0;
    check(uc_hook_add(engine_, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(&Hooks::interrupt), this, 1, 0), "hook");
    check(uc_hook_add(engine_, &hook, UC_HOOK_MEM_WRITE, reinterpret_cast<void*>(&Hooks::store), this, nvm_base,
                      nvm_base + nvm_bytes - 1),
          "hook");
}

Mps2::~Mps2() { uc_close(engine_); }

void Mps2::count_instructions(uint32_t function) {
    function_ = function & ~1U;
    if (counts_) return;
    counts_ = true;
    uc_hook hook = 0;
    check(uc_hook_add(engine_, &hook, UC_HOOK_CODE, reinterpret_cast<void*>(&Hooks::instruction), this, 1, 0), "hook");
    code_hook_ = hook;
}

void Mps2::power_up() {
    // Another pattern each time, so that nothing survives by accident.
    const auto pattern = static_cast<uint8_t>(0x5A + 37 * cycles_++);
    std::fill(sram_.begin(), sram_.end(), pattern);
    const uint32_t noise = 0x01010101U * pattern;
    for (int number = UC_ARM_REG_R0; number <= UC_ARM_REG_R12; ++number) uc_reg_write(engine_, number, &noise);
    uint32_t stack = 0;
    std::memcpy(&stack, flash_.data(), sizeof(stack));
    uc_reg_write(engine_, UC_ARM_REG_SP, &stack);
}

PowerCycle Mps2::run(uint64_t nvm_bytes_before_cut, uint64_t instructions) {
    cycle_ = {};
    calls_.clear();
    torn_ = {};
    stored_bytes_ = 0;
    return_address_ = 0;
    cut_bytes_ = nvm_bytes_before_cut;
    cut_instructions_ = instructions;
    if (instructions != never) count_instructions(function_);
    power_up();
    uint32_t entry = 0;
    std::memcpy(&entry, flash_.data() + 4, sizeof(entry));
    const uc_err error = uc_emu_start(engine_, entry | 1U, 0xFFFFFFFE, 0, 0);
    std::copy(torn_.old.begin(), torn_.old.end(), nvm_.begin() + torn_.offset);
    const bool was_cut = !torn_.old.empty() || cycle_.instructions >= cut_instructions_;
    if (error != UC_ERR_OK && !cycle_.ended && !was_cut) cycle_.fault = uc_strerror(error);
    return cycle_;
}

}  // namespace dynbal::test
