#include "machine.hpp"

#include <unicorn/unicorn.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "base/random.hpp"

namespace dynbal::test {
namespace {

constexpr uint32_t flash_bytes = 256 * 1024;
constexpr uint32_t sram_begin = 0x20000000, sram_bytes = 64 * 1024;
constexpr uint32_t peripherals_begin = 0x40000000, peripherals_bytes = 0x20000;
constexpr uint32_t core_begin = 0xE000E000, core_bytes = 0x1000;
/// Of modelled time. An inference takes a few seconds at most.
constexpr uint64_t time_ps_max = 60'000'000'000'000;

constexpr uint32_t uart_base = 0x40001000, spi_base = 0x40002000, watchdog_base = 0x40004800, ports_base = 0x40004C00;
constexpr uint32_t dma_base = 0x4000E000, power_base = 0x40010000, flash_control_end = 0x40012000;
constexpr uint32_t spi_status = spi_base + 0x08, spi_flags = spi_base + 0x2C, dma_enable_set = dma_base + 0x1028;
constexpr uint32_t uart_status = uart_base + 0x0A, uart_flags = uart_base + 0x1C;
constexpr uint32_t systick_control = 0xE000E010, systick_reload = 0xE000E014, systick_value = 0xE000E018;
constexpr uint32_t interrupt_control = 0xE000ED04, coprocessor_access = 0xE000ED88;
constexpr uint32_t configurable_faults = 0xE000ED28, hard_faults = 0xE000ED2C;

void check(uc_err error, const char* what) {
    if (error != UC_ERR_OK) throw std::runtime_error(std::string("Unicorn, ") + what + ": " + uc_strerror(error));
}

/// The width in which a register is documented; 0: there is none that the board needs.
uint32_t width_at(uint32_t address) {
    if (address >= core_begin) return 4;
    if (address >= power_base && address < flash_control_end) return 4;
    if (address >= dma_base && address < dma_base + 0x2000) return 4;
    if (address >= ports_base && address < ports_base + 0x140) return 1;
    if (address >= watchdog_base && address < watchdog_base + 0x10) return 2;
    if (address >= spi_base && address < spi_base + 0x30) return 2;
    if (address >= uart_base && address < uart_base + 0x20) return 2;
    return 0;
}

std::string hex(uint32_t value) {
    char text[16];
    std::snprintf(text, sizeof(text), "0x%08x", value);
    return text;
}

}  // namespace

struct Machine::Callbacks {
    static uint64_t read_peripheral(uc_engine*, uint64_t offset, unsigned width, void* machine) {
        return static_cast<Machine*>(machine)->access(peripherals_begin + static_cast<uint32_t>(offset), width, false,
                                                      0);
    }
    static void write_peripheral(uc_engine*, uint64_t offset, unsigned width, uint64_t value, void* machine) {
        static_cast<Machine*>(machine)->access(peripherals_begin + static_cast<uint32_t>(offset), width, true,
                                               static_cast<uint32_t>(value));
    }
    static uint64_t read_core(uc_engine*, uint64_t offset, unsigned width, void* machine) {
        return static_cast<Machine*>(machine)->access(core_begin + static_cast<uint32_t>(offset), width, false, 0);
    }
    static void write_core(uc_engine*, uint64_t offset, unsigned width, uint64_t value, void* machine) {
        static_cast<Machine*>(machine)->access(core_begin + static_cast<uint32_t>(offset), width, true,
                                               static_cast<uint32_t>(value));
    }
    static void instruction(uc_engine*, uint64_t, uint32_t, void* machine) {
        auto& self = *static_cast<Machine*>(machine);
        ++self.instructions_;
        if (self.conditions_.mclk_hz() == Conditions::reset_hz) ++self.slow_instructions_;
    }
};

Machine::Machine(std::vector<uint8_t> flash)
    : flash_(std::move(flash)),
      sram_(sram_bytes),
      fram_(conditions_),
      spi_(conditions_, fram_),
      dma_(conditions_, spi_, sram_),
      ports_(conditions_, spi_),
      uart_(conditions_, ports_),
      system_(conditions_) {
    if (flash_.size() > flash_bytes) throw std::runtime_error("the program exceeds the flash");
    flash_.resize(flash_bytes, 0xFF);
    check(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), &engine_), "open");
    check(uc_ctl_set_cpu_model(engine_, UC_CPU_ARM_CORTEX_M4), "processor");
    check(uc_mem_map_ptr(engine_, 0, flash_bytes, UC_PROT_READ | UC_PROT_EXEC, flash_.data()), "flash");
    check(uc_mem_map_ptr(engine_, sram_begin, sram_bytes, UC_PROT_READ | UC_PROT_WRITE, sram_.data()), "SRAM");
    check(uc_mmio_map(engine_, peripherals_begin, peripherals_bytes, Callbacks::read_peripheral, this,
                      Callbacks::write_peripheral, this),
          "peripherals");
    check(uc_mmio_map(engine_, core_begin, core_bytes, Callbacks::read_core, this, Callbacks::write_core, this),
          "core");
    uc_context* fresh = nullptr;
    check(uc_context_alloc(engine_, &fresh), "context");
    check(uc_context_save(engine_, fresh), "context");
    fresh_ = fresh;
}

