#include "experiment/grid.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "device/profile.hpp"
#include "experiment/supply_files.hpp"
#include "input/sample_set.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/sha256.hpp"
#include "sim/supply.hpp"

namespace dynbal::experiment {
namespace {

constexpr std::string_view seed_mark = "{seed}";

std::string with_seed(std::string supply, uint64_t seed) {
    for (size_t at = supply.find(seed_mark); at != std::string::npos; at = supply.find(seed_mark)) {
        supply.replace(at, seed_mark.size(), std::to_string(seed));
    }
    return supply;
}

/// The supplies with their seeds filled in.
std::vector<std::string> seeded_supplies(const Grid& grid) {
    std::vector<std::string> all;
    for (const std::string& supply : grid.supplies) {
        if (supply.find(seed_mark) == std::string::npos) {
            all.push_back(supply);
            continue;
        }
        for (const uint64_t seed : grid.seeds) all.push_back(with_seed(supply, seed));
    }
    return all;
}

/// Empty for no file.
std::string digest_of(const std::string& path) { return path.empty() ? "" : io::sha256_hex(io::read_file(path)); }

/// Name and digest of each file that a supply reads.
nlohmann::ordered_json files_of(const std::string& supply) {
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    with_files(supply, [&](const std::string& name) {
        std::error_code error;
        files.push_back({name, std::filesystem::is_regular_file(name, error) ? digest_of(name) : ""});
        return name;
    });
    return files;
}

nlohmann::ordered_json json_of(const Model& model) {
    const std::string calibration = input::file_of(model.calibrate);
    return {{"name", model.name},
            {"onnx", digest_of(model.onnx)},
            {"image", digest_of(model.image)},
            {"calibrate", digest_of(calibration)},
            {"calibrate_options", model.calibrate.substr(calibration.size())},
            {"input", model.input.empty() ? "" : digest_of(input::file_of(model.input))},
            {"input_spec", model.input},
            {"scale", model.scale},
            {"weight_bytes", model.weight_bytes},
            {"preservation", model.preservation}};
}

}  // namespace

// A strategy is one of the plugin's policies, by its number, or the oracle behind them.
static_assert(static_cast<size_t>(Strategy::oracle) == std::size(policies));
static_assert(static_cast<size_t>(Strategy::best) == static_cast<size_t>(PolicyKind::best));

const char* name_of(Strategy strategy) {
    return strategy == Strategy::oracle ? "oracle" : policies[static_cast<size_t>(strategy)].name;
}

Strategy parse_strategy(const std::string& name) {
    std::string names;
    for (size_t i = 0; i <= std::size(policies); ++i) {
        const auto strategy = static_cast<Strategy>(i);
        if (name == name_of(strategy)) return strategy;
        names += (names.empty() ? "" : ", ") + std::string(name_of(strategy));
    }
    throw InputError("there is no policy '" + name + "'; allowed are: " + names);
}

PolicyKind policy_of(Strategy strategy) {
    return strategy == Strategy::oracle ? PolicyKind::fixed : static_cast<PolicyKind>(strategy);
}

std::vector<Cell> cells_of(const Grid& grid) {
    const std::vector<std::string> supplies = seeded_supplies(grid);
    std::vector<Cell> cells;
    for (uint32_t model = 0; model < grid.models.size(); ++model) {
        for (uint32_t device = 0; device < grid.devices.size(); ++device) {
            for (const std::string& supply : supplies) {
                for (const Strategy strategy : grid.policies) {
                    cells.push_back({static_cast<uint32_t>(cells.size()), model, device, supply, strategy});
                }
            }
        }
    }
    return cells;
}

void check_size(const Grid& grid) {
    constexpr double cells_max = 200'000;
    size_t supplies = 0;
    for (const std::string& supply : grid.supplies) {
        supplies += supply.find(seed_mark) == std::string::npos ? 1 : grid.seeds.size();
    }
    // As a floating point number it cannot overflow.
    const double cells = static_cast<double>(grid.models.size()) * static_cast<double>(grid.devices.size()) *
                         static_cast<double>(supplies) * static_cast<double>(grid.policies.size());
    if (cells <= cells_max) return;
    throw InputError(
        fmt::format("the grid has {:.0f} cells: {} models x {} devices x {} supplies (each {{seed}} counted) x {} "
                    "policies; at most "
                    "{:.0f} are possible: use fewer seeds, or several grids",
                    cells, grid.models.size(), grid.devices.size(), supplies, grid.policies.size(), cells_max));
}

void check_supplies(const Grid& grid) {
    for (const std::string& device : grid.devices) {
        for (const std::string& supply : seeded_supplies(grid)) sim::parse_supply(supply, device::load_profile(device));
    }
}

std::string identity_of(const Grid& grid) {
    nlohmann::ordered_json json{{"devices", nlohmann::ordered_json::array()},
                                {"repetitions", grid.repetitions},
                                {"timing_only", grid.timing_only},
                                {"models", nlohmann::ordered_json::array()},
                                {"supplies", nlohmann::ordered_json::array()},
                                {"policies", nlohmann::ordered_json::array()}};
    for (const Model& model : grid.models) json["models"].push_back(json_of(model));
    for (const std::string& device : grid.devices) {
        json["devices"].push_back({device, std::filesystem::is_regular_file(device) ? digest_of(device) : ""});
    }
    for (const std::string& supply : seeded_supplies(grid)) {
        json["supplies"].push_back({supply, files_of(supply)});
    }
    for (const Strategy strategy : grid.policies) json["policies"].push_back(name_of(strategy));
    const std::string text = io::json_text(json);
    return io::sha256_hex({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace dynbal::experiment
