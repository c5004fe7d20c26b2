//! What a device is and what its work costs in time and energy, read from a profile in TOML.
//!
//! The profiles of devices/ are part of the program; a file of the same form serves as well. A profile changes when
//! power fails and what a run is said to cost, never its answer.
//!
//! Invariants:
//!  1. costs are whole picoseconds and femtojoules, so that sums are exact and do not depend on the order of events;
//!  2. whatever draws energy takes time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/nvm.hpp"
#include "plugin/cost.hpp"

namespace dynbal::device {

/// A duration and the energy drawn in it.
struct Cost {
    uint64_t time_ps = 0;
    uint64_t energy_fj = 0;

    constexpr Cost& operator+=(const Cost& other) {
        time_ps += other.time_ps;
        energy_fj += other.energy_fj;
        return *this;
    }
    constexpr Cost operator*(uint64_t times) const { return {time_ps * times, energy_fj * times}; }
    constexpr bool operator==(const Cost&) const = default;
};

/// The store between harvester and device: the device starts at on_v and stops at off_v.
struct Capacitor {
    double capacitance_f = 0;
    double on_v = 0, off_v = 0;
    double max_v = 0;      ///< the converter stops charging here
    double leakage_a = 0;  ///< at max_v; proportional to the voltage
    double esr_ohm = 0;

    constexpr double energy_at(double voltage_v) const { return capacitance_f * voltage_v * voltage_v / 2; }
    /// What one power cycle can take without harvesting.
    constexpr double cycle_energy_j() const { return energy_at(on_v) - energy_at(off_v); }
};

/// What the CPU spends its cycles on.
struct Cycles {
    double convolution_mac = 0;
    double depthwise_mac = 0;
    double dense_mac = 0;
    double job = 0;           ///< preparing one job or one pass of it
    double output_value = 0;  ///< rounding, clamping and the state of a value
    double stage = 0;         ///< beginning a stage
    double transfer = 0;      ///< starting an NVM transfer
    double byte = 0;          ///< handling a byte of a transfer
};

/// Reading or writing NVM. Energy is that of the memory, on top of what the CPU draws.
struct NvmAccess {
    double start_us = 0, start_nj = 0;
    double byte_us = 0, byte_nj = 0;
};

/// What a memory is beside its costs: `[nvm]`, which a profile may leave out.
struct NvmKind {
    NvmClass nvm_class;
    double endurance = 0;   ///< writes that a row survives; 0: not stated
    double row_bytes = 8;   ///< worn by an access to any of them
    double reads_wear = 0;  ///< 1: an access that reads wears as one that writes, as in ferroelectric cells

    /// What one write wears at least: a line is written whole.
    uint32_t row() const { return std::max(static_cast<uint32_t>(row_bytes), uint32_t{nvm_class.line_bytes}); }
};

/// What the compiler must know.
struct Limits {
    double sram_kib = 0, sram_reserved_kib = 0, nvm_kib = 0;
};

/// What the compiler and the policies weigh against each other, in cost units.
struct Prices {
    double mac = 0, read_byte = 0, write_byte = 0, transfer = 0, job = 0;
};

enum class Kernel : uint8_t { convolution, depthwise, dense };

struct DeviceProfile {
    std::string name;
    std::string title;
    std::string text;  ///< of the file of one's own that it was read from; empty for a profile of the program
    Limits limits;
    std::optional<Prices> stated_prices;  ///< by the file itself, never by its base; else they follow from the energies
    double clock_mhz = 0;
    double run_mw = 0;    ///< CPU running or waiting, NVM in standby
    double sleep_uw = 0;  ///< while the device is off and waits for energy
    Cycles cycles;
    NvmAccess read, write;
    NvmKind nvm;
    double boot_ms = 0, boot_uj = 0;  ///< from power-up to the first instruction of the engine
    Capacitor capacitor;
    double converter_efficiency = 0;  ///< of what a harvester offers

    /// The stated prices, or energies in units of a convolution's MAC; a transfer's start is the mean of reading and writing.
    Prices prices() const;
    /// prices() in 1/16 units, at least one each. What a boot costs the engine is the engine's to say (nvm/boot_cost.hpp).
    /// Energy of one unit of prices().
    double unit_j() const;
    CostModel cost_model() const;
    Cost mac(Kernel kernel) const;
    Cost job() const { return cpu(cycles.job); }
    Cost stage() const { return cpu(cycles.stage); }
    Cost output_value() const { return cpu(cycles.output_value); }
    Cost transfer(const NvmAccess& access) const;
    Cost byte(const NvmAccess& access) const;
    Cost boot() const;

private:
    Cost cpu(double count) const;
};

/// The names of the profiles that are part of the program.
std::vector<std::string> profile_names();

/// A profile of the program, or that of a file if the text holds a slash or ends with `.toml`. Throws InputError with
/// file and line, or with the names there are.
DeviceProfile load_profile(const std::string& name_or_path);

/// A profile of the program, read once. Throws InputError with the names there are.
const DeviceProfile& profile_by_name(const std::string& name);

/// The default: MSP432P401R with a CY15B104Q on SPI, and this project's firmware.
inline constexpr const char* default_device = "msp432p401r";
const DeviceProfile& default_profile();
/// The same board as the DynBal paper measured it, with its authors' software.
const DeviceProfile& published_profile();

}  // namespace dynbal::device
