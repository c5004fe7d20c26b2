//! Max and average pooling as stages of their own: overlapping windows, padding, whole maps.
#include "engine/ops/operation.hpp"

namespace dynbal {
namespace {

struct Span2 {
    uint32_t begin = 0, end = 0;  ///< taps inside the input, as coordinates
    uint32_t padded = 0;          ///< taps inside the padded input
};

Span2 window_span(uint32_t out, uint32_t stride, uint32_t pad_begin, uint32_t pad_end, uint32_t kernel,
                  uint32_t dilation, uint32_t size) {
    const uint32_t start = out * stride;  // in the padded input
    Span2 span;
    for (uint32_t tap = 0; tap < kernel; ++tap) {
        span.padded += start + tap * dilation < size + pad_begin + pad_end ? 1 : 0;
    }
    span.begin = start > pad_begin ? start - pad_begin
                                   : (pad_begin - start + dilation - 1) / dilation * dilation + start - pad_begin;
    const uint32_t stop = start + (kernel - 1) * dilation + 1;
    span.end = stop > pad_begin ? min_u32(stop - pad_begin, size) : 0;
    return span;
}

void finish(const JobContext& ctx) {
    const StageDescriptor& stage = *ctx.stage;
    const LoopShape& s = *ctx.shape;
    const WindowView& window = ctx.windows[0];
    const uint32_t skip = ctx.job.channels.begin - window.box.channels.begin;
    const bool average = stage.op == StageOp::pool_average;
    int16_t* out = ctx.out;
    for (uint32_t pixel = ctx.job.pixels.begin; pixel < ctx.job.pixels.end; ++pixel) {
        const Span2 rows = window_span(pixel / s.out_w, s.stride_h, s.pad_top, stage.average_pad_bottom, s.kernel_h,
                                       s.dilation_h, s.in_h);
        const Span2 cols = window_span(pixel % s.out_w, s.stride_w, s.pad_left, stage.average_pad_right, s.kernel_w,
                                       s.dilation_w, s.in_w);
        for (uint32_t channel = 0; channel < ctx.job.channels.size(); ++channel) {
            int32_t sum = 0;
            int32_t count = 0;
            int32_t most = activation_min;
            for (uint32_t row = rows.begin; row < rows.end; row += s.dilation_h) {
                for (uint32_t col = cols.begin; col < cols.end; col += s.dilation_w) {
                    const int32_t value = window.at(row, col)[skip + channel] >> 1;
                    sum += value;
                    ++count;
                    most = value > most ? value : most;
                }
            }
            if (stage.count_include_pad != 0) {
                count = static_cast<int32_t>(rows.padded * cols.padded);
            }
            const int32_t value = average ? divide_rounded(sum, count > 0 ? count : 1) : most;
            *out++ = clamp_to(stage, value);
        }
    }
}

}  // namespace

constexpr Operation pool_operation{nullptr, finish};

}  // namespace dynbal
