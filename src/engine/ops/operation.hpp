//! An operation computes one job from buffers in SRAM. One file per operation; operation_of() lists them.
#pragma once

#include <cstdint>

#include "image/format.hpp"
#include "plugin/loop_nest.hpp"

namespace dynbal {

/// An input box in SRAM: words hold twice the 15-bit value, [rows][cols][channels].
struct WindowView {
    const int16_t* words = nullptr;
    Box box;
    uint32_t row_pitch = 0;  ///< words from row to row

    const int16_t* at(uint32_t row, uint32_t col) const {
        return words + (row - box.rows.begin) * row_pitch + (col - box.cols.begin) * box.channels.size();
    }
};

/// Everything an operation may use. Buffers are sized by plan_buffers().
struct JobContext {
    const StageDescriptor* stage = nullptr;
    const LoopShape* shape = nullptr;
    Job job;
    Positions positions;  ///< of the kernel, before fused pooling
    Range channels_in;    ///< of this pass; all channels unless the stage runs in passes
    WindowView windows[2];
    const ChannelHeader* headers = nullptr;  ///< of job.channels
    const std::byte* weights = nullptr;      ///< of job.channels, weight_row_bytes each
    uint32_t weight_row_bytes = 0;
    int16_t* patch = nullptr;  ///< scratch: taps x channels of one position
    int32_t* sums = nullptr;   ///< [positions][job.channels], matrix stages
    int16_t* out = nullptr;    ///< [job.pixels][job.channels], 15-bit values
};

struct Operation {
    /// Adds the products of channels_in to the sums; null if the operation has no sums.
    void (*accumulate)(const JobContext&);
    /// Makes the job's values.
    void (*finish)(const JobContext&);
};

/// Null for an operation that does not exist.
const Operation* operation_of(StageOp op);

extern const Operation matrix_operation;
extern const Operation pool_operation;
extern const Operation add_operation;
extern const Operation softmax_operation;
extern const Operation multiply_operation;
extern const Operation curve_operation;

constexpr int16_t clamp_to(const StageDescriptor& stage, int64_t value) {
    const int64_t low = stage.clamp_low;
    const int64_t high = stage.clamp_high;
    return static_cast<int16_t>(value < low ? low : (value > high ? high : value));
}

constexpr int32_t clamp_32(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : (value > high ? high : value);
}

/// numerator / denominator rounded to nearest, halves upwards; denominator > 0.
constexpr int32_t divide_rounded(int32_t numerator, int32_t denominator) {
    const int32_t doubled = 2 * numerator + denominator;
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a window that is all padding is refused by validate_stage()
    const int32_t quotient = doubled / (2 * denominator);
    return doubled % (2 * denominator) < 0 ? quotient - 1 : quotient;
}

}  // namespace dynbal
