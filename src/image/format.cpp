#include "image/format.hpp"

#include <cstring>

#include "base/crc32.hpp"

namespace dynbal {
namespace {

template <typename T>
bool load(std::span<const std::byte> image, uint32_t offset, T& value) {
    if (offset > image.size() || image.size() - offset < sizeof(T)) {
        return false;
    }
    std::memcpy(&value, image.data() + offset, sizeof(T));
    return true;
}

bool inside(uint64_t begin, uint64_t bytes, uint64_t limit_begin, uint64_t limit_end) {
    return begin >= limit_begin && begin <= limit_end && bytes <= limit_end - begin;
}

/// What SRAM an image asks for can be added up in 32 bits, and its parts are aligned.
bool sram_fits(const ImageHeader& header) {
    return header.arena_bytes >= arena_bytes_min && header.arena_bytes <= arena_bytes_max &&
           header.arena_bytes % 4 == 0 && header.max_state_runs >= 1;
}

bool place_fits(const ImageHeader& header, const TensorPlace& place, uint32_t pixels) {
    if (place.channels == 0 || place.pixel_stride < place.channels || place.offset % 2 != 0 || pixels == 0) {
        return false;
    }
    const uint64_t bytes = 2 * (uint64_t{pixels - 1} * place.pixel_stride + place.channels);
    return inside(place.offset, bytes, header.tensors_offset, uint64_t{header.tensors_offset} + header.tensors_bytes);
}

bool states_fit(const ImageHeader& header, const StateRuns& states, const TensorPlace& tensor) {
    return states.run_count >= 1 && states.run_count <= header.max_state_runs && states.storage_offset % 2 == 0 &&
           inside(states.runs_offset, uint64_t{states.run_count} * sizeof(StateRun), sizeof(ImageHeader),
                  header.image_bytes) &&
           states.storage_offset >= header.tensors_offset && states.storage_offset <= tensor.offset;
}

/// The next input never overwrites an answer that can still be read.
bool ends_apart(const ImageHeader& header) {
    const auto end_of = [](const TensorPlace& place, uint32_t values) {
        return place.offset + 2 * (uint64_t{values / place.channels - 1} * place.pixel_stride + place.channels);
    };
    return end_of(header.input, header.input_values) <= header.output.offset ||
           end_of(header.output, header.output_values) <= header.input.offset;
}

/// One spatial axis. The sum of a window that lies in the padding is its bias; what a pool makes of it is undefined, so
/// its first and last window must begin in the padded input and reach the input.
bool axis_fits(StageOp op, uint32_t in, uint32_t out, uint32_t step, uint32_t window, uint32_t pad) {
    const bool meets_input = pad <= window && uint64_t{out - 1} * step < uint64_t{in} + pad;
    return in >= 1 && out >= 1 && step >= 1 && uint64_t{out - 1} * step + window <= stage_extent_max &&
           (op == StageOp::matrix || meets_input);
}

bool geometry_fits(const StageDescriptor& s) {
    const bool positive = s.channels_in >= 1 && s.channels_out >= 1 && s.kernel_h >= 1 && s.kernel_w >= 1 &&
                          s.stride_h >= 1 && s.stride_w >= 1 && s.dilation_h >= 1 && s.dilation_w >= 1 &&
                          s.pool_h >= 1 && s.pool_w >= 1 && s.pool_stride_h >= 1 && s.pool_stride_w >= 1 &&
                          s.groups >= 1;
    if (!positive || s.channels_in % s.groups != 0 || s.channels_out % s.groups != 0) {
        return false;
    }
    // In 64 bits, before anything is multiplied in 32.
    const auto extent = [](uint64_t pool, uint64_t stride, uint64_t kernel, uint64_t dilation) {
        return pool * stride + kernel * dilation;
    };
    if (extent(s.pool_h, s.stride_h, s.kernel_h, s.dilation_h) > stage_extent_max ||
        extent(s.pool_w, s.stride_w, s.kernel_w, s.dilation_w) > stage_extent_max ||
        uint64_t{s.pool_stride_h} * s.stride_h > stage_extent_max ||
        uint64_t{s.pool_stride_w} * s.stride_w > stage_extent_max ||
        uint64_t{s.kernel_h} * s.kernel_w * s.channels_in > 1U << 24U ||
        uint64_t{s.pool_h} * s.pool_w > fused_window_max) {
        return false;
    }
    const LoopShape shape = shape_of(s);
    return axis_fits(s.op, s.in_h, s.out_h, shape.step_h(), shape.window_h(), s.pad_top) &&
           axis_fits(s.op, s.in_w, s.out_w, shape.step_w(), shape.window_w(), s.pad_left) &&
           uint64_t{shape.pixels()} * s.channels_out <= stage_values_max &&
           uint64_t{s.in_h} * s.in_w * s.channels_in <= stage_values_max;
}

/// Each value of the output comes from the same place of the input.
bool is_elementwise(const StageDescriptor& s) {
    return s.in_h == s.out_h && s.in_w == s.out_w && s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 &&
           s.stride_w == 1 && s.pad_top == 0 && s.pad_left == 0;
}

bool curve_fits(const ImageHeader& header, const StageDescriptor& s) {
    const uint32_t pieces_log2 = uint32_t{activation_bits} - s.rescale_shift;
    if (s.weight_bytes != 0 || s.rescale_shift >= activation_bits || pieces_log2 > curve_pieces_log2_max) {
        return false;
    }
    const uint64_t points = uint64_t{s.channels_out} * curve_row_bytes(pieces_log2);
    return s.groups == s.channels_in && s.channels_in == s.channels_out && s.headers_offset % 4 == 0 &&
           s.weights_offset % 4 == 0 && is_elementwise(s) &&
           inside(s.headers_offset, uint64_t{s.channels_out} * sizeof(ChannelHeader), sizeof(ImageHeader),
                  header.image_bytes) &&
           inside(s.weights_offset, points, sizeof(ImageHeader), header.image_bytes);
}

bool operation_fits(const ImageHeader& header, const StageDescriptor& s) {
    const bool pairs = s.op == StageOp::add || s.op == StageOp::multiply;
    if (s.operand_count != (pairs ? 2 : 1) || s.clamp_low > s.clamp_high || s.clamp_low < activation_min ||
        s.clamp_high > activation_max) {
        return false;
    }
    const bool no_pool = s.fused_pool == FusedPool::none;
    if (no_pool && (s.pool_h != 1 || s.pool_w != 1 || s.pool_stride_h != 1 || s.pool_stride_w != 1)) {
        return false;
    }
    const bool averages = s.op == StageOp::pool_average || s.fused_pool == FusedPool::average;
    const uint32_t averaged =
        s.op == StageOp::pool_average ? uint32_t{s.kernel_h} * s.kernel_w : uint32_t{s.pool_h} * s.pool_w;
    if (averages && averaged > average_values_max) {
        return false;
    }
    const LoopShape shape = shape_of(s);
    switch (s.op) {
        case StageOp::matrix: {
            const uint64_t weights = uint64_t{s.channels_out} * shape.weight_row_bytes();
            return (s.weight_bytes == 1 || s.weight_bytes == 2) && s.fused_pool <= FusedPool::average &&
                   s.headers_offset % 4 == 0 && s.weights_offset % 4 == 0 &&
                   inside(s.headers_offset, uint64_t{s.channels_out} * sizeof(ChannelHeader), sizeof(ImageHeader),
                          header.image_bytes) &&
                   inside(s.weights_offset, weights, sizeof(ImageHeader), header.image_bytes);
        }
        case StageOp::add:
        case StageOp::multiply:
            if (!is_elementwise(s)) return false;
            [[fallthrough]];
        case StageOp::pool_max:
        case StageOp::pool_average:
            return no_pool && s.weight_bytes == 0 && s.groups == s.channels_in && s.channels_in == s.channels_out &&
                   s.rescale_shift < 63;
        case StageOp::softmax:
            return no_pool && s.weight_bytes == 0 && s.groups == 1 && s.channels_in == s.channels_out &&
                   shape.window_h() == 1 && shape.window_w() == 1 && s.rescale[0] >= 0 && s.rescale[1] >= 0;
        case StageOp::curve: return no_pool && curve_fits(header, s);
    }
    return false;
}

/// The table's rows are valid, their energies fall down to 0, and none needs less than the one that is said to need least.
bool candidates_fit(std::span<const std::byte> image, const ImageHeader& header, const StageDescriptor& stage) {
    const LoopShape shape = shape_of(header, stage);
    const uint32_t rows_at = stage.candidates_offset + table_rows_offset(stage.candidate_count);
    const auto row_at = [&](uint32_t i, Candidate& row) {
        return load(image, rows_at + i * static_cast<uint32_t>(sizeof(Candidate)), row);
    };
    Candidate least;
    if (!row_at(stage.least_need_row, least)) {
        return false;
    }
    uint64_t last = never;
    for (uint32_t i = 0; i < stage.candidate_count; ++i) {
        Candidate row;
        ShortCost from;
        if (!row_at(i, row) || !load(image, stage.candidates_offset + i * 2, from) || from < row.from ||
            from.value() > last || !is_valid(shape, row.config, header.arena_bytes) ||
            row.need.value() < least.need.value()) {
            return false;
        }
        last = from.value();
    }
    return last == 0 || stage.candidate_count == 1;
}

/// Sum of the magnitudes of a row of weights.
uint64_t magnitude_of(std::span<const std::byte> image, uint32_t offset, uint32_t count, uint32_t weight_bytes) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; ++i) {
        int8_t narrow = 0;
        int16_t wide = 0;
        if (!(weight_bytes == 1 ? load(image, offset + i, narrow) : load(image, offset + 2 * i, wide))) {
            return ~uint64_t{0};
        }
        const int32_t weight = weight_bytes == 1 ? narrow : wide;
        total += static_cast<uint64_t>(weight < 0 ? -weight : weight);
    }
    return total;
}

