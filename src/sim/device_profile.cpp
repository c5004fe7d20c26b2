#include "sim/device_profile.hpp"

#include "base/error.hpp"

namespace dynbal::sim {
namespace {

constexpr uint64_t ps_per_s = 1'000'000'000'000;
constexpr uint64_t ps_per_us = 1'000'000;

/// uW * ps are 1e-18 J.
constexpr Cost drawn(uint64_t time_ps, uint64_t power_uw) { return {time_ps, time_ps * power_uw / 1000}; }

/// Each number with its source, or the assumption it is.
DeviceProfile make_msp432p401r() {
    DeviceProfile profile;
    profile.name = "msp432p401r";
    profile.cpu_hz = 48'000'000;    // the MCU's highest clock (data sheet)
    profile.cycles_of_4_macs = 13;  // how the DynBal reference counts 4 MACs
    // Assumption: setting up a DMA transfer costs what iNAS published for MSP430 and external FRAM.
    profile.cycles_per_transfer = 424;
    profile.command_bytes = 4;   // 1 opcode and 3 address bytes (CY15B104Q data sheet)
    profile.nvm_hz = 8'000'000;  // the "fast NVM" of the DynBal paper: 48 MHz / 6
    // Assumption: 90 uA/MHz at 48 MHz and 3 V, the middle of what is reported; the CPU does not
    // sleep while it waits. With it, 100 uA standby current of the FRAM (data sheet).
    profile.run_power_uw = 12'960 + 300;
    profile.nvm_power_uw = 7'200;  // 300 uA per MHz of serial clock (data sheet), at 8 MHz and 3 V
    profile.boot_us = 5'000;       // the reference waits 5 ms for the FRAM at each boot
    // Voltages published for iNAS. Assumption: 330 uF instead of its 5 mF, so that a power cycle
    // affords about 1e5 MACs, which is what the published choices of DynBal imply.
    profile.capacitor = {330'000, 2'990, 2'800};
    return profile;
}

}  // namespace

Cost DeviceProfile::mac() const { return drawn(cycles_of_4_macs * ps_per_s / (4 * cpu_hz), run_power_uw); }

Cost DeviceProfile::byte() const { return drawn(8 * ps_per_s / nvm_hz, run_power_uw + nvm_power_uw); }

Cost DeviceProfile::transfer() const {
    Cost cost = drawn(cycles_per_transfer * ps_per_s / cpu_hz, run_power_uw);
    return cost += byte() * command_bytes;
}

Cost DeviceProfile::boot() const { return drawn(boot_us * ps_per_us, run_power_uw); }

Cost DeviceProfile::cost_of(const Traffic& traffic, uint64_t boots) const {
    Cost total = mac() * traffic.macs;
    total += byte() * (traffic.read_bytes + traffic.write_bytes);
    total += transfer() * traffic.transfers;
    return total += boot() * boots;
}

const DeviceProfile& default_profile() {
    static const DeviceProfile profile = make_msp432p401r();
    return profile;
}

const DeviceProfile& profile_by_name(const std::string& name) {
    // Assumption: the generic Cortex-M4 differs in memory sizes only.
    static const DeviceProfile generic = [] {
        DeviceProfile profile = make_msp432p401r();
        profile.name = "cortex-m4";
        return profile;
    }();
    if (name == default_profile().name) return default_profile();
    if (name == generic.name) return generic;
    throw InputError("there is no profile of a device '" + name +
                     "' to simulate; there are: " + default_profile().name + ", " + generic.name);
}

}  // namespace dynbal::sim
