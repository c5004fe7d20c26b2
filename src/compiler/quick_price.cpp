#include "compiler/quick_price.hpp"

#include <algorithm>
#include <limits>

namespace dynbal::compiler {
namespace {

uint32_t tile_count(const LoopShape& shape, const TileConfig& config) {
    if (config.tile_pixels >= shape.out_w) {
        return ceil_div(shape.pixels(), config.tile_pixels);
    }
    return shape.out_h * ceil_div(shape.out_w, config.tile_pixels);
}

/// Expected loss of a datum of cost `cost` used over a span of work `span` (see the file comment).
uint64_t expected_loss(uint64_t cost, uint64_t span) {
    if (span <= cost) {
        return cost / 2;
    }
    return cost - static_cast<uint64_t>(static_cast<double>(cost) * static_cast<double>(cost) /
                                        (2.0 * static_cast<double>(span)));
}

Traffic box_traffic(const LoopShape& shape, const BufferPlan& plan, const Box& box) {
    if (box.empty()) {
        return {};
    }
    const bool whole_pixels = shape.input_packed && box.channels.size() == shape.channels_in;
    const bool whole_rows = box.cols.size() == shape.in_w && plan.window_cols == shape.in_w;
    uint32_t transfers = box.rows.size() * box.cols.size();
    if (whole_pixels) {
        transfers = whole_rows ? 1 : box.rows.size();
    }
    return {uint64_t{box.values()} * 2, 0, transfers, 0};
}

Traffic block_traffic(const LoopShape& shape, uint32_t channels) {
    Traffic total;
    if (shape.header_bytes != 0) {
        total += {uint64_t{channels} * shape.header_bytes, 0, 1, 0};
    }
    if (shape.weight_bytes != 0) {
        total += {uint64_t{channels} * shape.weight_row_bytes(), 0, 1, 0};
    }
    return total;
}

Traffic pass_weight_traffic(const LoopShape& shape, uint32_t channels, uint32_t channels_in) {
    const uint64_t slices = uint64_t{channels} * shape.taps();
    return {slices * channels_in * shape.weight_bytes, 0, slices, 0};
}

Traffic write_traffic(const LoopShape& shape, const Job& job) {
    const bool contiguous = shape.output_packed && job.channels.size() == shape.channels_out;
    const uint32_t note = shape.preservation().values_note_bytes;
    return {0, uint64_t{job.values()} * 2 + note, (contiguous ? 1 : job.pixels.size()) + (note != 0 ? 1 : 0), 0};
}

/// The first of `count` outputs whose windows reach most input along one axis: of groups of `count` that follow each other,
/// the last one moved so far back that it is whole. What a group reaches rises, stays and falls from one to the next; it
/// falls from where windows begin inside the input.
uint32_t dearest_group(uint32_t count, uint32_t out, uint32_t step, uint32_t window, uint32_t pad, uint32_t in) {
    const auto reached = [&](uint32_t first) {
        // 31 bits hold it: extents end at 2^20 (image/format.hpp).
        const auto begin = static_cast<int32_t>(first * step) - static_cast<int32_t>(pad);
        const auto end = begin + static_cast<int32_t>((count - 1) * step + window);
        const auto limit = static_cast<int32_t>(in);
        return (end < limit ? end : limit) - (begin > 0 ? begin : 0);
    };
    const uint32_t last = out - count;
    const uint32_t inside = min_u32(ceil_div(pad, count * step) * count, last);
    uint32_t dearest = last / 2 / count * count;
    const uint32_t others[] = {inside > count ? inside - count : 0, inside, last};
    for (const uint32_t first : others) {
        dearest = reached(first) > reached(dearest) ? first : dearest;
    }
    return dearest;
}

/// Pixels as many as those of a tile or job, where they are dearest: in padding there is nothing to fetch or multiply.
Range dearest_pixels(const LoopShape& shape, uint32_t pixels) {
    const uint32_t rows = pixels < shape.out_w ? 1 : min_u32(pixels / shape.out_w, shape.out_h);
    const uint32_t cols = min_u32(pixels, shape.out_w);
    const uint32_t row = dearest_group(rows, shape.out_h, shape.step_h(), shape.window_h(), shape.pad_top, shape.in_h);
    const uint32_t col = dearest_group(cols, shape.out_w, shape.step_w(), shape.window_w(), shape.pad_left, shape.in_w);
    const uint32_t begin = row * shape.out_w + col;
    return {begin, begin + (rows - 1) * shape.out_w + cols};
}

/// The tile, job and pass that cost most.
struct Dearest {
    Range tile;
    Job job;
    Range channels_in;
};
Dearest dearest_of(const LoopShape& shape, const TileConfig& config) {
    Dearest d;
    d.tile = dearest_pixels(shape, config.tile_pixels);
    d.job = {dearest_pixels(shape, min_u32(config.run_pixels, config.tile_pixels)), {0, config.tile_out}};
    d.channels_in = has_passes(shape, config) ? Range{0, config.tile_in} : input_channels(shape, d.job.channels);
    return d;
}

/// Passes inside each job: nothing but the newest checkpoint outlives a failure.
void price_passes_in_job(const LoopShape& shape, const TileConfig& config, const CostModel& model,
                         const BufferPlan& plan, QuickPrice& span) {
    const Dearest d = dearest_of(shape, config);
    const uint64_t sums_bytes = plan.sum_bytes;
    Traffic pass = pass_weight_traffic(shape, config.tile_out, config.tile_in);
    pass += box_traffic(shape, plan, input_box(shape, d.job.pixels, d.channels_in)) * shape.operands;
    pass.macs += macs_of(shape, d.job, config.tile_in);
    pass += {uint64_t{config.tile_out} * shape.header_bytes, sums_bytes, 2, 0};
    const uint64_t resume = cost_of(model, {sums_bytes + checkpoint_trailer_bytes, 0, 3, 0});
    const uint64_t pass_cost = cost_of(model, pass);
    span.refetch = resume + pass_cost / 2;
}

/// Weights of a block and a window of input are used over many jobs.
void price_blocks(const LoopShape& shape, const TileConfig& config, const CostModel& model, const BufferPlan& plan,
                  QuickPrice& span) {
    const Dearest d = dearest_of(shape, config);
    const bool moves = config.order == LoopOrder::sums_move;
    const uint64_t passes = moves ? pass_count(shape, config) : 1;
    const uint64_t blocks = ceil_div(shape.channels_out, config.tile_out);
    const uint64_t tiles = tile_count(shape, config);

    Traffic job = write_traffic(shape, d.job);
    job.macs += macs_of(shape, d.job, shape.group_in());
    if (moves) {
        const uint64_t sums_bytes = uint64_t{d.job.values()} * 4;
        job = {sums_bytes, sums_bytes + shape.preservation().area_note_bytes, 3, macs_of(shape, d.job, config.tile_in)};
    }
    const uint64_t job_cost = cost_of(model, job);
    const uint64_t block_cost = cost_of(model, moves ? pass_weight_traffic(shape, config.tile_out, config.tile_in)
                                                     : block_traffic(shape, config.tile_out));
    const uint64_t box_cost =
        cost_of(model, box_traffic(shape, plan, input_box(shape, d.tile, d.channels_in)) * shape.operands);
    const bool blocks_reload = config.order == LoopOrder::inputs_stay && blocks > 1;
    const uint64_t block_uses = passes * blocks * (blocks_reload ? tiles : 1);
    const bool box_stays = config.order == LoopOrder::inputs_stay || plan.input_resident;
    const uint64_t box_uses = passes * tiles * (box_stays ? 1 : blocks);
    span.refetch = expected_loss(block_cost, span.reuse / block_uses) + expected_loss(box_cost, span.reuse / box_uses) +
                   job_cost / 2;
    if (plan.input_resident) {
        const Box whole{{0, shape.in_h}, {0, shape.in_w}, d.channels_in};
        const uint64_t whole_cost = cost_of(model, box_traffic(shape, plan, whole) * shape.operands);
        span.refetch += whole_cost > box_cost ? whole_cost - box_cost : 0;
    }
    const uint64_t footprints = moves ? cost_of(model, {2 * footprint_bytes, 0, 2, 0}) : 0;
    span.refetch += footprints;
}

/// Energy that a job takes which begins with nothing in SRAM, at a few places of the stage; without boot.
uint64_t sampled_need(const LoopShape& shape, const TileConfig& config, const CostModel& model, uint32_t arena_bytes) {
    constexpr uint32_t places = 4;
    Schedule schedule(shape, config, arena_bytes, whole_region(shape));
    uint64_t dearest = 0;
    for (uint32_t i = 0; i < places; ++i) {
        const auto index = static_cast<uint32_t>(uint64_t{schedule.end()} * i / places);
        const uint32_t pass_begin = index / schedule.order().values() * schedule.order().values();
        schedule.forget();
        const JobPlan plan = schedule.next({pass_begin + schedule.order().job_begin(index - pass_begin), 0});
        const uint64_t cost = cost_of(model, traffic_of(accesses_of(shape, schedule.buffers(), plan)));
        dearest = std::max(dearest, cost);
    }
    return dearest;
}

}  // namespace

QuickPrice quick_price(const LoopShape& shape, const TileConfig& config, const CostModel& model, uint32_t arena_bytes) {
    const BufferPlan plan = plan_buffers(shape, config, arena_bytes);
    QuickPrice price{config, cost_of(model, stage_traffic(shape, config, arena_bytes)), 0, 0};
    if (has_passes_in_job(shape, config)) {
        price_passes_in_job(shape, config, model, plan, price);
    } else {
        price_blocks(shape, config, model, plan, price);
    }
    const bool all = shape.preservation().kept == Kept::stages;
    price.need = model.boot + (all ? price.reuse : sampled_need(shape, config, model, arena_bytes));
    return price;
}

double quick_cost(const QuickPrice& price, const CostModel& model, uint64_t energy) {
    if (energy == never) {
        return static_cast<double>(price.reuse);
    }
    const auto boot = static_cast<double>(model.boot);
    const double afforded = static_cast<double>(energy) - boot;
    const double least = std::max(static_cast<double>(price.need) - boot, 0.0);
    double lost = static_cast<double>(price.refetch);
    // A cycle that affords little more than `least` ends just after its first job: nearly all of it was fetching.
    if (least > lost) {
        lost += (least - lost) * (least / afforded) * (least / afforded);
    }
    if (price.need > energy) {
        return std::numeric_limits<double>::infinity();
    }
    // The formula errs, most where little is left: it only sorts.
    const double useful = std::max(afforded - lost, afforded / 50);
    return static_cast<double>(price.reuse) * static_cast<double>(energy) / useful;
}

}  // namespace dynbal::compiler
