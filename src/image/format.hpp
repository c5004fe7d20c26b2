//! The device image: the only definition of its layout (SPEC.md describes it in prose).
//!
//! All integers little-endian. Offsets count bytes from the start of NVM. An image is the constant part of NVM
//! [header | stages | state runs | candidates | headers | weights]; the run-time part (records, checkpoints,
//! tensors) follows it in NVM and is made by Engine::format().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugin/methods.hpp"
#include "plugin/policy.hpp"

namespace dynbal {

/// Size of one of the two slots for progress records (nvm/record.hpp).
inline constexpr uint32_t record_slot_bytes = 76;
/// Regions of a stage that wait behind the one being worked on, at most.
inline constexpr uint32_t waiting_regions_max = 9;
inline constexpr uint32_t records_bytes = 2 * record_slot_bytes + waiting_regions_max * sizeof(Region);

inline constexpr uint32_t image_magic = 0x31424E44;  // "DNB1"
inline constexpr uint16_t image_version = 7;

/// Activations are 15-bit signed values q in the low bits of a 16-bit word; the top bit is the state.
inline constexpr int32_t activation_min = -16384;
inline constexpr int32_t activation_max = 16383;
inline constexpr int32_t activation_bits = 15;

/// SRAM for buffers that an image may ask for.
inline constexpr uint32_t arena_bytes_min = 256;
inline constexpr uint32_t arena_bytes_max = 1U << 28U;

/// Most input values, and most output values, of a stage.
inline constexpr uint32_t stage_values_max = 1U << 24U;
/// Most values an average may be taken of: twice their sum and the rounding fit 31 bits.
inline constexpr uint32_t average_values_max = 65000;
/// Longest input axis of a stage, padding included; also most that strides and windows multiply to.
inline constexpr uint32_t stage_extent_max = 1U << 20U;
/// Most positions that a fused pool looks at for one value.
inline constexpr uint32_t fused_window_max = 1U << 16U;

/// A curve is given by its values at the ends of 2^k equal pieces of the input's range, k from 1 to this.
inline constexpr uint32_t curve_pieces_log2_max = 8;
/// Largest magnitude of such a value, in units of the output.
inline constexpr int32_t curve_point_max = 1 << 30;
/// Bytes of the points of one channel.
constexpr uint32_t curve_row_bytes(uint32_t pieces_log2) { return 4 * ((1U << pieces_log2) + 1); }

enum class StageOp : uint8_t {
    matrix = 0,
    pool_max = 1,
    pool_average = 2,
    add = 3,
    softmax = 4,
    multiply = 5,
    curve = 6,
};
enum class FusedPool : uint8_t { none = 0, max = 1, average = 2 };

/// A tensor's place in NVM: value (pixel, channel) lies at offset + 2 * (pixel * pixel_stride + channel).
struct TensorPlace {
    uint32_t offset = 0;
    uint16_t pixel_stride = 0;  ///< in values; more than the channels if the tensor is a slice of a wider one
    uint16_t channels = 0;
};
static_assert(sizeof(TensorPlace) == 8);

/// A run of values of a tensor's storage that share their write history. Ends are in values from the start of
/// the storage; the last run ends at its size.
struct StateRun {
    uint32_t end_value = 0;
    uint8_t odd_writes = 0;      ///< 1: the place is written an odd number of times in each inference
    uint8_t written_before = 0;  ///< parity of the writes to this place before this tensor's, in one inference
    uint16_t reserved = 0;
};
static_assert(sizeof(StateRun) == 8);

/// Where a tensor's storage starts and which state runs describe it.
struct StateRuns {
    uint32_t storage_offset = 0;  ///< NVM offset of the storage's first value
    uint32_t runs_offset = 0;
    uint32_t run_count = 0;
};
static_assert(sizeof(StateRuns) == 12);

/// Per output channel of a matrix stage: bias in units of the sums, and the rescaling
/// q = clamp((sum * multiplier + 2^(shift-1)) >> shift); multiplier in [2^22, 2^23), shift in the top byte.
struct ChannelHeader {
    int32_t bias = 0;
    uint32_t scale = 0;

