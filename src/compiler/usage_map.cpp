#include "compiler/usage_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "compiler/quick_price.hpp"
#include "compiler/tile_configs.hpp"

namespace dynbal::compiler {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
/// Of the configurations with one size so many are walked: those that the quick price thinks best.
constexpr size_t walked = 3;
constexpr uint32_t effort = 4;

struct Dimension {
    const char* name;
    uint32_t (*size_of)(const TileConfig&);
};
constexpr Dimension dimensions[] = {
    {"tile_out", [](const TileConfig& config) { return uint32_t{config.tile_out}; }},
    {"tile_in", [](const TileConfig& config) { return uint32_t{config.tile_in}; }},
    {"tile_pixels", [](const TileConfig& config) { return config.tile_pixels; }},
};

std::vector<uint64_t> energies_between(uint64_t least, uint64_t most) {
    std::vector<uint64_t> energies;
    energies.reserve(usage_map_energies);
    const double ratio = std::max(1.0, static_cast<double>(most) / static_cast<double>(least));
    for (int i = 0; i < usage_map_energies; ++i) {
        energies.push_back(
            static_cast<uint64_t>(static_cast<double>(least) * std::pow(ratio, i / (usage_map_energies - 1.0))));
    }
    return energies;
}

double importance_of(const UsageAxis& axis) {
    double sum = 0;
    size_t count = 0;
    for (size_t energy = 0; energy < axis.cost.front().size(); ++energy) {
        double least = infinite, most = 0;
        for (const std::vector<double>& costs : axis.cost) {
            if (costs[energy] == infinite) continue;
            least = std::min(least, costs[energy]);
            most = std::max(most, costs[energy]);
        }
        if (most == 0) continue;
        sum += std::log(most / least);
        ++count;
    }
    return count == 0 ? 1 : std::exp(sum / static_cast<double>(count));
}

/// The configurations that are walked: of each size of each dimension the best ones, as quickly priced. That says of none that gets on by
/// parts of jobs what it costs: then those that need least.
std::set<size_t> entrants_of(const std::vector<QuickPrice>& all, const CostModel& model, uint64_t energy) {
    std::set<size_t> entrants;
    for (const Dimension& dimension : dimensions) {
        std::map<uint32_t, std::vector<std::tuple<double, uint64_t, size_t>>> by_size;
        for (size_t i = 0; i < all.size(); ++i) {
            const double cost = quick_cost(all[i], model, energy);
            by_size[dimension.size_of(all[i].config)].emplace_back(cost, all[i].need, i);
        }
        for (auto& [size, list] : by_size) {
            std::sort(list.begin(), list.end());
            for (size_t i = 0; i < std::min(walked, list.size()); ++i) entrants.insert(std::get<2>(list[i]));
        }
    }
    return entrants;
}

UsageAxis empty_axis(const Dimension& dimension, const std::vector<QuickPrice>& all, size_t energies) {
    std::set<uint32_t> sizes;
    for (const QuickPrice& price : all) sizes.insert(dimension.size_of(price.config));
    UsageAxis axis{dimension.name, {sizes.begin(), sizes.end()}, {}, 1};
    axis.cost.assign(axis.sizes.size(), std::vector<double>(energies, infinite));
    return axis;
}

double& cell_of(UsageAxis& axis, const Dimension& dimension, const TileConfig& config, size_t energy) {
    const auto row = std::lower_bound(axis.sizes.begin(), axis.sizes.end(), dimension.size_of(config));
    return axis.cost[static_cast<size_t>(row - axis.sizes.begin())][energy];
}

}  // namespace

UsageMap usage_map(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes, uint64_t least,
                   const std::function<void()>& advance) {
    std::vector<QuickPrice> all;
    for (const TileConfig& config : sampled_configs(shape, arena_bytes)) {
        all.push_back(quick_price(shape, config, prices.model, arena_bytes));
    }
    UsageMap map;
    map.search_space = all.size();
    if (all.empty()) return map;
    uint64_t whole = all.front().reuse;
    for (const QuickPrice& price : all) whole = std::min(whole, price.reuse);
    // Cycles differ in the walks: from here on the weakest of them brings the least.
    const auto first = static_cast<uint64_t>(std::ceil(static_cast<double>(least) / (1 - energy_jitter)));
    map.energies = energies_between(first, std::max(2 * first, whole + prices.boot));
    for (const Dimension& dimension : dimensions) map.axes.push_back(empty_axis(dimension, all, map.energies.size()));
    for (size_t energy = 0; energy < map.energies.size(); ++energy) {
        UsageMap::Winner winner{{}, infinite};
        for (const size_t index : entrants_of(all, prices.model, map.energies[energy])) {
            const TileConfig& config = all[index].config;
            const WalkedStage stage{&shape, config, arena_bytes, prices.model, prices.boot};
            const double cost = walked_cost(stage, all[index].reuse, map.energies[energy], effort);
            if (cost < winner.cost) winner = {config, cost};
            for (size_t d = 0; d < std::size(dimensions); ++d) {
                double& cell = cell_of(map.axes[d], dimensions[d], config, energy);
                cell = std::min(cell, cost);
            }
        }
        map.winners.push_back(winner);
        if (advance) advance();
    }
    for (UsageAxis& axis : map.axes) axis.importance = importance_of(axis);
    return map;
}

}  // namespace dynbal::compiler
