//! Softmax over the channels of each pixel, in integers: 2^x by a polynomial; one is rescale[1] units, mostly 2^14.
#include "engine/ops/operation.hpp"

namespace dynbal {
namespace {

constexpr uint32_t one_q16 = 1U << 16U;

/// 2^(-x) in Q16 for x >= 0 in Q16 (SPEC.md, "Softmax"): 2^-f = a cubic of f on [0, 1), error below 2^-13.
uint32_t exp2_negative(uint64_t x_q16) {
    const uint64_t whole = x_q16 >> 16U;
    if (whole >= 17) {
        return 0;
    }
    const int64_t f = static_cast<int64_t>(x_q16 & 0xFFFFU);
    // Coefficients of 2^-f (minimax on [0, 1], both ends exact), Q16.
    constexpr int64_t c1 = -45325, c2 = 15155, c3 = -2598;
    int64_t value = c3;
    value = c2 + ((value * f) >> 16);
    value = c1 + ((value * f) >> 16);
    value = int64_t{one_q16} + ((value * f) >> 16);
    return static_cast<uint32_t>(value) >> whole;
}

/// rescale[0] turns a difference of activations into a power of two: Q16 of log2(e) * scale, times 2^8.
uint32_t term(const StageDescriptor& stage, int32_t most, int32_t value) {
    const uint64_t difference = static_cast<uint64_t>(most - value);
    return exp2_negative((difference * static_cast<uint64_t>(stage.rescale[0])) >> 8U);
}

void finish(const JobContext& ctx) {
    const StageDescriptor& stage = *ctx.stage;
    const uint32_t channels_in = ctx.shape->channels_in;
    int16_t* out = ctx.out;
    for (uint32_t pixel = ctx.job.pixels.begin; pixel < ctx.job.pixels.end; ++pixel) {
        const int16_t* x = ctx.windows[0].at(pixel / ctx.shape->out_w, pixel % ctx.shape->out_w);
        int32_t most = activation_min;
        for (uint32_t channel = 0; channel < channels_in; ++channel) {
            most = (x[channel] >> 1) > most ? (x[channel] >> 1) : most;
        }
        uint64_t total = 0;
        for (uint32_t channel = 0; channel < channels_in; ++channel) {
            total += term(stage, most, x[channel] >> 1);
        }
        for (uint32_t channel = ctx.job.channels.begin; channel < ctx.job.channels.end; ++channel) {
            const uint64_t share =
                uint64_t{term(stage, most, x[channel] >> 1)} * static_cast<uint64_t>(stage.rescale[1]) + total / 2;
            // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): the term of the largest value is not zero
            *out++ = clamp_to(stage, static_cast<int64_t>(share / total));
        }
    }
}

}  // namespace

constexpr Operation softmax_operation{nullptr, finish};

}  // namespace dynbal
