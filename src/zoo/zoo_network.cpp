#include "zoo/zoo_network.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/error.hpp"
#include "zoo/shipped_networks.hpp"

namespace dynbal::zoo {
namespace {

std::span<const uint8_t> shipped(std::string_view network, std::string_view kind) {
    for (const ShippedFile& file : shipped_files()) {
        if (file.network == network && file.kind == kind) return file.bytes;
    }
    throw std::logic_error("no file " + std::string(network) + "." + std::string(kind) + " is part of the program");
}

std::string_view text_of(std::span<const uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void read_card(Network& network) {
    const toml::table card = toml::parse(text_of(shipped(network.name, "toml")));
    network.title = card["title"].value<std::string>().value();
    network.input = card["input"].value<std::string>().value();
    network.data = card["data"].value<std::string>().value();
    network.inputs = card["inputs"].value<std::string>().value();
    network.scale = card["scale"].value<double>().value();
    for (const toml::node& name : *card["classes"].as_array()) {
        network.classes.push_back(name.value<std::string>().value());
    }
}

Figures figures_of(const nlohmann::json& json) {
    return {json.at("accuracy"), json.at("image_bytes"), json.at("nvm_bytes"), json.at("sram_bytes")};
}

void read_figures(Network& network) {
    const auto json = nlohmann::json::parse(text_of(shipped(network.name, "figures.json")));
    network.accuracy = json.at("float").at("accuracy");
    network.inputs_right = json.at("float").at("inputs_right");
    network.macs = json.at("macs");
    network.int16 = figures_of(json.at("int16"));
    network.int8 = figures_of(json.at("int8"));
}

}  // namespace

std::vector<Network> networks() {
    std::vector<Network> all;
    for (const ShippedFile& file : shipped_files()) {
        if (file.kind != "toml") continue;
        Network& network = all.emplace_back();
        network.name = file.network;
        read_card(network);
        read_figures(network);
    }
    std::sort(all.begin(), all.end(), [](const Network& a, const Network& b) { return a.name < b.name; });
    return all;
}

Network network(std::string_view name) {
    std::string names;
    for (Network& network : networks()) {
        if (network.name == name) return network;
        names += (names.empty() ? "" : ", ") + network.name;
    }
    throw InputError("there is no network '" + std::string(name) + "' in the zoo; there are " + names);
}

std::span<const uint8_t> file_of(const Network& network, std::string_view kind) { return shipped(network.name, kind); }

}  // namespace dynbal::zoo
