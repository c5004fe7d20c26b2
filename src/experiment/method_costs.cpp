#include "experiment/method_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugin/methods.hpp"

namespace dynbal::experiment {
namespace {

constexpr size_t failing_supplies = 2;

/// Rows are told apart by the names of models.
std::string behind_name(const std::string& method) { return ", " + method; }

MethodCost cost_of(const Model& model, const Row& row) {
    MethodCost cost;
    cost.model = model.name.substr(0, model.name.size() - behind_name(model.preservation).size());
    cost.method = model.preservation;
    cost.supply = row.supply;
    cost.ended = row.completed == row.repetitions && row.completed > 0;
    if (!cost.ended) return cost;
    const auto each = [&](auto sum) { return static_cast<double>(sum) / row.completed; };
    cost.power_cycles = each(row.power_cycles);
    cost.read_bytes = each(row.read_bytes);
    cost.write_bytes = each(row.write_bytes);
    cost.energy_j = each(row.energy_j);
    cost.latency_s = each(row.latency_s);
    return cost;
}

}  // namespace

Grid method_grid(const Grid& grid) {
    Grid methods_of_all = grid;
    methods_of_all.models.clear();
    for (const Model& model : grid.models) {
        if (model.onnx.empty()) continue;
        for (const Method& method : methods) {
            methods_of_all.models.push_back(model);
            methods_of_all.models.back().name = model.name + behind_name(method.name);
            methods_of_all.models.back().preservation = method.name;
        }
    }
    methods_of_all.devices.resize(std::min<size_t>(methods_of_all.devices.size(), 1));
    methods_of_all.supplies.resize(std::min(methods_of_all.supplies.size(), failing_supplies));
    methods_of_all.supplies.insert(methods_of_all.supplies.begin(), "none");
    methods_of_all.policies = {Strategy::best};
    methods_of_all.timing_only = true;
    return methods_of_all;
}

std::vector<MethodCost> method_costs(const Grid& grid, const std::vector<Row>& rows) {
    std::vector<MethodCost> costs;
    for (const Row& row : rows) {
        const auto model = std::find_if(grid.models.begin(), grid.models.end(),
                                        [&](const Model& candidate) { return candidate.name == row.model; });
        if (model != grid.models.end()) costs.push_back(cost_of(*model, row));
    }
    // Methods side by side: by network, then by supply.
    std::vector<std::string> networks;
    networks.reserve(costs.size());
    for (const MethodCost& cost : costs) networks.push_back(cost.model);
    const auto place = [&](const MethodCost& cost) {
        return std::pair(std::find(networks.begin(), networks.end(), cost.model) - networks.begin(),
                         std::find(grid.supplies.begin(), grid.supplies.end(), cost.supply) - grid.supplies.begin());
    };
    std::stable_sort(costs.begin(), costs.end(),
                     [&](const MethodCost& a, const MethodCost& b) { return place(a) < place(b); });
    return costs;
}

nlohmann::ordered_json json_of(const std::vector<MethodCost>& costs) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const MethodCost& cost : costs) {
        all.push_back({{"model", cost.model},
                       {"supply", cost.supply},
                       {"preservation", cost.method},
                       {"ended", cost.ended},
                       {"power_cycles", cost.power_cycles},
                       {"nvm_read_bytes", cost.read_bytes},
                       {"nvm_write_bytes", cost.write_bytes},
                       {"energy_j", cost.energy_j},
                       {"latency_s", cost.latency_s}});
    }
    return all;
}

std::string markdown_of(const std::vector<MethodCost>& costs) {
    std::string text =
        "| model | supply | preservation | power cycles | NVM bytes read | written | energy, mJ | time, s |\n"
        "|---|---|---|---:|---:|---:|---:|---:|\n";
    for (const MethodCost& cost : costs) {
        text += fmt::format("| {} | {} | {} |", cost.model, cost.supply, cost.method);
        text += cost.ended ? fmt::format(" {:.1f} | {:.0f} | {:.0f} | {:.3f} | {:.3f} |\n", cost.power_cycles,
                                         cost.read_bytes, cost.write_bytes, 1e3 * cost.energy_j, cost.latency_s)
                           : std::string(" never ends | - | - | - | - |\n");
    }
    return text +
           "\n* preservation: what is kept over a power failure; `dynbal compile --help` names the methods\n"
           "* power cycles, bytes, energy, time: of one inference; time with charging\n";
}

}  // namespace dynbal::experiment
