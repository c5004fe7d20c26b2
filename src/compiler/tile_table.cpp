#include "compiler/tile_table.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace dynbal::compiler {
namespace {

constexpr uint64_t never = std::numeric_limits<uint64_t>::max();
/// Most tile sizes tried along one dimension: large layers are sampled evenly over their distinct sizes.
constexpr size_t sizes_per_dimension = 24;

std::vector<uint32_t> thinned(std::vector<uint32_t> sizes) {
    if (sizes.size() <= sizes_per_dimension) {
        return sizes;
    }
    std::vector<uint32_t> kept;
    for (size_t i = 0; i < sizes_per_dimension; ++i) {
        kept.push_back(sizes[i * (sizes.size() - 1) / (sizes_per_dimension - 1)]);
    }
    return kept;
}

std::vector<uint32_t> distinct_sizes(uint32_t size) {
    std::vector<uint32_t> sizes;
    const uint32_t count = distinct_tiles(size);
    for (uint32_t i = 0; i < count; ++i) {
        sizes.push_back(distinct_tile(size, i));
    }
    return thinned(std::move(sizes));
}

/// Pixels of a tile: whole rows, then parts of a row.
std::vector<uint32_t> pixel_tiles(const LoopShape& shape) {
    std::vector<uint32_t> tiles;
    for (const uint32_t rows : distinct_sizes(shape.out_h)) {
        tiles.push_back(rows * shape.out_w);
    }
    for (const uint32_t cols : distinct_sizes(shape.out_w)) {
        if (cols < shape.out_w) {
            tiles.push_back(cols);
        }
    }
    return tiles;
}

/// Pixels of a job inside such a tile: powers of two within a row, then rows.
std::vector<uint32_t> run_lengths(const LoopShape& shape, uint32_t tile) {
    std::set<uint32_t> runs{tile};
    const uint32_t width = shape.out_w;
    for (uint32_t run = 1; run < std::min(tile, width); run *= 2) {
        runs.insert(run);
    }
    for (uint32_t rows = 1; rows * width <= tile; rows *= 2) {
        runs.insert(rows * width);
    }
    std::erase_if(runs, [](uint32_t run) { return run > 0xFFFF; });
    return {runs.begin(), runs.end()};
}

void add_if_valid(std::vector<TileConfig>& configs, const LoopShape& shape, const TileConfig& config,
                  uint32_t arena_bytes) {
    if (is_valid(shape, config, arena_bytes)) {
        configs.push_back(config);
    }
}

/// Most passes of a configuration that moves its sums: each costs a round trip of all sums.
constexpr uint32_t moving_passes_max = 8;

void add_with_passes(std::vector<TileConfig>& configs, const LoopShape& shape, TileConfig config,
                     uint32_t arena_bytes) {
    if (config.tile_pixels <= 0xFFFF) {
        config.run_pixels = static_cast<uint16_t>(config.tile_pixels);
        add_if_valid(configs, shape, config, arena_bytes);
    }
    const bool whole_rows = config.tile_pixels >= shape.out_w;
    if (!whole_rows || pass_count(shape, config) > moving_passes_max) {
        return;
    }
    config.order = LoopOrder::sums_move;
    for (const uint32_t run : {1U, shape.out_w, config.tile_pixels}) {
        if (run <= 0xFFFF) {
            config.run_pixels = static_cast<uint16_t>(run);
            add_if_valid(configs, shape, config, arena_bytes);
        }
    }
}

/// Index of the cheapest row at this energy (1/16 units), or -1 if none makes progress.
int cheapest(const std::vector<Candidate>& rows, const CostModel& model, uint64_t cycle_cost) {
    int winner = -1;
    uint64_t least = never;
    for (size_t i = 0; i < rows.size(); ++i) {
        const uint64_t cost = expected_cost(rows[i], model, cycle_cost);
        if (cost < least) {
            least = cost;
            winner = static_cast<int>(i);
        }
    }
    return winner;
}

/// Drops rows that another row beats or equals in all three prices.
std::vector<Candidate> undominated(std::vector<Candidate> rows) {
    std::stable_sort(rows.begin(), rows.end(), [](const Candidate& a, const Candidate& b) {
        return a.reuse != b.reuse ? a.reuse < b.reuse
                                  : (a.refetch != b.refetch ? a.refetch < b.refetch : a.need < b.need);
    });
    std::vector<Candidate> kept;
    for (const Candidate& row : rows) {
        const bool beaten = std::any_of(kept.begin(), kept.end(), [&](const Candidate& other) {
            return other.refetch <= row.refetch && other.need <= row.need;
        });
        if (!beaten) {
            kept.push_back(row);
        }
    }
    return kept;
}

uint64_t job_count(const LoopShape& shape, const TileConfig& config) {
    return uint64_t{ceil_div(shape.pixels(), config.run_pixels)} * ceil_div(shape.channels_out, config.tile_out) *
           pass_count(shape, config);
}

/// The row of least need among those that cost at most half a percent more than the first, without failures. Small jobs
/// count here with what they cost the processor too: about 1,900 instructions each on a Cortex-M4 (tests/boards/mps2),
/// which weigh as much as about 660 MACs of a profile with 3 cycles each.
size_t insured_row(const LoopShape& shape, const std::vector<Candidate>& rows) {
    constexpr uint64_t job_cost = 660 * 16;
    const auto cost = [&](const Candidate& row) { return row.reuse + job_cost * job_count(shape, row.config); };
    const uint64_t limit = cost(rows[0]) + cost(rows[0]) / 200;
    size_t insured = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
        if (cost(rows[i]) <= limit && rows[i].need < rows[insured].need) {
            insured = i;
        }
    }
    return insured;
}

}  // namespace