/// No sum leaves 31 bits, whatever the input, and every rescaling is one.
bool matrix_fits(std::span<const std::byte> image, const StageDescriptor& stage) {
    const LoopShape shape = shape_of(stage);
    for (uint32_t channel = 0; channel < stage.channels_out; ++channel) {
        ChannelHeader scale;
        const uint32_t header_at = stage.headers_offset + channel * static_cast<uint32_t>(sizeof(ChannelHeader));
        const uint64_t magnitude = magnitude_of(image, stage.weights_offset + channel * shape.weight_row_bytes(),
                                                shape.taps() * shape.group_in(), stage.weight_bytes);
        if (!load(image, header_at, scale) || scale.shift() < 1 || scale.shift() > 62 || magnitude > 0xFFFF) {
            return false;
        }
    }
    return true;
}

}  // namespace

LoopShape shape_of(const ImageHeader& header, const StageDescriptor& stage) {
    LoopShape shape = shape_of(stage);
    shape.sums_area_bytes = header.sums_area_bytes;
    shape.method = header.method;
    return shape;
}

LoopShape shape_of(const StageDescriptor& stage) {
    LoopShape shape;
    shape.out_h = stage.out_h, shape.out_w = stage.out_w, shape.channels_out = stage.channels_out;
    shape.in_h = stage.in_h, shape.in_w = stage.in_w, shape.channels_in = stage.channels_in;
    shape.kernel_h = stage.kernel_h, shape.kernel_w = stage.kernel_w;
    shape.stride_h = stage.stride_h, shape.stride_w = stage.stride_w;
    shape.dilation_h = stage.dilation_h, shape.dilation_w = stage.dilation_w;
    shape.pad_top = stage.pad_top, shape.pad_left = stage.pad_left;
    shape.pool_h = stage.pool_h, shape.pool_w = stage.pool_w;
    shape.pool_stride_h = stage.pool_stride_h, shape.pool_stride_w = stage.pool_stride_w;
    shape.groups = stage.groups;
    shape.operands = stage.operand_count;
    shape.counts_macs = stage.op == StageOp::matrix;
    shape.header_bytes = shape.counts_macs ? sizeof(ChannelHeader) : 0;
    shape.weight_bytes = stage.weight_bytes;
    if (stage.op == StageOp::curve && stage.rescale_shift < activation_bits) {
        shape.header_bytes = sizeof(ChannelHeader);
        shape.weight_bytes =
            curve_row_bytes(min_u32(uint32_t{activation_bits} - stage.rescale_shift, curve_pieces_log2_max));
    }
    shape.input_packed = stage.inputs[0].pixel_stride == stage.channels_in &&
                         (stage.operand_count < 2 || stage.inputs[1].pixel_stride == stage.channels_in);
    shape.output_packed = stage.output.pixel_stride == stage.channels_out;
    return shape;
}

