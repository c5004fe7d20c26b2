#include "cli/least_energy.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "power/recording.hpp"
#include "sim/session.hpp"
#include "sim/size.hpp"

namespace dynbal::cli {

std::string least_energy_text(const ImageFile& file) {
    const uint64_t units = (sim::least_cycle_cost(file) + 15) / 16;
    std::string text = grouped(units) + " units";
    sim::DeviceProfile profile;
    try {
        profile = profile_of(file);
    } catch (const InputError&) {
        return text;
    }
    const double energy_j = sim::least_cycle_j(file, profile);
    const device::Capacitor& capacitor = profile.capacitor;
    const double capacitance_f = capacitor.capacitance_f * energy_j / capacitor.cycle_energy_j();
    return fmt::format("{} (about {} with the boot, {} between {:g} V and {:g} V, with a quarter to spare {})", text,
                       power::si_text(energy_j, "J"), power::si_text(capacitance_f, "F"), capacitor.on_v,
                       capacitor.off_v, power::si_text(sim::standard_value(sim::sensible_margin * capacitance_f), "F"));
}

}  // namespace dynbal::cli