    constexpr int32_t multiplier() const { return static_cast<int32_t>(scale & 0xFFFFFFU); }
    constexpr uint32_t shift() const { return scale >> 24U; }
};
static_assert(sizeof(ChannelHeader) == 8);

/// One stage.
struct StageDescriptor {
    StageOp op = StageOp::matrix;
    uint8_t weight_bytes = 0;  ///< 0, 1 (int8) or 2 (int16)
    FusedPool fused_pool = FusedPool::none;
    Importance importance = Importance::out_first;
    uint16_t in_h = 1, in_w = 1, channels_in = 1;
    uint16_t out_h = 1, out_w = 1, channels_out = 1;
    uint16_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
    uint16_t pad_top = 0, pad_left = 0;
    uint16_t dilation_h = 1, dilation_w = 1;
    uint16_t pool_h = 1, pool_w = 1, pool_stride_h = 1, pool_stride_w = 1;
    uint16_t groups = 1;
    uint8_t operand_count = 1;
    uint8_t count_include_pad = 0;
    int16_t clamp_low = activation_min, clamp_high = activation_max;
    TensorPlace inputs[2];
    TensorPlace output;
    StateRuns states;
    uint32_t headers_offset = 0;
    uint32_t weights_offset = 0;
    uint32_t candidates_offset = 0;
    uint8_t candidate_count = 0;
    uint8_t least_need_row = 0;   ///< of the tile table
    uint8_t start_row = 0;        ///< of the tile table, while nothing is known of the supply
    uint8_t rescale_shift = 0;    ///< add, softmax, multiply; curve: log2 of a piece's width
    int32_t rescale[2] = {0, 0};  ///< add: one factor per operand; multiply: the product's; softmax: see SPEC.md
    uint16_t average_pad_bottom = 0, average_pad_right = 0;  ///< average pooling that counts padding
};
static_assert(sizeof(StageDescriptor) == 112);

struct ImageHeader {
    uint32_t magic = image_magic;
    uint16_t version = image_version;
    uint16_t stage_count = 0;
    uint32_t header_crc = 0;   ///< CRC-32 of this header with this field 0
    uint32_t body_crc = 0;     ///< CRC-32 of the image after the header
    uint32_t image_bytes = 0;  ///< the constant part, header included
    uint32_t nvm_bytes = 0;    ///< all the NVM that is used
    uint32_t arena_bytes = 0;  ///< SRAM for the buffers of a stage; state runs and candidates come on top
    uint32_t stages_offset = 0;
    uint32_t records_offset = 0;      ///< two slots of record_slot_bytes, then the waiting regions
    uint32_t checkpoints_offset = 0;  ///< two slots of checkpoint_slot_bytes
    uint32_t sums_offset = 0;         ///< two footprints, then two areas of sums_area_bytes for partial sums
    uint32_t sums_area_bytes = 0;     ///< 0: no stage may move its sums through NVM
    uint32_t tensors_offset = 0;
    uint32_t tensors_bytes = 0;
    uint32_t input_values = 0;
    uint32_t output_values = 0;
    TensorPlace input;
    StateRuns input_states;
    TensorPlace output;
    CostModel cost_model;
    uint16_t max_state_runs = 1;  ///< most state runs of any tensor
    uint8_t method = 0;           ///< of preservation, its place in plugin/methods.hpp
    uint8_t reserved = 0;
    uint32_t installation =
        0;  ///< CRC-32 of the input that firmware brings along: with another one NVM begins anew; else 0
};
static_assert(sizeof(ImageHeader) == 124);

/// A tile table in NVM: the `from` of each row, padded to whole words, so that an energy is looked up in one transfer; then
/// the rows.
constexpr uint32_t table_rows_offset(uint32_t rows) { return align4(rows * static_cast<uint32_t>(sizeof(ShortCost))); }
constexpr uint32_t table_bytes(uint32_t rows) {
    return table_rows_offset(rows) + rows * static_cast<uint32_t>(sizeof(Candidate));
}

/// Makes a stage's table hold one configuration alone, whatever the supply. `memory` starts with the image.
void set_only_row(std::span<std::byte> memory, StageDescriptor& stage, const TileConfig& config);

/// The loop-nest geometry of a stage, with no room for partial sums and the usual method of preservation.
LoopShape shape_of(const StageDescriptor& stage);
/// The same with what its image says of these.
LoopShape shape_of(const ImageHeader& header, const StageDescriptor& stage);

/// CRC of a header as stored.
uint32_t header_crc(const ImageHeader& header);

enum class ImageFault : uint8_t {
    none,
    too_short,
    not_an_image,
    unknown_version,
    unknown_method,  ///< of preservation
    header_damaged,
    body_damaged,
    bad_layout,  ///< an offset, count or size contradicts another
    bad_stage,   ///< a stage's geometry or a candidate is out of range
};
const char* text_of(ImageFault fault);

/// Checks a whole image, as a host does before it installs one: header, CRCs, every offset, every stage.
ImageFault validate(std::span<const std::byte> image);
/// Checks a header alone, as the engine does at each boot.
ImageFault validate_header(const ImageHeader& header);
/// Checks one stage against its image: ranges of all fields, all offsets inside NVM.
ImageFault validate_stage(const ImageHeader& header, const StageDescriptor& stage);

}  // namespace dynbal
