#include "plugin/loop_nest.hpp"

namespace dynbal {
namespace {

/// Input rows (or columns) behind outputs [begin, end): clipped to [0, size).
Range input_span(const Range& out, uint32_t step, uint32_t window, uint32_t pad, uint32_t size) {
    const uint32_t first = out.begin * step;
    const uint32_t last = (out.end - 1) * step + window;
    return {min_u32(first > pad ? first - pad : 0, size), last > pad ? min_u32(last - pad, size) : 0};
}

/// Most input rows (columns) that `count` consecutive outputs can need.
uint32_t input_extent(uint32_t count, uint32_t step, uint32_t window, uint32_t size) {
    return min_u32((count - 1) * step + window, size);
}

Range rows_of(const LoopShape& shape, const Range& pixels) {
    return {pixels.begin / shape.out_w, (pixels.end - 1) / shape.out_w + 1};
}

Range cols_of(const LoopShape& shape, const Range& pixels) {
    const Range rows = rows_of(shape, pixels);
    if (rows.size() > 1) {
        return {0, shape.out_w};
    }
    return {pixels.begin - rows.begin * shape.out_w, pixels.end - rows.begin * shape.out_w};
}

/// Does `want` begin inside `held` or right behind it?
bool follows(const Range& held, const Range& want) { return held.begin <= want.begin && want.begin <= held.end; }

/// Does `want` end inside `held` or right before it, with room for both?
bool precedes(const Range& held, const Range& want, uint32_t capacity) {
    return want.begin < held.begin && held.begin <= want.end && want.end <= held.end &&
           held.end - want.begin <= capacity;
}

}  // namespace

Range tile_of(const LoopShape& shape, const TileConfig& config, uint32_t pixel) {
    const uint32_t tile = config.tile_pixels;
    if (tile >= shape.out_w) {
        const uint32_t begin = pixel / tile * tile;
        return {begin, min_u32(begin + tile, shape.pixels())};
    }
    const uint32_t row_begin = pixel / shape.out_w * shape.out_w;
    const uint32_t begin = row_begin + (pixel - row_begin) / tile * tile;
    return {begin, min_u32(begin + tile, row_begin + shape.out_w)};
}

Range input_channels(const LoopShape& shape, const Range& channels) {
    return {channels.begin / shape.group_out() * shape.group_in(),
            ceil_div(channels.end, shape.group_out()) * shape.group_in()};
}

Box input_box(const LoopShape& shape, const Range& pixels, const Range& channels_in) {
    Box box;
    box.rows = input_span(rows_of(shape, pixels), shape.step_h(), shape.window_h(), shape.pad_top, shape.in_h);
    box.cols = input_span(cols_of(shape, pixels), shape.step_w(), shape.window_w(), shape.pad_left, shape.in_w);
    box.channels = channels_in;
    return box;
}

Positions positions_of(const LoopShape& shape, const Range& pixels) {
    const Range rows = rows_of(shape, pixels);
    const Range cols = cols_of(shape, pixels);
    return {{rows.begin * shape.pool_stride_h, (rows.end - 1) * shape.pool_stride_h + shape.pool_h},
            {cols.begin * shape.pool_stride_w, (cols.end - 1) * shape.pool_stride_w + shape.pool_w}};
}

Range taps_inside(uint32_t position, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation, uint32_t size) {
    const uint32_t start = position * stride;  // in the padded input
    const uint32_t begin = start < pad ? min_u32(ceil_div(pad - start, dilation), kernel) : 0;
    const uint32_t limit = size + pad;
    const uint32_t end = start < limit ? min_u32(ceil_div(limit - start, dilation), kernel) : 0;
    return {begin, max_u32(begin, end)};
}

uint64_t macs_of(const LoopShape& shape, const Job& job, uint32_t channels_in) {
    if (!shape.counts_macs) {
        return 0;
    }
    const Positions positions = positions_of(shape, job.pixels);
    uint64_t row_taps = 0;
    for (uint32_t row = positions.rows.begin; row < positions.rows.end; ++row) {
        row_taps +=
            taps_inside(row, shape.stride_h, shape.pad_top, shape.kernel_h, shape.dilation_h, shape.in_h).size();
    }
    uint64_t col_taps = 0;
    for (uint32_t col = positions.cols.begin; col < positions.cols.end; ++col) {
        col_taps +=
            taps_inside(col, shape.stride_w, shape.pad_left, shape.kernel_w, shape.dilation_w, shape.in_w).size();
    }
    return row_taps * col_taps * job.channels.size() * channels_in;
}

BufferPlan plan_buffers(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes) {
    BufferPlan plan;
    const uint32_t tile_rows = config.tile_pixels >= shape.out_w ? config.tile_pixels / shape.out_w : 1;
    const uint32_t tile_cols = config.tile_pixels >= shape.out_w ? shape.out_w : config.tile_pixels;
    const bool passes = has_passes(shape, config);
    const uint32_t weight_row =
        passes ? align4(shape.taps() * config.tile_in * shape.weight_bytes) : shape.weight_row_bytes();
    plan.header_bytes = config.tile_out * shape.header_bytes;
    plan.weight_bytes = config.tile_out * weight_row;

    const uint32_t run_rows = config.run_pixels >= shape.out_w ? config.run_pixels / shape.out_w : 1;
    const uint32_t run_cols = config.run_pixels >= shape.out_w ? shape.out_w : config.run_pixels;
    const uint32_t positions =
        ((run_rows - 1) * shape.pool_stride_h + shape.pool_h) * ((run_cols - 1) * shape.pool_stride_w + shape.pool_w);
    plan.sum_bytes = shape.counts_macs ? positions * config.tile_out * 4 : 0;
    plan.sum_bytes += has_passes_in_job(shape, config) ? checkpoint_trailer_bytes : 0;
    plan.out_bytes = align4(uint32_t{config.run_pixels} * config.tile_out * 2);

    // Output channels of one block may touch one group more than they fill.
    const uint32_t groups_touched = min_u32(
        shape.groups,
        shape.group_out() == 1 ? config.tile_out : (config.tile_out - 2 + 2 * shape.group_out()) / shape.group_out());
    plan.window_channels = passes ? config.tile_in : groups_touched * shape.group_in();
    plan.patch_bytes = shape.counts_macs ? align4(shape.taps() * (passes ? config.tile_in : shape.group_in()) * 2) : 0;
    plan.window_rows = input_extent(tile_rows, shape.step_h(), shape.window_h(), shape.in_h);
    plan.window_cols =
        tile_cols == shape.out_w ? shape.in_w : input_extent(tile_cols, shape.step_w(), shape.window_w(), shape.in_w);
    plan.window_bytes = align4(plan.window_rows * plan.window_cols * plan.window_channels * 2);

    const bool blocks_repeat = config.tile_out < shape.channels_out && config.order != LoopOrder::inputs_stay &&
                               shape.groups == 1 && !has_passes_in_job(shape, config);
    const bool slides_one_way = tile_cols == shape.out_w || shape.out_h == 1;
    if (blocks_repeat && slides_one_way) {
        const uint32_t whole = align4(shape.in_h * shape.in_w * plan.window_channels * 2);
        const uint32_t rest = plan.total(shape.operands) - shape.operands * plan.window_bytes;
        if (whole <= arena_bytes && rest + shape.operands * whole <= arena_bytes) {
            plan.window_rows = shape.in_h;
            plan.window_cols = shape.in_w;
            plan.window_bytes = whole;
            plan.input_resident = true;
        }
    }
    return plan;
}

bool is_valid(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes) {
    const uint32_t width = shape.out_w;
    const bool out_ok = config.tile_out >= 1 && config.tile_out <= shape.channels_out;
    const bool in_ok = config.tile_in >= 1 && config.tile_in <= shape.group_in() &&
                       (config.tile_in == shape.group_in() || (shape.groups == 1 && shape.counts_macs));
    const bool tile_ok = config.tile_pixels >= 1 && config.tile_pixels <= shape.pixels() &&
                         (config.tile_pixels < width || config.tile_pixels % width == 0);
    const bool run_ok = config.run_pixels >= 1 && config.run_pixels <= config.tile_pixels &&
                        (config.run_pixels < width || config.run_pixels % width == 0);
    if (!out_ok || !in_ok || !tile_ok || !run_ok || config.order > LoopOrder::sums_move || config.reserved != 0) {
        return false;
    }
    // The products that could leave 32 bits, in 64.
    const uint64_t run_rows = config.run_pixels >= width ? config.run_pixels / width : 1;
    const uint64_t run_cols = config.run_pixels >= width ? width : config.run_pixels;
    const uint64_t positions =
        ((run_rows - 1) * shape.pool_stride_h + shape.pool_h) * ((run_cols - 1) * shape.pool_stride_w + shape.pool_w);
    if (positions * config.tile_out * 4 > uint64_t{arena_bytes} * (shape.counts_macs ? 1 : 0xFFFF) ||
        uint64_t{config.tile_out} * shape.taps() * config.tile_in * shape.weight_bytes > arena_bytes ||
        uint64_t{config.run_pixels} * config.tile_out * 2 > arena_bytes) {
        return false;
    }
    const BufferPlan plan = plan_buffers(shape, config, arena_bytes);
    const bool in_job_ok = !has_passes_in_job(shape, config) ||
                           (config.run_pixels == config.tile_pixels && plan.sum_bytes <= checkpoint_slot_bytes);
    const bool moves_ok =
        config.order != LoopOrder::sums_move ||
        (has_passes(shape, config) && shape.pool_h == 1 && shape.pool_w == 1 && shape.pool_stride_h == 1 &&
         shape.pool_stride_w == 1 && uint64_t{shape.values()} * 4 <= shape.sums_area_bytes &&
         uint64_t{shape.values()} * pass_count(shape, config) <= 0xFFFFFFFFU);
    return in_job_ok && moves_ok && plan.total(shape.operands) <= arena_bytes;
}

InputWindow::Step InputWindow::move_to(const Box& want) {
    if (want.empty()) {
        return {};
    }
    const bool same_channels = !held_.empty() && held_.channels == want.channels;
    if (same_channels && held_.rows.covers(want.rows) && held_.cols.covers(want.cols)) {
        return {};
    }
    if (same_channels && held_.cols == want.cols) {
        if (follows(held_.rows, want.rows)) {
            return extend_rows(want);
        }
        if (precedes(held_.rows, want.rows, rows_capacity_)) {
            return prepend_rows(want);
        }
    }
    if (same_channels && held_.rows == want.rows) {
        if (follows(held_.cols, want.cols)) {
            return extend_cols(want);
        }
        if (precedes(held_.cols, want.cols, cols_capacity_)) {
            return prepend_cols(want);
        }
    }
    held_ = want;
    Step step;
    step.read = want;
    return step;
}

/// After a failure in the middle of a resident input: what lies before it is added, not all fetched again.
InputWindow::Step InputWindow::prepend_rows(const Box& want) {
    Step step;
    step.insert_rows = held_.rows.begin - want.rows.begin;
    step.read = {{want.rows.begin, held_.rows.begin}, want.cols, want.channels};
    held_.rows.begin = want.rows.begin;
    return step;
}

InputWindow::Step InputWindow::prepend_cols(const Box& want) {
    Step step;
    step.insert_cols = held_.cols.begin - want.cols.begin;
    step.read = {want.rows, {want.cols.begin, held_.cols.begin}, want.channels};
    held_.cols.begin = want.cols.begin;
    return step;
}

InputWindow::Step InputWindow::extend_rows(const Box& want) {
    Step step;
    if (want.rows.end - held_.rows.begin > rows_capacity_) {
        step.drop_rows = want.rows.begin - held_.rows.begin;
    }
    step.read = {{held_.rows.end, want.rows.end}, want.cols, want.channels};
    held_.rows = {held_.rows.begin + step.drop_rows, want.rows.end};
    return step;
}

InputWindow::Step InputWindow::extend_cols(const Box& want) {
    Step step;
    if (want.cols.end - held_.cols.begin > cols_capacity_) {
        step.drop_cols = want.cols.begin - held_.cols.begin;
    }
    step.read = {want.rows, {held_.cols.end, want.cols.end}, want.channels};
    held_.cols = {held_.cols.begin + step.drop_cols, want.cols.end};
    return step;
}

}  // namespace dynbal