void set_only_row(std::span<std::byte> memory, StageDescriptor& stage, const TileConfig& config) {
    stage.candidate_count = 1;
    stage.least_need_row = 0;
    stage.start_row = 0;
    Candidate row;
    row.config = config;
    const auto put = [&](uint32_t offset, const auto& item) {
        std::memcpy(memory.data() + offset, &item, sizeof(item));
    };
    put(stage.candidates_offset, row.from);
    put(stage.candidates_offset + table_rows_offset(1), row);
}

uint32_t header_crc(const ImageHeader& header) {
    ImageHeader copy = header;
    copy.header_crc = 0;
    return crc32(std::as_bytes(std::span<const ImageHeader, 1>(&copy, 1)));
}

ImageFault validate_header(const ImageHeader& header) {
    if (header.magic != image_magic) {
        return ImageFault::not_an_image;
    }
    if (header.version != image_version) {
        return ImageFault::unknown_version;
    }
    if (header_crc(header) != header.header_crc) {
        return ImageFault::header_damaged;
    }
    if (header.method >= method_count) {
        return ImageFault::unknown_method;
    }
    const uint64_t end = header.nvm_bytes;
    const uint64_t stage_bytes = uint64_t{header.stage_count} * sizeof(StageDescriptor);
    const bool ok =
        header.stage_count >= 1 && header.image_bytes <= end && sram_fits(header) && header.stages_offset % 4 == 0 &&
        inside(header.stages_offset, stage_bytes, sizeof(ImageHeader), header.image_bytes) &&
        // The areas follow each other, so they do not overlap.
        inside(header.records_offset, records_bytes, header.image_bytes, header.checkpoints_offset) &&
        inside(header.checkpoints_offset, 2 * uint64_t{checkpoint_slot_bytes}, header.image_bytes,
               header.sums_offset) &&
        inside(header.sums_offset, 2 * (uint64_t{footprint_bytes} + header.sums_area_bytes), header.image_bytes,
               header.tensors_offset) &&
        inside(header.tensors_offset, header.tensors_bytes, header.image_bytes, end) && header.input.channels >= 1 &&
        header.output.channels >= 1 && header.input_values % header.input.channels == 0 &&
        header.output_values % header.output.channels == 0 &&
        place_fits(header, header.input, header.input_values / header.input.channels) &&
        place_fits(header, header.output, header.output_values / header.output.channels) &&
        states_fit(header, header.input_states, header.input) && ends_apart(header);
    return ok ? ImageFault::none : ImageFault::bad_layout;
}

