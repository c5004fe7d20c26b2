//! The one description of a stage's loop nest: geometry, tile configuration, buffer plan, window movement.
//! The engine executes it, the compiler sizes it, the Usage Span prices it.
//!
//! The nest, outermost loop first ("weights stay" has one outer block: all pixels):
//!
//!     for outer block of pixels            (order == inputs_stay: one tile of pixels; else all)
//!       for block of tile_out channels     weights of the block are fetched
//!         for tile of tile_pixels          the input window of the tile is fetched or moved on
//!           for run of run_pixels          one job: compute, then write its values
//!             for pass of tile_in channels only if tile_in < channels: sums are checkpointed
//!
//! With order == sums_move the loop over passes is the outermost instead: weights and inputs stay, while 32-bit
//! partial sums move: each job fetches those of the pass before and stores its own, in two areas of NVM in turn.
//!
//! Pixels are output pixels in row-major order; tensors are [h, w, c], channels innermost.
#pragma once

#include <cstdint>

#include "base/math.hpp"
#include "plugin/methods.hpp"

namespace dynbal {

/// Geometry of one stage, everything that traffic depends on. All sizes in values unless named otherwise.
struct LoopShape {
    uint32_t out_h = 1, out_w = 1, channels_out = 1;
    uint32_t in_h = 1, in_w = 1, channels_in = 1;
    uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
    uint32_t dilation_h = 1, dilation_w = 1;
    uint32_t pad_top = 0, pad_left = 0;
    /// Fused pooling: each output pixel covers pool_h x pool_w positions of the kernel.
    uint32_t pool_h = 1, pool_w = 1, pool_stride_h = 1, pool_stride_w = 1;
    uint32_t groups = 1;        ///< output channel n depends on the input channels of its group only
    uint32_t operands = 1;      ///< input tensors of the same shape: 2 for an addition
    uint32_t header_bytes = 0;  ///< bytes fetched per output channel beside the weights (bias, multiplier)
    uint32_t weight_bytes = 0;  ///< bytes of one weight; 0: no weights
    bool counts_macs = false;   ///< convolution and FC: one MAC per weight and position
    bool input_packed = true;   ///< pixels follow each other in NVM (not a channel slice of a wider tensor)
    bool output_packed = true;
    uint8_t method = 0;            ///< of preservation, its place in plugin/methods.hpp
    uint32_t sums_area_bytes = 0;  ///< NVM of one of the two areas for partial sums; 0: none

    constexpr const Preservation& preservation() const { return facts_of_method(method); }
    constexpr uint32_t pixels() const { return out_h * out_w; }
    constexpr uint32_t values() const { return pixels() * channels_out; }
    constexpr uint32_t group_in() const { return channels_in / groups; }
    constexpr uint32_t group_out() const { return channels_out / groups; }
    constexpr uint32_t taps() const { return kernel_h * kernel_w; }
    /// Rows (columns) of input that one output pixel depends on, and their step from pixel to pixel.
    constexpr uint32_t window_h() const { return (pool_h - 1) * stride_h + (kernel_h - 1) * dilation_h + 1; }
    constexpr uint32_t window_w() const { return (pool_w - 1) * stride_w + (kernel_w - 1) * dilation_w + 1; }
    constexpr uint32_t step_h() const { return pool_stride_h * stride_h; }
    constexpr uint32_t step_w() const { return pool_stride_w * stride_w; }
    /// Weights of one output channel as stored: padded to whole 32-bit words.
    constexpr uint32_t weight_row_bytes() const { return align4(taps() * group_in() * weight_bytes); }
};

enum class LoopOrder : uint8_t { weights_stay = 0, inputs_stay = 1, sums_move = 2 };

/// Tile sizes and loop order of one stage: 12 bytes, the same in the image, in records and in memory.
struct TileConfig {
    uint16_t tile_out = 1;     ///< output channels a block, 1..channels_out
    uint16_t tile_in = 1;      ///< input channels a pass, 1..channels_in; less than all only if groups == 1
    uint32_t tile_pixels = 1;  ///< less than a row, or a whole number of rows
    uint16_t run_pixels = 1;   ///< pixels a job, at most tile_pixels; less than a row, or whole rows
    LoopOrder order = LoopOrder::weights_stay;
    uint8_t reserved = 0;

    constexpr bool operator==(const TileConfig&) const = default;
};
static_assert(sizeof(TileConfig) == 12);

/// A rectangle of output values still to be computed: pixel range x channel range.
struct Region {
    uint32_t pixel_begin = 0, pixel_end = 0;
    uint16_t channel_begin = 0, channel_end = 0;

