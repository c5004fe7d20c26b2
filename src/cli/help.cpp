#include <memory>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {

void add_help(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("help", "Explain: dynbal help [supplies | COMMAND]");
    const auto topic = std::make_shared<std::string>();
    command->add_option("TOPIC", *topic, "supplies, or the name of a command");
    command->callback([topic, &app, &context] {
        if (topic->empty()) {
            *context.out << app.help();
        } else if (*topic == "supplies") {
            *context.out << sim::supply_help();
        } else {
            const auto commands = app.get_subcommands([&](const CLI::App* other) { return other->check_name(*topic); });
            if (!commands.empty()) {
                *context.out << commands.front()->help("dynbal");
                return;
            }
            throw InputError("there is no help on '" + *topic +
                             "'; try: dynbal help supplies, or dynbal --help for the commands");
        }
    });
}

}  // namespace dynbal::cli
