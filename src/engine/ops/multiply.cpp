//! Element-wise product of two tensors: a gate and what it lets through.
#include "engine/ops/operation.hpp"

namespace dynbal {
namespace {

void finish(const JobContext& ctx) {
    const StageDescriptor& stage = *ctx.stage;
    const uint32_t channels = ctx.job.channels.size();
    const uint32_t skip = ctx.job.channels.begin - ctx.windows[0].box.channels.begin;
    const uint32_t shift = stage.rescale_shift;
    const int64_t half = shift > 0 ? int64_t{1} << (shift - 1) : 0;
    int16_t* out = ctx.out;
    for (uint32_t pixel = ctx.job.pixels.begin; pixel < ctx.job.pixels.end; ++pixel) {
        const uint32_t row = pixel / ctx.shape->out_w;
        const uint32_t col = pixel % ctx.shape->out_w;
        const int16_t* a = ctx.windows[0].at(row, col) + skip;
        const int16_t* b = ctx.windows[1].at(row, col) + skip;
        for (uint32_t channel = 0; channel < channels; ++channel) {
            // 28 bits times 31: no overflow.
            const int64_t product = int64_t{(a[channel] >> 1) * (b[channel] >> 1)} * stage.rescale[0];
            *out++ = clamp_to(stage, (product + half) >> shift);
        }
    }
}

}  // namespace

constexpr Operation multiply_operation{nullptr, finish};

}  // namespace dynbal
