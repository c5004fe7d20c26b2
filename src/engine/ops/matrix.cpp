//! Convolution and fully connected stages: exact 32-bit sums, one rounding, activation, fused pooling.
#include <cstring>

#include "engine/ops/operation.hpp"
#include "kernel/mac.hpp"

namespace dynbal {
namespace {

/// The kernel at one position: which taps meet input, and where the first of them lies.
struct Placement {
    Range tap_rows, tap_cols;
    uint32_t top = 0, left = 0;  ///< input row and column under the first tap inside
};

Placement placement_of(const LoopShape& s, uint32_t row, uint32_t col) {
    Placement p;
    p.tap_rows = taps_inside(row, s.stride_h, s.pad_top, s.kernel_h, s.dilation_h, s.in_h);
    p.tap_cols = taps_inside(col, s.stride_w, s.pad_left, s.kernel_w, s.dilation_w, s.in_w);
    p.top = row * s.stride_h + p.tap_rows.begin * s.dilation_h - s.pad_top;
    p.left = col * s.stride_w + p.tap_cols.begin * s.dilation_w - s.pad_left;
    return p;
}

/// Adds rows of weights times `length` words, the weights from `first_weight` of each row on.
void mac_channels(const JobContext& ctx, const int16_t* words, const Range& channels, uint32_t first_weight,
                  uint32_t length, int32_t* sums) {
    const uint32_t first = channels.begin - ctx.job.channels.begin;
    const std::byte* weights = ctx.weights + first * ctx.weight_row_bytes + first_weight * ctx.stage->weight_bytes;
    if (ctx.stage->weight_bytes == 1) {
        kernel::mac_rows(words, reinterpret_cast<const int8_t*>(weights), ctx.weight_row_bytes, channels.size(), length,
                         sums + first);
    } else {
        kernel::mac_rows(words, reinterpret_cast<const int16_t*>(weights), ctx.weight_row_bytes / 2, channels.size(),
                         length, sums + first);
    }
}

/// One position, one group. Where all taps are inside, they are gathered and multiplied in one go; at the border
/// each kernel row's taps are, so that padding costs nothing.
void accumulate_position(const JobContext& ctx, const Placement& p, const Range& group, const Range& outs,
                         int32_t* sums) {
    const LoopShape& s = *ctx.shape;
    const WindowView& window = ctx.windows[0];
    const uint32_t channels = group.size();
    const uint32_t skip = group.begin - window.box.channels.begin;
    const bool row_in_place = p.tap_cols.size() == 1 || (s.dilation_w == 1 && channels == window.box.channels.size());
    const bool all_cols = p.tap_cols.size() == s.kernel_w;
    const uint32_t row_words = p.tap_cols.size() * channels;
    int16_t* target = ctx.patch;
    for (uint32_t tap_row = p.tap_rows.begin; tap_row < p.tap_rows.end; ++tap_row) {
        const uint32_t row = p.top + (tap_row - p.tap_rows.begin) * s.dilation_h;
        const int16_t* words = window.at(row, p.left) + skip;
        const bool alone = !all_cols || p.tap_rows.size() == 1;
        // Kernels are fast where x begins at a multiple of 4.
        const bool in_place = alone && row_in_place && (reinterpret_cast<uintptr_t>(words) & 3U) == 0;
        if (!in_place) {
            for (uint32_t tap = 0; tap < p.tap_cols.size(); ++tap) {
                const int16_t* source = window.at(row, p.left + tap * s.dilation_w) + skip;
                std::memcpy(target + tap * channels, source, channels * sizeof(int16_t));
            }
            words = target;
        }
        if (alone) {
            mac_channels(ctx, words, outs, (tap_row * s.kernel_w + p.tap_cols.begin) * channels, row_words, sums);
        } else {
            target += row_words;
        }
    }
    if (target != ctx.patch) {
        mac_channels(ctx, ctx.patch, outs, p.tap_rows.begin * s.kernel_w * channels, p.tap_rows.size() * row_words,
                     sums);
    }
}

void accumulate(const JobContext& ctx) {
    const LoopShape& s = *ctx.shape;
    int32_t* sums = ctx.sums;
    for (uint32_t row = ctx.positions.rows.begin; row < ctx.positions.rows.end; ++row) {
        for (uint32_t col = ctx.positions.cols.begin; col < ctx.positions.cols.end; ++col) {
            const Placement placement = placement_of(s, row, col);
            const bool meets_input = !placement.tap_rows.empty() && !placement.tap_cols.empty();
            for (uint32_t channel = ctx.job.channels.begin; meets_input && channel < ctx.job.channels.end;) {
                // The output channels of one group share their input.
                const uint32_t group = channel / s.group_out();
                const Range outs{channel, min_u32((group + 1) * s.group_out(), ctx.job.channels.end)};
                const Range ins =
                    s.groups == 1 ? ctx.channels_in : Range{group * s.group_in(), (group + 1) * s.group_in()};
                accumulate_position(ctx, placement, ins, outs, sums);
                channel = outs.end;
            }
            sums += ctx.job.channels.size();
        }
    }
}

/// The one rounding: from an exact sum to a 15-bit activation. It never falls as the sum rises.
int16_t rescaled(const StageDescriptor& stage, const ChannelHeader& header, int32_t sum) {
    const uint32_t shift = header.shift();
    // Sum and bias fit 32 bits each, together they need not.
    const int64_t product = (int64_t{sum} + header.bias) * header.multiplier();
    if (shift > 32) {
        // Half of the last place and all that stays lie in the upper word: a 32-bit processor is spared long shifts.
        const int32_t upper = static_cast<int32_t>(product >> 32) + (int32_t{1} << (shift - 33));
        return static_cast<int16_t>(clamp_32(upper >> (shift - 32), stage.clamp_low, stage.clamp_high));
    }
    return clamp_to(stage, (product + (int64_t{1} << (shift - 1))) >> shift);
}

/// Sums of one job, [positions][channels], and its pooling windows.
struct PoolView {
    const int32_t* sums;
    uint32_t channels, cols;  ///< of the positions
    uint32_t window_h, window_w;
};

/// The largest sum in the window whose first position is `position`. Rescaling keeps the order, so it comes afterwards.
int32_t largest_sum(const PoolView& view, uint32_t position, uint32_t channel) {
    int32_t most = INT32_MIN;
    const int32_t* row = view.sums + position * view.channels + channel;
    for (uint32_t tap_row = 0; tap_row < view.window_h; ++tap_row) {
        for (uint32_t tap = 0; tap < view.window_w; ++tap) {
            most = row[tap * view.channels] > most ? row[tap * view.channels] : most;
        }
        row += view.cols * view.channels;
    }
    return most;
}

/// The rounded mean of the window's activations.
int16_t mean_activation(const JobContext& ctx, const PoolView& view, uint32_t position, uint32_t channel) {
    int32_t total = 0;
    const int32_t* row = view.sums + position * view.channels + channel;
    for (uint32_t tap_row = 0; tap_row < view.window_h; ++tap_row) {
        for (uint32_t tap = 0; tap < view.window_w; ++tap) {
            total += rescaled(*ctx.stage, ctx.headers[channel], row[tap * view.channels]);
        }
        row += view.cols * view.channels;
    }
    return static_cast<int16_t>(divide_rounded(total, static_cast<int32_t>(view.window_h * view.window_w)));
}

/// Pooled values [pixels][channels] at ctx.out.
void finish_pooled(const JobContext& ctx) {
    const LoopShape& s = *ctx.shape;
    const PoolView view{ctx.sums, ctx.job.channels.size(), ctx.positions.cols.size(), s.pool_h, s.pool_w};
    const bool is_average = ctx.stage->fused_pool == FusedPool::average;
    int16_t* out = ctx.out;
    for (uint32_t row = 0; row + s.pool_h <= ctx.positions.rows.size(); row += s.pool_stride_h) {
        for (uint32_t col = 0; col + s.pool_w <= view.cols; col += s.pool_stride_w) {
            for (uint32_t channel = 0; channel < view.channels; ++channel) {
                const uint32_t position = row * view.cols + col;
                *out++ = is_average ? mean_activation(ctx, view, position, channel)
                                    : rescaled(*ctx.stage, ctx.headers[channel], largest_sum(view, position, channel));
            }
        }
    }
}

void finish(const JobContext& ctx) {
    if (ctx.stage->fused_pool != FusedPool::none) {
        finish_pooled(ctx);
        return;
    }
    const uint32_t channels = ctx.job.channels.size();
    const uint32_t positions = ctx.positions.count();
    const int32_t* sums = ctx.sums;
    int16_t* out = ctx.out;
    for (uint32_t position = 0; position < positions; ++position) {
        for (uint32_t channel = 0; channel < channels; ++channel) {
            *out++ = rescaled(*ctx.stage, ctx.headers[channel], *sums++);
        }
    }
}

}  // namespace

constexpr Operation matrix_operation{accumulate, finish};

}  // namespace dynbal