Machine::~Machine() {
    if (fresh_ != nullptr) uc_context_free(static_cast<uc_context*>(fresh_));
    if (engine_ != nullptr) uc_close(engine_);
}

void Machine::count_instructions(bool wanted) {
    if (code_hook_ != 0) check(uc_hook_del(engine_, code_hook_), "hook");
    code_hook_ = 0;
    if (!wanted) return;
    check(uc_hook_add(engine_, &code_hook_, UC_HOOK_CODE, reinterpret_cast<void*>(&Callbacks::instruction), this, 1, 0),
          "hook");
}

void Machine::raise_exception_at(uint64_t spi_byte, uint32_t number) {
    exception_at_ = spi_byte;
    exception_ = number;
}

void Machine::power_up() {
    ++cycle_number_;
    conditions_.power_up();
    if (fram_keeps_power_) {
        fram_.reset_without_power_loss();
    } else {
        fram_.power_up();
    }
    fram_keeps_power_ = false;
    spi_.power_up();
    dma_.power_up();
    ports_.power_up();
    uart_.power_up();
    system_.power_up();
    systick_runs_ = false;
    last_read_ = 0;
    instructions_ = slow_instructions_ = 0;
    const auto pattern = static_cast<uint32_t>(hash64(cycle_number_));
    for (size_t i = 0; i < sram_.size(); i += sizeof(pattern)) std::memcpy(&sram_[i], &pattern, sizeof(pattern));
    check(uc_context_restore(engine_, static_cast<uc_context*>(fresh_)), "context");
    for (int reg = UC_ARM_REG_R0; reg <= UC_ARM_REG_R12; ++reg) check(uc_reg_write(engine_, reg, &pattern), "register");
}

/// What the core does when it takes an exception: eight words on the stack, then the vector.
void Machine::take_exception() {
    uint32_t frame[8] = {};
    constexpr int saved[8] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3,
                              UC_ARM_REG_R12, UC_ARM_REG_LR, UC_ARM_REG_PC, UC_ARM_REG_XPSR};
    for (int i = 0; i < 8; ++i) check(uc_reg_read(engine_, saved[i], &frame[i]), "register");
    uint32_t stack = 0;
    check(uc_reg_read(engine_, UC_ARM_REG_SP, &stack), "register");
    stack = (stack & ~7U) - static_cast<uint32_t>(sizeof(frame));
    check(uc_reg_write(engine_, UC_ARM_REG_SP, &stack), "register");
    check(uc_mem_write(engine_, stack, frame, sizeof(frame)), "stack");
    uint32_t vector = 0;
    std::memcpy(&vector, &flash_[4 * exception_], sizeof(vector));
    check(uc_reg_write(engine_, UC_ARM_REG_PC, &vector), "register");
}

CycleResult Machine::run_cycle(uint64_t cut) {
    power_up();
    spi_.cut_before(cut);
    uint32_t vectors[2] = {0, 0};
    std::memcpy(vectors, flash_.data(), sizeof(vectors));
    check(uc_reg_write(engine_, UC_ARM_REG_SP, &vectors[0]), "register");
    uc_err error = uc_emu_start(engine_, vectors[1] | 1U, 0xFFFFFFFE, 0, 0);
    uint32_t counter = 0;
    if (error == UC_ERR_OK && exception_ != 0 && spi_.bytes() >= exception_at_ && conditions_.running()) {
        take_exception();
        check(uc_reg_read(engine_, UC_ARM_REG_PC, &counter), "register");
        error = uc_emu_start(engine_, counter | 1U, 0xFFFFFFFE, 0, 0);
    }
    check(uc_reg_read(engine_, UC_ARM_REG_PC, &counter), "register");

    CycleResult result;
    result.text = uart_.text();
    result.spi_bytes = spi_.bytes();
    result.dma_bytes = dma_.items();
    result.dma_transfers = dma_.transfers() / 2;
    result.fram_bytes_read = fram_.bytes_read();
    result.fram_bytes_written = fram_.bytes_written();
    result.instructions = instructions_;
    result.slow_instructions = slow_instructions_;
    result.modelled_s = static_cast<double>(conditions_.now_ps()) * 1e-12;
    if (!conditions_.violation().empty()) {
        result.end = CycleEnd::forbidden;
        result.reason = conditions_.violation() + ", at " + hex(counter);
    } else if (!conditions_.powered()) {
        result.end = CycleEnd::power_failed;
    } else if (error != UC_ERR_OK) {
        result.end = CycleEnd::forbidden;
        result.reason = std::string(uc_strerror(error)) + ", at " + hex(counter);
    } else {
        uint16_t before = 0;
        std::memcpy(&before, &flash_[(counter - 2) % flash_bytes], sizeof(before));
        result.end = before == 0xBF30 ? CycleEnd::parked : CycleEnd::endless;  // WFI
        result.reason = "stopped at " + hex(counter);
    }
    return result;
}

