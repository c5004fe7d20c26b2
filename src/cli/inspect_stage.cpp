#include "cli/inspect_stage.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cli/arguments.hpp"
#include "compiler/walked_cost.hpp"
#include "io/table.hpp"
#include "report/span_names.hpp"

namespace dynbal::cli {
namespace {

using compiler::UsageAxis;
using compiler::UsageMap;

uint64_t units(double cost) { return static_cast<uint64_t>(std::ceil(cost / 16)); }

std::string tile_text(const TileConfig& config) {
    return fmt::format("{} x {} x {}, jobs of {} px, {}", config.tile_out, config.tile_in, config.tile_pixels,
                       config.run_pixels, report::name_of(config.order));
}

std::string ratio_text(double cost, double best) {
    return std::isfinite(cost) ? fmt::format("{:.2f}", cost / best) : "-";
}

std::string axis_table(const UsageMap& map, const UsageAxis& axis) {
    std::vector<io::Column> columns{{axis.name}};
    for (const uint64_t energy : map.energies) columns.push_back({grouped(units(static_cast<double>(energy)))});
    io::Table table(std::move(columns));
    for (size_t row = 0; row < axis.sizes.size(); ++row) {
        std::vector<std::string> cells{std::to_string(axis.sizes[row])};
        for (size_t energy = 0; energy < map.energies.size(); ++energy) {
            cells.push_back(ratio_text(axis.cost[row][energy], map.winners[energy].cost));
        }
        table.add_row(std::move(cells));
    }
    return table.text();
}

}  // namespace

std::string text_of(const ImageFile& file, uint32_t stage, const UsageMap& map) {
    std::string text = fmt::format(
        "Stage {}, {} ({}): {} tile configurations fit the SRAM; the image has a table with {} rows of them. Energies "
        "and costs "
        "in units, walked with cycles that differ by {:g} % both ways.\n\n",
        stage, file.host.stage_names[stage], file.host.stage_operators[stage], grouped(map.search_space),
        file.stage(stage).candidate_count, 100 * compiler::energy_jitter);
    io::Table winners({{"power cycle"}, {"cost of the stage"}, {"best tile: out x in x pixels", io::Align::left}});
    for (size_t i = 0; i < map.energies.size(); ++i) {
        const bool ends = std::isfinite(map.winners[i].cost);
        winners.add_row({grouped(units(static_cast<double>(map.energies[i]))),
                         ends ? grouped(units(map.winners[i].cost)) : "never ends",
                         ends ? tile_text(map.winners[i].config) : ""});
    }
    text += winners.text();
    for (const UsageAxis& axis : map.axes) {
        if (axis.sizes.size() < 2) continue;
        text += fmt::format(
            "\nBy {}: how many times the best cost, with the best of the other sizes (-: never ends). Importance: its "
            "worst size is {:.2f} times its best.\n\n",
            axis.name, axis.importance);
        text += axis_table(map, axis);
    }
    return text;
}

}  // namespace dynbal::cli
