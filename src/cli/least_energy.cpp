#include "cli/least_energy.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "power/recording.hpp"
#include "sim/session.hpp"
#include "sim/size.hpp"

namespace dynbal::cli {

double least_units(const ImageFile& file) { return static_cast<double>(sim::least_cycle_cost(file)) / 16; }

LeastEnergy least_energy_of(const ImageFile& file) {
    LeastEnergy least{grouped(static_cast<uint64_t>(std::ceil(least_units(file)))) + " units", ""};
    sim::DeviceProfile profile;
    try {
        profile = profile_of(file);
    } catch (const InputError&) {
        return least;
    }
    const double energy_j = sim::least_cycle_j(file, profile);
    const device::Capacitor& capacitor = profile.capacitor;
    const double capacitance_f = capacitor.capacitance_f * energy_j / capacitor.cycle_energy_j();
    least.energy += fmt::format(" (about {} with the boot)", power::si_text(energy_j, "J"));
    least.capacitor = fmt::format("{} between {:g} V and {:g} V; with a quarter to spare {}",
                                  power::si_text(capacitance_f, "F"), capacitor.on_v, capacitor.off_v,
                                  power::si_text(sim::standard_value(sim::sensible_margin * capacitance_f), "F"));
    return least;
}

void add_least_energy(io::Table& table, const ImageFile& file) {
    const LeastEnergy least = least_energy_of(file);
    table.add_row({"least energy per power cycle", least.energy});
    if (!least.capacitor.empty()) table.add_row({"a capacitor for it", least.capacitor});
}

}  // namespace dynbal::cli
