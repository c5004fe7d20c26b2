#include "plugin/policy.hpp"

namespace dynbal {
namespace {

/// For no energy is it known that the choice would be the same.
Choice only(const Candidate& row) { return {row, ShortCost{}}; }

/// Parts of what is cheapest at an energy.
constexpr uint64_t whole = 1024;

/// What a row costs at each energy of a range, in parts of what is cheapest there, summed: energies that a cycle may bring
/// count alike, however much a stage costs there. `rows` are those that the table has for the energies.
uint64_t regret_of(const EnergyRange& range, const Candidate (&rows)[EnergyRange::count], const Candidate& row) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < EnergyRange::count; ++i) {
        const uint64_t energy = range.energies[i];
        const uint64_t least = cost_at(rows[i], energy);
        uint64_t cost = cost_at(row, energy);
        if (cost == never && rows[0].need.value() <= energy) {
            cost = energy + cost_at(rows[0], energy);  // a cycle is lost, then the row that surely fits goes on
        }
        if (least == never || cost == never) {
            continue;  // where nothing gets on there is nothing to choose
        }
        // A row's own price holds near its energies; no row is cheaper than the one that the table has.
        sum += scaled(max_u64(cost, least), whole, max_u64(least, 1));
    }
    return sum;
}

/// What a stage costs that costs `cheapest` at best.
uint64_t mean_cost(uint64_t cheapest, uint64_t regret) {
    return cheapest == never ? never : scaled(cheapest, regret, EnergyRange::count * whole);
}

/// Of the rows for what the energy may be the one that is least bad over all of it.
Choice choose_best(const StageView& stage, const Supply& supply) {
    TileTable& table = *stage.table;
    if (likely_energy(supply) == never) {
        return only(table.row(table.start));
    }
    const EnergyRange range = range_of(supply);
    TileTable::Place places[EnergyRange::count];
    table.find(range.energies, places);
    Candidate rows[EnergyRange::count];
    for (uint32_t i = 0; i < EnergyRange::count; ++i) {
        rows[i] = i > 0 && places[i].index == places[i - 1].index ? rows[i - 1] : table.row(places[i].index);
    }
    uint32_t best = EnergyRange::likely;
    uint64_t least = regret_of(range, rows, rows[best]);
    for (uint32_t i = 0; i < EnergyRange::count; ++i) {
        const uint64_t regret = regret_of(range, rows, rows[i]);
        if (regret < least) {
            least = regret;
            best = i;
        }
    }
    // For what is likely it has been chosen, too.
    const Candidate& likely = rows[EnergyRange::likely];
    const uint64_t cheapest = cost_at(likely, range.energies[EnergyRange::likely]);
    Choice choice{rows[best], places[best].until, mean_cost(cheapest, least)};
    choice.row.from = likely.from < choice.row.from ? likely.from : choice.row.from;
    choice.until = choice.until < places[EnergyRange::likely].until ? places[EnergyRange::likely].until : choice.until;
    if (stage.running != nullptr) {
        choice.running_cost = mean_cost(cheapest, regret_of(range, rows, *stage.running));
    }
    return choice;
}

Choice choose_fixed(const StageView& stage) { return only(stage.table->row(0)); }

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

Choice choose_paper(const StageView& stage, const Supply& supply) {
    const LoopShape& shape = stage.shape;
    const uint64_t energy = likely_energy(supply);
    if (energy == never || !shape.counts_macs) {
        return choose_fixed(stage);
    }
    const uint64_t cycle_macs = energy / (stage.model.mac == 0 ? 1 : stage.model.mac);
    uint32_t tile_out = shape.channels_out;
    uint32_t tile_in = shape.group_in();
    const auto cost = [&](uint32_t out, uint32_t in) {
        return complete(stage, out, in).tile_pixels == 0 ? never : paper_usage_span(shape, out, in, cycle_macs);
    };
    const bool out_first = stage.importance == Importance::out_first;
    for (const bool along_out : {out_first, !out_first}) {
        if (!along_out && shape.groups != 1) {
            continue;
        }
        uint32_t& tile = along_out ? tile_out : tile_in;
        const uint32_t size = along_out ? shape.channels_out : shape.channels_in;
        tile = distinct_tile(size, search(distinct_tiles(size), [&](uint32_t i) {
                                 return along_out ? cost(distinct_tile(size, i), tile_in)
                                                  : cost(tile_out, distinct_tile(size, i));
                             }));
    }
    const TileConfig config = complete(stage, tile_out, tile_in);
    if (config.tile_pixels == 0) {
        return choose_fixed(stage);
    }
    Candidate candidate;
    candidate.config = config;
    candidate.need = ShortCost::above(needs_of({&shape, config, stage.arena_bytes, stage.model, stage.boot}).job);
    return only(candidate);
}

}  // namespace

Choice choose(PolicyKind policy, const StageView& stage, const Supply& supply) {
    switch (policy) {
        case PolicyKind::fixed: return choose_fixed(stage);
        case PolicyKind::paper: return choose_paper(stage, supply);
        case PolicyKind::best: return choose_best(stage, supply);
    }
    return choose_best(stage, supply);
}

Choice choose_smaller(PolicyKind policy, const StageView& stage, const Supply& supply) {
    if (policy != PolicyKind::best) {
        const Choice choice = choose(policy, stage, supply);
        if (choice.row.need.value() <= likely_energy(supply)) {
            return choice;
        }
    }
    return choose_best(stage, supply);
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
