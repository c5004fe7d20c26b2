//! What work costs on a device in time and energy, and the capacitor it runs from.
//!
//! Invariants:
//!  1. every cost is an integer number of picoseconds and femtojoules, so that sums are exact and do
//!     not depend on the order of events;
//!  2. the profile changes when power fails and what a run is said to cost, never its answer.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/usage_span.hpp"

namespace dynbal::sim {

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

/// The store between harvester and device: the device starts at on_mv and stops at off_mv.
struct Capacitor {
    uint64_t capacitance_nf = 0;
    uint64_t on_mv = 0, off_mv = 0;

    /// Energy between the two voltages: C / 2 * (on^2 - off^2). nF * mV^2 are femtojoules.
    constexpr uint64_t energy_fj() const { return capacitance_nf * (on_mv * on_mv - off_mv * off_mv) / 2; }
};

struct DeviceProfile {
    std::string name;
    uint64_t cpu_hz = 0;
    uint64_t cycles_of_4_macs = 0;
    uint64_t cycles_per_transfer = 0;  ///< the CPU's part of starting an NVM transfer
    uint64_t command_bytes = 0;        ///< opcode and address that go before the data
    uint64_t nvm_hz = 0;               ///< serial clock, one bit a cycle
    uint64_t run_power_uw = 0;         ///< CPU running or waiting, NVM in standby
    uint64_t nvm_power_uw = 0;         ///< on top while a transfer is under way
    uint64_t boot_us = 0;              ///< from power-up to the first instruction of the engine
    Capacitor capacitor;

    Cost mac() const;
    Cost byte() const;
    Cost transfer() const;
    Cost boot() const;
    /// Traffic and `boots` boots together, without charging.
    Cost cost_of(const Traffic& traffic, uint64_t boots) const;
};

/// The profile of a device that the compiler knows by this name. Throws InputError with the names
/// there are.
const DeviceProfile& profile_by_name(const std::string& name);

/// The first and default device: MSP432P401R with a CY15B104Q on SPI.
const DeviceProfile& default_profile();

}  // namespace dynbal::sim
