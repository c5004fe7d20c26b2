#include "report/usage.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/error.hpp"
#include "nvm/boot_cost.hpp"
#include "report/span_names.hpp"
#include "sim/session.hpp"

namespace dynbal::report {

using compiler::UsageAxis;
using compiler::UsageMap;
using nlohmann::ordered_json;

namespace {

uint64_t units(double cost) { return static_cast<uint64_t>(std::ceil(cost / 16)); }

}  // namespace

UsageMap usage_map_of(const ImageFile& file, uint32_t index, const std::function<void()>& advance) {
    if (index >= file.header().stage_count) {
        throw InputError(
            fmt::format("stage {}: the image has {} stages, counted from 0", index, file.header().stage_count));
    }
    const StageDescriptor stage = file.stage(index);
    const CostModel& prices = file.header().cost_model;
    const compiler::StagePrices stage_prices{prices, cost_of(prices, boot_traffic(stage.states.run_count))};
    return compiler::usage_map(shape_of(file.header(), stage), stage_prices, file.header().arena_bytes,
                               sim::least_cycle_cost_of(file, index), advance);
}

ordered_json usage_json(const UsageMap& map) {
    const auto number = [](double cost) {
        return std::isfinite(cost) ? ordered_json(units(cost)) : ordered_json(nullptr);
    };
    ordered_json energies = ordered_json::array(), winners = ordered_json::array(), axes = ordered_json::array();
    for (size_t i = 0; i < map.energies.size(); ++i) {
        const TileConfig& config = map.winners[i].config;
        energies.push_back(units(static_cast<double>(map.energies[i])));
        winners.push_back({{"cost", number(map.winners[i].cost)},
                           {"tile_out", config.tile_out},
                           {"tile_in", config.tile_in},
                           {"tile_pixels", config.tile_pixels},
                           {"run_pixels", config.run_pixels},
                           {"order", name_of(config.order)}});
    }
    for (const UsageAxis& axis : map.axes) {
        ordered_json costs = ordered_json::array();
        for (const std::vector<double>& row : axis.cost) {
            ordered_json list = ordered_json::array();
            for (const double cost : row) list.push_back(number(cost));
            costs.push_back(std::move(list));
        }
        axes.push_back(
            {{"dimension", axis.name}, {"importance", axis.importance}, {"sizes", axis.sizes}, {"cost", costs}});
    }
    return {{"search_space", map.search_space},
            {"energies", std::move(energies)},
            {"winners", std::move(winners)},
            {"dimensions", std::move(axes)}};
}

}  // namespace dynbal::report
