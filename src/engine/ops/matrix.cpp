//! Convolution and fully connected stages: exact 32-bit sums, one rounding, activation, fused pooling.
#include <cstring>

#include "engine/ops/operation.hpp"
#include "kernel/mac.hpp"

namespace dynbal {
namespace {

/// First tap and number of taps of one axis that lie inside the input, for a kernel that starts at `start`.
struct Taps {
    uint32_t begin = 0, end = 0;
};
Taps taps_inside(int32_t start, uint32_t kernel, uint32_t dilation, uint32_t size) {
    Taps taps{0, kernel};
    while (taps.begin < kernel && start + static_cast<int32_t>(taps.begin * dilation) < 0) {
        ++taps.begin;
    }
    while (taps.end > taps.begin &&
           start + static_cast<int32_t>((taps.end - 1) * dilation) >= static_cast<int32_t>(size)) {
        --taps.end;
    }
    return taps;
}

/// The input of one kernel position as [taps][channels of `group`]; padding is zero. Points into the window where
/// the words lie there as needed, else gathers them in the patch buffer.
const int16_t* patch_of(const JobContext& ctx, uint32_t position_row, uint32_t position_col, const Range& group) {
    const LoopShape& s = *ctx.shape;
    const WindowView& window = ctx.windows[0];
    const int32_t top = static_cast<int32_t>(position_row * s.stride_h) - static_cast<int32_t>(s.pad_top);
    const int32_t left = static_cast<int32_t>(position_col * s.stride_w) - static_cast<int32_t>(s.pad_left);
    const Taps rows = taps_inside(top, s.kernel_h, s.dilation_h, s.in_h);
    const Taps cols = taps_inside(left, s.kernel_w, s.dilation_w, s.in_w);
    const uint32_t channels = group.size();
    const uint32_t skip = group.begin - window.box.channels.begin;
    const bool all_inside = cols.end - cols.begin == s.kernel_w && rows.end - rows.begin == s.kernel_h;
    const bool whole_pixels = channels == window.box.channels.size();
    if (all_inside && s.kernel_h == 1 && (s.kernel_w == 1 || (s.dilation_w == 1 && whole_pixels))) {
        return window.at(static_cast<uint32_t>(top), static_cast<uint32_t>(left)) + skip;
    }
    int16_t* target = ctx.patch;
    const uint32_t row_words = s.kernel_w * channels;
    for (uint32_t tap_row = 0; tap_row < s.kernel_h; ++tap_row) {
        const bool row_inside = tap_row >= rows.begin && tap_row < rows.end;
        if (!row_inside || cols.begin == cols.end) {
            for (uint32_t i = 0; i < row_words; ++i) {
                *target++ = 0;
            }
            continue;
        }
        const uint32_t row = static_cast<uint32_t>(top + static_cast<int32_t>(tap_row * s.dilation_h));
        for (uint32_t tap_col = 0; tap_col < s.kernel_w; ++tap_col) {
            const bool inside = tap_col >= cols.begin && tap_col < cols.end;
            const int16_t* source =
                inside ? window.at(row, static_cast<uint32_t>(left + static_cast<int32_t>(tap_col * s.dilation_w))) + skip
                       : nullptr;
            for (uint32_t channel = 0; channel < channels; ++channel) {
                *target++ = inside ? source[channel] : int16_t{0};
            }
        }
    }
    return ctx.patch;
}

void mac_channels(const JobContext& ctx, const int16_t* patch, const Range& channels, uint32_t length, int32_t* sums) {
    const uint32_t first = channels.begin - ctx.job.channels.begin;
    const std::byte* weights = ctx.weights + first * ctx.weight_row_bytes;
    if (ctx.stage->weight_bytes == 1) {
        kernel::mac_rows(patch, reinterpret_cast<const int8_t*>(weights), ctx.weight_row_bytes, channels.size(), length,
                         sums + first);
    } else {
        kernel::mac_rows(patch, reinterpret_cast<const int16_t*>(weights), ctx.weight_row_bytes / 2, channels.size(),
                         length, sums + first);
    }
}

void accumulate(const JobContext& ctx) {
    const LoopShape& s = *ctx.shape;
    int32_t* sums = ctx.sums;
    for (uint32_t row = ctx.positions.rows.begin; row < ctx.positions.rows.end; ++row) {
        for (uint32_t col = ctx.positions.cols.begin; col < ctx.positions.cols.end; ++col) {
            for (uint32_t channel = ctx.job.channels.begin; channel < ctx.job.channels.end;) {
                // The output channels of one group share their patch.
                const uint32_t group = channel / s.group_out();
                const Range outs{channel, min_u32((group + 1) * s.group_out(), ctx.job.channels.end)};
                const Range ins = s.groups == 1 ? ctx.channels_in : Range{group * s.group_in(), (group + 1) * s.group_in()};
                const int16_t* patch = patch_of(ctx, row, col, ins);
                mac_channels(ctx, patch, outs, s.taps() * ins.size(), sums);
                channel = outs.end;
            }
            sums += ctx.job.channels.size();
        }
    }
}

/// The one rounding: from an exact sum to a 15-bit activation.
int16_t rescaled(const StageDescriptor& stage, const ChannelHeader& header, int32_t sum) {
    const uint32_t shift = header.shift();
    const int64_t product = (int64_t{sum} + header.bias) * header.multiplier();
    return clamp_to(stage, (product + (int64_t{1} << (shift - 1))) >> shift);
}

/// Rescaled values take the place of their sums: half as wide, so the writer is never ahead of the reader.
/// Accessed as bytes, since the buffer holds both types.
void store_value(int32_t* sums, uint32_t index, int16_t value) {
    std::memcpy(reinterpret_cast<std::byte*>(sums) + 2 * index, &value, sizeof(value));
}
int16_t load_value(const int32_t* sums, uint32_t index) {
    int16_t value = 0;
    std::memcpy(&value, reinterpret_cast<const std::byte*>(sums) + 2 * index, sizeof(value));
    return value;
}

/// Pooling over the rescaled values [positions][channels] in the sums' buffer, to [pixels][channels] at ctx.out.
void pool(const JobContext& ctx) {
    const LoopShape& s = *ctx.shape;
    const uint32_t channels = ctx.job.channels.size();
    const uint32_t cols = ctx.positions.cols.size();
    const uint32_t pixel_rows = (ctx.positions.rows.size() - s.pool_h) / s.pool_stride_h + 1;
    const uint32_t pixel_cols = (cols - s.pool_w) / s.pool_stride_w + 1;
    const bool average = ctx.stage->fused_pool == FusedPool::average;
    int16_t* out = ctx.out;
    for (uint32_t pixel = 0; pixel < pixel_rows * pixel_cols; ++pixel) {
        const uint32_t row = pixel / pixel_cols * s.pool_stride_h;
        const uint32_t col = pixel % pixel_cols * s.pool_stride_w;
        for (uint32_t channel = 0; channel < channels; ++channel) {
            int32_t sum = 0;
            int16_t most = activation_min;
            for (uint32_t tap = 0; tap < s.pool_h * s.pool_w; ++tap) {
                const uint32_t position = (row + tap / s.pool_w) * cols + col + tap % s.pool_w;
                const int16_t value = load_value(ctx.sums, position * channels + channel);
                sum += value;
                most = value > most ? value : most;
            }
            *out++ = average ? static_cast<int16_t>(divide_rounded(sum, static_cast<int32_t>(s.pool_h * s.pool_w))) : most;
        }
    }
}

void finish(const JobContext& ctx) {
    const uint32_t channels = ctx.job.channels.size();
    const uint32_t positions = ctx.positions.count();
    const bool pools = ctx.stage->fused_pool != FusedPool::none;
    for (uint32_t position = 0; position < positions; ++position) {
        for (uint32_t channel = 0; channel < channels; ++channel) {
            const uint32_t index = position * channels + channel;
            const int16_t value = rescaled(*ctx.stage, ctx.headers[channel], ctx.sums[index]);
            if (pools) {
                store_value(ctx.sums, index, value);
            } else {
                ctx.out[index] = value;
            }
        }
    }
    if (pools) {
        pool(ctx);
    }
}

}  // namespace

constexpr Operation matrix_operation{accumulate, finish};

}  // namespace dynbal