uint32_t Machine::access(uint32_t address, uint32_t width, bool is_write, uint32_t value) {
    if (!conditions_.running()) return 0;
    conditions_.pass_cycles(Conditions::cycles_per_access);
    if (conditions_.now_ps() > time_ps_max) conditions_.forbid("the program does not come to an end");
    update();
    uint32_t result = 0;
    if (width_at(address) != width || address % width != 0) {
        conditions_.forbid(std::to_string(8 * width) + "-bit access to " + hex(address));
    } else if (is_write) {
        write(address, value);
    } else {
        result = read(address);
    }
    update();
    // The first look at a flag shows what is; a second one in a row that shows the same means waiting.
    if (!is_write && address == last_read_ && result == last_value_) skip_wait(address);
    last_read_ = is_write ? 0 : address;
    last_value_ = result;
    const bool exception = exception_ != 0 && spi_.bytes() >= exception_at_ && address == dma_enable_set;
    if (!conditions_.running() || exception) uc_emu_stop(engine_);
    return result;
}

void Machine::update() {
    if (!conditions_.running()) return;
    spi_.update();
    dma_.update();
    system_.update();
}

/// Takes a program that polls to the moment at which something can have changed.
void Machine::skip_wait(uint32_t address) {
    if (address == spi_status || address == spi_flags) {
        conditions_.pass_until(spi_.next_event_ps());
        update();
    } else if (address == dma_enable_set) {
        const uint32_t enabled = dma_.enabled();
        while (dma_.enabled() == enabled && enabled != 0 && spi_.next_event_ps() != 0 && conditions_.running()) {
            conditions_.pass_until(spi_.next_event_ps());
            update();
        }
    } else if (address == uart_flags || address == uart_status) {
        conditions_.pass_until(uart_.next_event_ps());
    } else if (address == systick_control && systick_runs_) {
        conditions_.pass_until(systick_end_ps_);
        update();
    }
}

uint32_t Machine::read(uint32_t address) {
    if (address >= core_begin) return read_core(address);
    if (address >= power_base || (address >= watchdog_base && address < ports_base)) return system_.read(address);
    if (address >= dma_base) return dma_.read(address - dma_base);
    if (address >= ports_base) return ports_.read(address - ports_base);
    if (address >= spi_base) return spi_.read(address - spi_base);
    return uart_.read(address - uart_base);
}

void Machine::write(uint32_t address, uint32_t value) {
    if (address >= core_begin) {
        write_core(address, value);
    } else if (address >= power_base || (address >= watchdog_base && address < ports_base)) {
        system_.write(address, value);
    } else if (address >= dma_base) {
        dma_.write(address - dma_base, value);
    } else if (address >= ports_base) {
        ports_.write(address - ports_base, value);
    } else if (address >= spi_base) {
        spi_.write(address - spi_base, value);
    } else {
        uart_.write(address - uart_base, value);
    }
}

uint32_t Machine::read_core(uint32_t address) {
    switch (address) {
        case systick_control: return systick_runs_ && conditions_.now_ps() >= systick_end_ps_ ? 1U << 16U | 5U : 5U;
        case interrupt_control: return exception_;
        case coprocessor_access:
        case configurable_faults:
        case hard_faults: return 0;
        default: conditions_.forbid("core: the driver has no reason to read " + hex(address)); return 0;
    }
}

void Machine::write_core(uint32_t address, uint32_t value) {
    switch (address) {
        case coprocessor_access:
        case systick_value: return;
        case systick_reload:
            if (value >= 1U << 24U) conditions_.forbid("SysTick: more than 24 bits");
            systick_reload_ = value & 0xFFFFFFU;
            return;
        case systick_control:
            systick_runs_ = (value & 5U) == 5U;
            systick_end_ps_ =
                conditions_.now_ps() + (uint64_t{systick_reload_} + 1) * (1'000'000'000'000U / conditions_.mclk_hz());
            return;
        default: conditions_.forbid("core: the driver has no reason to write " + hex(address));
    }
}

}  // namespace dynbal::test
