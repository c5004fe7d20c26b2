#include "compiler/tile_configs.hpp"

#include <algorithm>
#include <set>

namespace dynbal::compiler {
namespace {

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

}  // namespace

std::vector<TileConfig> sampled_configs(const LoopShape& shape, uint32_t arena_bytes) {
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

Importance importance_of(const LoopShape& shape) {
    constexpr uint64_t cycle_macs = 100000;
    const auto range_along = [&](bool along_out) {
        uint64_t least = ~uint64_t{0};
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