std::vector<TileConfig> all_configs(const LoopShape& shape, uint32_t arena_bytes) {
    std::vector<TileConfig> configs;
    std::vector<uint32_t> ins{shape.group_in()};
    if (shape.groups == 1 && shape.counts_macs) {
        ins = distinct_sizes(shape.channels_in);
    }
    for (const uint32_t out : distinct_sizes(shape.channels_out)) {
        for (const uint32_t tile : pixel_tiles(shape)) {
            for (const uint32_t in : ins) {
                TileConfig config;
                config.tile_out = static_cast<uint16_t>(out);
                config.tile_in = static_cast<uint16_t>(in);
                config.tile_pixels = tile;
                if (has_passes(shape, config)) {
                    add_with_passes(configs, shape, config, arena_bytes);
                    continue;
                }
                for (const uint32_t run : run_lengths(shape, tile)) {
                    config.run_pixels = static_cast<uint16_t>(run);
                    config.order = LoopOrder::weights_stay;
                    add_if_valid(configs, shape, config, arena_bytes);
                    if (out < shape.channels_out && tile < shape.pixels()) {
                        config.order = LoopOrder::inputs_stay;
                        add_if_valid(configs, shape, config, arena_bytes);
                    }
                }
            }
        }
    }
    return configs;
}

std::vector<Candidate> tile_table(const LoopShape& shape, const CostModel& model, uint32_t arena_bytes) {
    StageView view;
    view.shape = shape;
    view.model = model;
    view.arena_bytes = arena_bytes;
    std::vector<Candidate> rows;
    for (const TileConfig& config : all_configs(shape, arena_bytes)) {
        rows.push_back(priced(view, config));
    }
    rows = undominated(std::move(rows));
    if (rows.empty()) {
        return rows;
    }
    const size_t least_need = least_need_row(rows);
    std::set<size_t> winners{0, least_need};
    // Each energy's winner; where an earlier winner comes within 1 % of it, that one will do.
    // What is left after boot decides, so it is what grows evenly.
    const double boot = model.boot;
    for (double useful = rows[least_need].need - boot; useful < 16e9; useful = useful * 1.03 + 1) {
        const auto cycle_cost = static_cast<uint64_t>(boot + useful);
        const int best = cheapest(rows, model, cycle_cost);
        if (best < 0) {
            continue;
        }
        const uint64_t least = expected_cost(rows[static_cast<size_t>(best)], model, cycle_cost);
        const bool covered = std::any_of(winners.begin(), winners.end(), [&](size_t i) {
            const uint64_t cost = expected_cost(rows[i], model, cycle_cost);
            return cost != never && cost <= least + least / 100;
        });
        if (!covered) {
            winners.insert(static_cast<size_t>(best));
        }
    }
    const size_t insured = insured_row(shape, rows);
    std::vector<Candidate> table{rows[0]};
    if (insured != 0) {
        table.push_back(rows[insured]);
    }
    for (const size_t i : winners) {
        if (i != 0 && i != insured) {
            table.push_back(rows[i]);
        }
    }
    return table;
}

size_t least_need_row(const std::vector<Candidate>& table) {
    const auto by_need = [](const Candidate& a, const Candidate& b) { return a.need < b.need; };
    return static_cast<size_t>(std::min_element(table.begin(), table.end(), by_need) - table.begin());
}

Importance importance_of(const LoopShape& shape) {
    constexpr uint64_t cycle_macs = 100000;
    const auto range_along = [&](bool along_out) {
        uint64_t least = never;
        uint64_t most = 0;
        for (const uint32_t size : distinct_sizes(along_out ? shape.channels_out : shape.group_in())) {
            const uint32_t out = along_out ? size : shape.channels_out;
            const uint32_t in = along_out ? shape.group_in() : size;
            const uint64_t span = paper_usage_span(shape, out, in, cycle_macs);
            least = std::min(least, span);
            most = std::max(most, span);
        }
        return most - least;
    };
    return range_along(true) >= range_along(false) ? Importance::out_first : Importance::in_first;
}

}  // namespace dynbal::compiler
