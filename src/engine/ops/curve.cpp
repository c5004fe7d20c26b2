//! A function of one value, straight between points that the compiler computed (SPEC.md, "Curves"): Sigmoid, LeakyRelu
//! and their like.
#include "engine/ops/operation.hpp"

namespace dynbal {
namespace {

/// `points`: the function's values at the ends of pieces of 2^shift units, from activation_min on.
int64_t value_at(const int32_t* points, int32_t x, uint32_t shift) {
    const auto distance = static_cast<uint32_t>(x - activation_min);
    const int32_t* piece = points + (distance >> shift);
    const auto inside = static_cast<int64_t>(distance & ((1U << shift) - 1));
    const int64_t rise = int64_t{piece[1]} - piece[0];
    const int64_t half = shift > 0 ? int64_t{1} << (shift - 1) : 0;
    return piece[0] + ((rise * inside + half) >> shift);
}

void finish(const JobContext& ctx) {
    const StageDescriptor& stage = *ctx.stage;
    const uint32_t channels = ctx.job.channels.size();
    const uint32_t skip = ctx.job.channels.begin - ctx.windows[0].box.channels.begin;
    int16_t* out = ctx.out;
    for (uint32_t pixel = ctx.job.pixels.begin; pixel < ctx.job.pixels.end; ++pixel) {
        const int16_t* x = ctx.windows[0].at(pixel / ctx.shape->out_w, pixel % ctx.shape->out_w) + skip;
        const std::byte* row = ctx.weights;
        for (uint32_t channel = 0; channel < channels; ++channel, row += ctx.weight_row_bytes) {
            const auto* points = reinterpret_cast<const int32_t*>(row);
            *out++ = clamp_to(stage, value_at(points, x[channel] >> 1, stage.rescale_shift));
        }
    }
}

}  // namespace

constexpr Operation curve_operation{nullptr, finish};

}  // namespace dynbal
