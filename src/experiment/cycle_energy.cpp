#include "experiment/cycle_energy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dynbal::experiment {
namespace {

constexpr double least_units = 20'000;
constexpr double most_units = 2'000'000;
constexpr double step = 1.05;

bool ended(const Row& row) { return row.completed == row.repetitions; }

Gain gain_of(const Row& fixed, const Row& best) {
    return {fixed.supply, fixed.cost_units / best.cost_units, fixed.energy_j / best.energy_j,
            fixed.latency_s / best.latency_s};
}

void keep_larger(Gain& largest, const Gain& gain) {
    if (gain.energy > largest.energy) largest = gain;
}

/// `fixed` and `best` under the same supply. Supplies come from weak to strong.
void add_supply(CycleEnergyLine& line, const Row& fixed, const Row& best) {
    if (!ended(best)) return;
    if (line.least_best.empty()) line.least_best = best.supply;
    if (!ended(fixed)) return;
    const Gain gain = gain_of(fixed, best);
    keep_larger(line.largest_with_net, gain);
    line.worst_best_to_fixed = std::max(line.worst_best_to_fixed, 1 / gain.cost);
    if (fixed.shrinks != 0) return;
    if (line.least_fixed.empty()) line.least_fixed = fixed.supply;
    keep_larger(line.largest_where_alone, gain);
}

nlohmann::ordered_json json_of(const Gain& gain) {
    if (gain.supply.empty()) return nullptr;
    return {{"supply", gain.supply}, {"cost", gain.cost}, {"energy", gain.energy}, {"latency", gain.latency}};
}

nlohmann::ordered_json name_or_null(const std::string& name) {
    return name.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(name);
}

std::string cell_of(const Gain& gain) {
    if (gain.supply.empty()) return "- | - | - | -";
    return fmt::format("{} | {:.2f} | {:.2f} | {:.2f}", gain.supply, gain.cost, gain.energy, gain.latency);
}

}  // namespace

Grid cycle_energy_grid(const Grid& grid) {
    Grid line = grid;
    line.policies = {Strategy::fixed, Strategy::best};
    line.supplies.clear();
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): multiplied, so it never stands still
    for (double units = least_units; units < most_units * step; units *= step) {
        line.supplies.push_back(fmt::format("budget:{:.0f}", std::min(units, most_units)));
    }
    line.seeds.clear();
    line.repetitions = 1;  // a budget is the same each time
    line.timing_only = true;
    return line;
}

std::vector<CycleEnergyLine> cycle_energy_lines(const std::vector<Row>& rows) {
    std::vector<CycleEnergyLine> lines;
    for (size_t i = 0; i + 1 < rows.size(); i += 2) {
        const Row& fixed = rows[i];
        if (lines.empty() || lines.back().model != fixed.model || lines.back().device != fixed.device) {
            lines.emplace_back();
            lines.back().model = fixed.model;
            lines.back().device = fixed.device;
        }
        add_supply(lines.back(), fixed, rows[i + 1]);
    }
    return lines;
}

nlohmann::ordered_json json_of(const std::vector<CycleEnergyLine>& lines) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const CycleEnergyLine& line : lines) {
        all.push_back({{"model", line.model},
                       {"device", line.device},
                       {"weakest_supply_best", name_or_null(line.least_best)},
                       {"weakest_supply_fixed_alone", name_or_null(line.least_fixed)},
                       {"largest_gain_where_fixed_alone_ends", json_of(line.largest_where_alone)},
                       {"largest_gain_with_net", json_of(line.largest_with_net)},
                       {"worst_best_to_fixed_cost", line.worst_best_to_fixed}});
    }
    return all;
}

std::string markdown_of(const std::vector<CycleEnergyLine>& lines) {
    std::string text =
        "| model | device | best ends from | fixed alone ends from | largest gain there at | cost | energy | latency "
        "| largest gain with the net at | cost | energy | latency | worst best / fixed, cost |\n"
        "|---|---|---|---|---|---:|---:|---:|---|---:|---:|---:|---:|\n";
    for (const CycleEnergyLine& line : lines) {
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.3f} |\n", line.model, line.device,
                            line.least_best.empty() ? "-" : line.least_best,
                            line.least_fixed.empty() ? "-" : line.least_fixed, cell_of(line.largest_where_alone),
                            cell_of(line.largest_with_net), line.worst_best_to_fixed);
    }
    return text +
           "\n* best ends from, fixed alone ends from: the least energy of a power cycle tried with which it ends; "
           "alone: without our safety net, which shrinks tiles that make no progress\n"
           "* largest gain there at: where fixed alone ends, the energy at which best saves most of it; cost, energy "
           "and latency of fixed over those of best\n"
           "* largest gain with the net at: the same over all energies, fixed with the safety net\n"
           "* worst best / fixed, cost: the largest cost of best over that of fixed; more than 1: best lost there\n";
}

}  // namespace dynbal::experiment