ImageFault validate_stage(const ImageHeader& header, const StageDescriptor& stage) {
    if (stage.op > StageOp::curve || !geometry_fits(stage) || !operation_fits(header, stage)) {
        return ImageFault::bad_stage;
    }
    const uint32_t pixels_in = uint32_t{stage.in_h} * stage.in_w;
    const uint32_t pixels_out = uint32_t{stage.out_h} * stage.out_w;
    for (uint32_t i = 0; i < stage.operand_count; ++i) {
        if (stage.inputs[i].channels != stage.channels_in || !place_fits(header, stage.inputs[i], pixels_in)) {
            return ImageFault::bad_layout;
        }
    }
    const bool ok =
        stage.output.channels == stage.channels_out && place_fits(header, stage.output, pixels_out) &&
        states_fit(header, stage.states, stage.output) && stage.candidate_count >= 1 &&
        stage.candidate_count <= table_rows_max && stage.least_need_row < stage.candidate_count &&
        stage.start_row < stage.candidate_count &&
        inside(stage.candidates_offset, table_bytes(stage.candidate_count), sizeof(ImageHeader), header.image_bytes);
    return ok ? ImageFault::none : ImageFault::bad_layout;
}

ImageFault validate(std::span<const std::byte> image) {
    ImageHeader header;
    if (!load(image, 0, header)) {
        return ImageFault::too_short;
    }
    if (const ImageFault fault = validate_header(header); fault != ImageFault::none) {
        return fault;
    }
    if (image.size() < header.image_bytes) {
        return ImageFault::too_short;
    }
    image = image.first(header.image_bytes);
    if (crc32(image.subspan(sizeof(ImageHeader))) != header.body_crc) {
        return ImageFault::body_damaged;
    }
    for (uint32_t i = 0; i < header.stage_count; ++i) {
        StageDescriptor stage;
        if (!load(image, header.stages_offset + i * static_cast<uint32_t>(sizeof(StageDescriptor)), stage)) {
            return ImageFault::bad_layout;
        }
        if (const ImageFault fault = validate_stage(header, stage); fault != ImageFault::none) {
            return fault;
        }
        if (!candidates_fit(image, header, stage) || (stage.op == StageOp::matrix && !matrix_fits(image, stage))) {
            return ImageFault::bad_stage;
        }
    }
    return ImageFault::none;
}

const char* text_of(ImageFault fault) {
    switch (fault) {
        case ImageFault::none: return "no fault";
        case ImageFault::too_short: return "shorter than its header says: truncated";
        case ImageFault::not_an_image: return "not a DynBal image";
        case ImageFault::unknown_version: return "made by another version of the compiler";
        case ImageFault::unknown_method: return "made for a preservation method that this program does not know";
        case ImageFault::header_damaged: return "header damaged (its CRC does not match)";
        case ImageFault::body_damaged: return "damaged (its CRC does not match)";
        case ImageFault::bad_layout: return "inconsistent layout (an offset or size contradicts another)";
        case ImageFault::bad_stage: return "a stage is out of range";
    }
    return "unknown fault";
}

}  // namespace dynbal
