#include "zoo/network_folder.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/write_report.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
namespace {

struct ZooArguments {
    std::optional<std::string> name, folder;
};

nlohmann::ordered_json json_of(const zoo::Figures& figures) {
    return {{"accuracy", figures.accuracy},
            {"image_bytes", figures.image_bytes},
            {"nvm_bytes", figures.nvm_bytes},
            {"sram_bytes", figures.sram_bytes}};
}

nlohmann::ordered_json json_of(const zoo::Network& network) {
    return {{"name", network.name},         {"title", network.title},
            {"input", network.input},       {"data", network.data},
            {"inputs", network.inputs},     {"scale", network.scale},
            {"classes", network.classes},   {"accuracy", network.accuracy},
            {"ideal_macs", network.macs},   {"int16", json_of(network.int16)},
            {"int8", json_of(network.int8)}};
}

std::string percent(double value) { return fmt::format("{:.2f}", value); }

void list(Context& context) {
    io::Table table({{"network", io::Align::left},
                     {"what it tells", io::Align::left},
                     {"classes"},
                     {nominal_macs_title},
                     {"% right, float"},
                     {"int16"},
                     {"int8"},
                     {"NVM bytes, int8"},
                     {"SRAM bytes"}});
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const zoo::Network& network : zoo::networks()) {
        all.push_back(json_of(network));
        table.add_row({network.name, network.title, grouped(network.classes.size()), grouped(network.macs),
                       percent(network.accuracy), percent(network.int16.accuracy), percent(network.int8.accuracy),
                       grouped(network.int8.nvm_bytes), grouped(network.int8.sram_bytes)});
    }
    context.print(all, table.text() +
                           "\nAccuracies are those of the whole test sets, through the engine. `dynbal zoo NAME -o "
                           "FOLDER` writes a network, inputs for it and the commands to try.\n");
}

void write(const std::string& name, const std::string& folder, Context& context) {
    const zoo::Network network = zoo::network(name);
    zoo::write_folder(network, folder);
    nlohmann::ordered_json json = json_of(network);
    json["folder"] = folder;
    context.print(
        json, fmt::format("{0}: {1}.onnx, calibrate.npy, inputs.npy, labels.npy, classes.txt, README.txt\n\n"
                          "Inputs: {2}\nTrained on: {3}\n\ncd {4}\n{5}",
                          folder, network.name, network.inputs, network.data,
                          shell_word(folder.starts_with('-') ? "./" + folder : folder), zoo::commands_for(network)));
}

void run(const ZooArguments& arguments, Context& context) {
    if (!arguments.name && !arguments.folder) return list(context);
    if (!arguments.name) throw InputError("-o needs the name of a network; `dynbal zoo` lists them");
    if (!arguments.folder) {
        zoo::network(*arguments.name);
        throw InputError("zoo " + *arguments.name + " needs -o FOLDER, where its files go");
    }
    write(*arguments.name, *arguments.folder, context);
}

}  // namespace

void add_zoo(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("zoo", "List the networks that come with the program, or write one");
    const auto arguments = std::make_shared<ZooArguments>();
    command->add_option("NAME", arguments->name, "Network to write; without it they are listed");
    command->add_option("-o,--output", arguments->folder, "Folder for its files; made if it is not there");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
