//! The emulated board: the program as it is flashed, on Unicorn's Cortex-M4, with models of what it talks to.
//!
//! Invariants:
//!  1. between power cycles only the FRAM's memory survives: SRAM and registers of the core are filled with a pattern,
//!     the models start as after power-up;
//!  2. an access that is not that of a documented register in its own width, to memory that is not there, or that a
//!     model refuses, ends the power cycle as forbidden.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conditions.hpp"
#include "dma_model.hpp"
#include "fram_model.hpp"
#include "port_model.hpp"
#include "spi_model.hpp"
#include "system_model.hpp"
#include "uart_model.hpp"

struct uc_struct;

namespace dynbal::test {

/// How a power cycle ended.
enum class CycleEnd : uint8_t {
    parked,        ///< the program sleeps for ever, as it does when it has answered or has given up
    power_failed,  ///< as asked
    forbidden,     ///< see CycleResult::reason
    endless,       ///< it did not end in time
};

struct CycleResult {
    CycleEnd end = CycleEnd::endless;
    std::string reason;
    std::string text;  ///< what the UART has sent
    uint64_t spi_bytes = 0;
    uint64_t dma_bytes = 0;  ///< of these, by uDMA
    uint64_t dma_transfers = 0;
    uint64_t fram_bytes_read = 0;
    uint64_t fram_bytes_written = 0;
    uint64_t instructions = 0;       ///< if asked for
    uint64_t slow_instructions = 0;  ///< of these, before the clock was raised
    double modelled_s = 0;
};

class Machine {
public:
    /// `flash`: what is programmed into the chip, from address 0 on. Throws std::runtime_error.
    explicit Machine(std::vector<uint8_t> flash);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// Power-up, and the program until it parks, power fails before SPI byte `cut` (from 1; 0: never), or it errs.
    CycleResult run_cycle(uint64_t cut = 0);
    /// The next cycles count instructions, which takes longer.
    void count_instructions(bool wanted);
    /// From the n-th SPI byte on the processor takes exception `number`, as a fault does; 0: never.
    void raise_exception_at(uint64_t spi_byte, uint32_t number);
    /// As if the next run began with the reset button: the FRAM does not lose power.
    void keep_fram_powered() { fram_keeps_power_ = true; }

    FramModel& fram() { return fram_; }
    SpiModel& spi() { return spi_; }
    PortModel& ports() { return ports_; }
    SystemModel& system() { return system_; }
    const std::vector<uint8_t>& sram() const { return sram_; }

private:
    struct Callbacks;

    uint32_t access(uint32_t address, uint32_t width, bool is_write, uint32_t value);
    uint32_t read(uint32_t address);
    void write(uint32_t address, uint32_t value);
    uint32_t read_core(uint32_t address);
    void write_core(uint32_t address, uint32_t value);
    void update();
    void skip_wait(uint32_t address);
    void power_up();
    void take_exception();

    std::vector<uint8_t> flash_;
    std::vector<uint8_t> sram_;
    uc_struct* engine_ = nullptr;
    void* fresh_ = nullptr;  ///< the core as after power-up
    size_t code_hook_ = 0;

    Conditions conditions_;
    FramModel fram_;
    SpiModel spi_;
    DmaModel dma_;
    PortModel ports_;
    UartModel uart_;
    SystemModel system_;

    uint32_t systick_reload_ = 0;
    bool systick_runs_ = false;
    uint64_t systick_end_ps_ = 0;
    uint64_t instructions_ = 0, slow_instructions_ = 0;
    uint64_t cycle_number_ = 0;
    bool fram_keeps_power_ = false;
    uint32_t last_read_ = 0;   ///< address; 0 after a write
    uint32_t last_value_ = 0;  ///< what it showed
    uint64_t exception_at_ = 0;
    uint32_t exception_ = 0;
};

}  // namespace dynbal::test