    constexpr Range pixels() const { return {pixel_begin, pixel_end}; }
    constexpr Range channels() const { return {channel_begin, channel_end}; }
    constexpr uint32_t values() const { return pixels().size() * channels().size(); }
};
static_assert(sizeof(Region) == 12);

constexpr Region whole_region(const LoopShape& shape) {
    return {0, shape.pixels(), 0, static_cast<uint16_t>(shape.channels_out)};
}

/// One job: a rectangle of pixels (part of one row, or whole rows) x a range of output channels.
struct Job {
    Range pixels;
    Range channels;

    constexpr uint32_t values() const { return pixels.size() * channels.size(); }
};

/// A box of input: rows x columns x channels, clipped to the tensor.
struct Box {
    Range rows, cols, channels;

    constexpr bool empty() const { return rows.empty() || cols.empty() || channels.empty(); }
    constexpr uint32_t values() const { return rows.size() * cols.size() * channels.size(); }
    constexpr bool operator==(const Box&) const = default;
};

/// Positions of the kernel (before fused pooling) that a job computes: a rectangle.
struct Positions {
    Range rows, cols;
    constexpr uint32_t count() const { return rows.size() * cols.size(); }
};

/// The tile that holds pixel `pixel`.
Range tile_of(const LoopShape& shape, const TileConfig& config, uint32_t pixel);
/// Input channels that the output channels `channels` depend on.
Range input_channels(const LoopShape& shape, const Range& channels);
/// Input box that pixels (part of a row, or whole rows touched by the range) depend on.
Box input_box(const LoopShape& shape, const Range& pixels, const Range& channels_in);
/// Kernel positions behind a job's pixels.
Positions positions_of(const LoopShape& shape, const Range& pixels);
/// Kernel taps of one axis that lie inside the input, for the position `position` of that axis.
Range taps_inside(uint32_t position, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation, uint32_t size);
/// Multiply-accumulates of a job, taps in the padding left out, over `channels_in` input channels of each group.
uint64_t macs_of(const LoopShape& shape, const Job& job, uint32_t channels_in);
/// Is the sum of a value built in several passes, each a fetch of tile_in channels?
constexpr bool has_passes(const LoopShape& shape, const TileConfig& config) {
    return config.tile_in < shape.group_in();
}
/// Are the passes of a value inside one job, its sums in SRAM?
constexpr bool has_passes_in_job(const LoopShape& shape, const TileConfig& config) {
    return has_passes(shape, config) && config.order != LoopOrder::sums_move;
}
constexpr uint32_t pass_count(const LoopShape& shape, const TileConfig& config) {
    return has_passes(shape, config) ? ceil_div(shape.group_in(), config.tile_in) : 1;
}

/// How a configuration divides the SRAM arena. All sizes in bytes, multiples of 4.
struct BufferPlan {
    uint32_t header_bytes = 0;
    uint32_t weight_bytes = 0;
    uint32_t window_rows = 0, window_cols = 0, window_channels = 0;  ///< capacity of the input window
    uint32_t window_bytes = 0;                                       ///< of one operand
    uint32_t patch_bytes = 0;
    uint32_t sum_bytes = 0;  ///< 32-bit sums of a job, and the trailer when there are passes
    uint32_t out_bytes = 0;
    bool input_resident = false;  ///< the whole input fits and stays while blocks of weights pass by

    constexpr uint32_t total(uint32_t operands) const {
        return header_bytes + weight_bytes + operands * window_bytes + patch_bytes + sum_bytes + out_bytes;
    }
};

/// Sizes the buffers; prefers to keep the whole input resident where that saves fetching it again.
BufferPlan plan_buffers(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes);
/// Do the fields lie in their ranges and the buffers fit the arena?
bool is_valid(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes);

/// Which box of input is in SRAM, and what moving on to another box costs. Pure bookkeeping: the engine
/// performs the steps, the Usage Span counts them.
class InputWindow {
public:
    struct Step {
        Box read;                  ///< to be read from NVM, empty if all is there
        uint32_t drop_rows = 0;    ///< first make room: forget this many rows at the front
        uint32_t drop_cols = 0;    ///< or this many columns
        uint32_t insert_rows = 0;  ///< or move what is held back by this many rows: `read` comes before it
        uint32_t insert_cols = 0;
    };

    InputWindow() = default;
    explicit InputWindow(const BufferPlan& plan) : rows_capacity_(plan.window_rows), cols_capacity_(plan.window_cols) {}

    /// What to do so that `want` is held; afterwards held() covers it.
    Step move_to(const Box& want);
    const Box& held() const { return held_; }

private:
    Step extend_rows(const Box& want);
    Step extend_cols(const Box& want);
    Step prepend_rows(const Box& want);
    Step prepend_cols(const Box& want);

    Box held_{};
    uint32_t rows_capacity_ = 0, cols_capacity_ = 0;
};

}  // namespace dynbal
