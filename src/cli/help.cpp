#include <fmt/format.h>

#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "compiler/compile.hpp"
#include "device/profile.hpp"
#include "experiment/read_grid.hpp"
#include "input/sound_features.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

std::string device_help() {
    std::string text =
        "A device says how much memory a network may take and what work costs. For `--device`, which takes a profile\n"
        "FILE.toml too (devices/msp432p401r.toml of the sources shows every field; with base = \"NAME\" it says only "
        "what\n"
        "differs). An image keeps the profile that it was compiled for; another one is named when it runs.\n\n";
    for (const std::string& name : device::profile_names()) {
        const device::DeviceProfile profile = device::load_profile(name);
        const compiler::DeviceLimits device = compiler::limits_of(profile);
        const device::Capacitor& capacitor = profile.capacitor;
        text += fmt::format(
            "  {}: {}\n"
            "      {} bytes of SRAM, {} of them kept for stack and program; {} bytes of NVM;\n"
            "      starts at {:g} V, stops at {:g} V, {:g} uF: {:.0f} uJ a charge; {:.3g} uJ and {:.3g} ms of them for "
            "each boot;\n"
            "      in units of {:.3g} nJ: {}\n",
            name, profile.title, grouped(device.sram_bytes), grouped(device.sram_reserved_bytes),
            grouped(device.nvm_bytes), capacitor.on_v, capacitor.off_v, capacitor.capacitance_f * 1e6,
            capacitor.cycle_energy_j() * 1e6, profile.boot_uj, profile.boot_ms, profile.unit_j() * 1e9,
            prices_text(device.cost_model));
    }
    return text +
           "\nUnits are what policies weigh and what a supply budget:E counts. One is the energy of a MAC of a "
           "convolution,\n"
           "and the others follow from the energies of the profile, unless its file states [prices] of its own.\n"
           "Voltages and capacitance are those of supplies that harvest; their options change them (dynbal help "
           "supplies).\n";
}

}  // namespace

void add_help(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("help", "Explain: dynbal help [supplies | devices | sound | COMMAND]");
    const auto topic = std::make_shared<std::string>();
    command->add_option("TOPIC", *topic, "supplies, devices, sound, or the name of a command");
    command->callback([topic, &app, &context] {
        if (topic->empty()) {
            // app.help() would be that of the command that was called: this one's.
            *context.out << app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
        } else if (*topic == "supplies") {
            *context.out << sim::supply_help();
        } else if (*topic == "devices") {
            *context.out << device_help();
        } else if (*topic == "sound") {
            *context.out << input::sound_help();
        } else {
            const auto commands = app.get_subcommands([&](const CLI::App* other) { return other->check_name(*topic); });
            if (!commands.empty()) {
                *context.out << commands.front()->help("dynbal");
                if (*topic == "sweep") *context.out << '\n' << experiment::grid_help();
                return;
            }
            throw InputError("there is no help on '" + *topic +
                             "'; try: dynbal help supplies, devices, sound, or dynbal --help for the commands");
        }
    });
}

}  // namespace dynbal::cli
