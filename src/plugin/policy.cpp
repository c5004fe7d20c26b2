#include "plugin/policy.hpp"

#include <limits>

namespace dynbal {
namespace {

constexpr uint64_t never = std::numeric_limits<uint64_t>::max();
constexpr uint32_t unit = 16;  // prices are in 1/16 units

uint32_t saturate(uint64_t value) {
    return value > std::numeric_limits<uint32_t>::max() ? std::numeric_limits<uint32_t>::max()
                                                        : static_cast<uint32_t>(value);
}

const Candidate& least_need(const StageView& stage) {
    const Candidate* least = &stage.candidates[0];
    for (const Candidate& candidate : stage.candidates) {
        if (candidate.need < least->need) {
            least = &candidate;
        }
    }
    return *least;
}

/// The candidate of least expected cost among those that need no more than the limit.
Candidate choose_best(const StageView& stage, const Supply& supply) {
    if (supply.assumed_cycle_cost() == 0) {
        return stage.candidates[stage.candidates.size() > 1 ? 1 : 0];
    }
    const Candidate* winner = nullptr;
    uint64_t winner_cost = never;
    for (const Candidate& candidate : stage.candidates) {
        if (supply.need_limit != 0 && candidate.need > supply.need_limit) {
            continue;
        }
        const uint64_t cost = expected_cost(candidate, stage.model, supply.assumed_cycle_cost());
        if (cost < winner_cost) {
            winner = &candidate;
            winner_cost = cost;
        }
    }
    return winner != nullptr ? *winner : least_need(stage);
}

Candidate choose_fixed(const StageView& stage, const Supply& supply) {
    for (const Candidate& candidate : stage.candidates) {
        if (supply.need_limit == 0 || candidate.need <= supply.need_limit) {
            return candidate;
        }
    }
    return least_need(stage);
}

/// The paper's two tile sizes, completed by the largest pixel tile that fits the arena.
TileConfig complete(const StageView& stage, uint32_t tile_out, uint32_t tile_in) {
    const LoopShape& shape = stage.shape;
    TileConfig config;
    config.tile_out = static_cast<uint16_t>(tile_out);
    config.tile_in = static_cast<uint16_t>(tile_in);
    for (uint32_t rows = shape.out_h; rows > 0; rows /= 2) {
        config.tile_pixels = rows * shape.out_w;
        const uint32_t run = has_passes_in_job(shape, config) ? config.tile_pixels : shape.out_w;
        config.run_pixels = static_cast<uint16_t>(min_u32(run, 0xFFFF));
        if (is_valid(shape, config, stage.arena_bytes)) {
            return config;
        }
    }
    for (uint32_t cols = shape.out_w / 2; cols > 0; cols /= 2) {
        config.tile_pixels = cols;
        config.run_pixels = static_cast<uint16_t>(cols);
        if (is_valid(shape, config, stage.arena_bytes)) {
            return config;
        }
    }
    config.tile_pixels = 0;  // nothing fits
    return config;
}

/// One dimension's search: ternary steps over the distinct tile sizes, then a scan of the few left. Each step
/// drops at least one size, also when both probes cost the same (the reference could loop for ever there).
template <typename Cost>
uint32_t search(uint32_t count, const Cost& cost) {
    uint32_t low = 0;
    uint32_t high = count - 1;
    while (high - low > 2) {
        const uint32_t third = (high - low) / 3;
        if (cost(low + third) <= cost(high - third)) {
            high -= third;
        } else {
            low += third;
        }
    }
    uint32_t winner = low;
    for (uint32_t index = low + 1; index <= high; ++index) {
        if (cost(index) < cost(winner)) {
            winner = index;
        }
    }
    return winner;
}

Candidate choose_paper(const StageView& stage, const Supply& supply) {
    const LoopShape& shape = stage.shape;
    if (supply.assumed_cycle_cost() == 0 || !shape.counts_macs) {
        return choose_fixed(stage, supply);
    }
    const uint64_t cycle_macs = supply.assumed_cycle_cost() / unit;
    uint32_t tile_out = shape.channels_out;
    uint32_t tile_in = shape.group_in();
    const auto cost = [&](uint32_t out, uint32_t in) {
        return complete(stage, out, in).tile_pixels == 0 ? never : paper_usage_span(shape, out, in, cycle_macs);
    };
    const auto search_out = [&] {
        const auto of_index = [&](uint32_t i) { return cost(distinct_tile(shape.channels_out, i), tile_in); };
        tile_out = distinct_tile(shape.channels_out, search(distinct_tiles(shape.channels_out), of_index));
    };
    const auto search_in = [&] {
        if (shape.groups == 1) {
            const auto of_index = [&](uint32_t i) { return cost(tile_out, distinct_tile(shape.channels_in, i)); };
            tile_in = distinct_tile(shape.channels_in, search(distinct_tiles(shape.channels_in), of_index));
        }
    };
    if (stage.importance == Importance::out_first) {
        search_out();
        search_in();
    } else {
        search_in();
        search_out();
    }
    const TileConfig config = complete(stage, tile_out, tile_in);
    if (config.tile_pixels == 0) {
        return choose_fixed(stage, supply);
    }
    const Candidate candidate = priced(stage, config);
    const bool too_large = supply.need_limit != 0 && candidate.need > supply.need_limit;
    return too_large ? choose_best(stage, supply) : candidate;
}

}  // namespace

Candidate choose(PolicyKind policy, const StageView& stage, const Supply& supply) {
    switch (policy) {
        case PolicyKind::fixed: return choose_fixed(stage, supply);
        case PolicyKind::paper: return choose_paper(stage, supply);
        case PolicyKind::best: return choose_best(stage, supply);
    }
    return choose_best(stage, supply);
}

Candidate priced(const StageView& stage, const TileConfig& config) {
    const UsageSpan span = usage_span(stage.shape, config, stage.model, stage.arena_bytes);
    return {config, saturate(span.reuse), saturate(span.refetch), saturate(span.need)};
}

uint64_t expected_cost(const Candidate& candidate, const CostModel& model, uint64_t cycle_cost) {
    return expected_cost(candidate.reuse, candidate.refetch, candidate.need, model.boot, cycle_cost);
}

uint64_t paper_usage_span(const LoopShape& s, uint32_t tile_out, uint32_t tile_in, uint64_t cycle_macs) {
    constexpr uint64_t write_over_read = 1;
    constexpr uint64_t read_in_macs = 29;  // one 16-bit read at 14.5 units a byte
    const uint64_t height = (s.out_h - 1) * s.step_h() + s.window_h();
    const uint64_t positions_h = (s.out_h - 1) * s.pool_stride_h + s.pool_h;
    const uint64_t positions_w = (s.out_w - 1) * s.pool_stride_w + s.pool_w;
    const uint64_t positions = positions_h * positions_w;
    const uint64_t weights = uint64_t{s.channels_out} * s.taps() * s.group_in();
    const uint64_t reuse =
        uint64_t{s.kernel_w} * s.channels_in * height * positions_w * ceil_div(s.channels_out, tile_out) + weights +
        positions * s.channels_out * ((write_over_read + 1) * ceil_div(s.group_in(), tile_in) + 1);
    const uint64_t patch = uint64_t{tile_in} * s.taps();
    const uint64_t per_input = tile_out * patch + read_in_macs * patch;
    const uint64_t per_weight = tile_out * patch * positions + read_in_macs * patch * tile_out;
    const uint64_t inputs = uint64_t{s.in_h} * s.in_w * s.channels_in;
    return reuse + (per_input * inputs + per_weight * weights) / (cycle_macs == 0 ? 1 : cycle_macs);
}

uint32_t distinct_tile(uint32_t size, uint32_t index) {
    uint32_t tile = size;
    for (uint32_t i = 0; i < index; ++i) {
        // The largest tile with one more step than `tile` has.
        tile = ceil_div(size, ceil_div(size, tile) + 1) < tile ? ceil_div(size, ceil_div(size, tile) + 1) : tile - 1;
    }
    return tile;
}

uint32_t distinct_tiles(uint32_t size) {
    uint32_t count = 1;
    for (uint32_t tile = size; tile > 1; ++count) {
        const uint32_t next = ceil_div(size, ceil_div(size, tile) + 1);
        tile = next < tile ? next : tile - 1;
    }
    return count;
}

}  // namespace dynbal
