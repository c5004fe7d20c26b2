#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "compiler/emit_table.hpp"
#include "compiler/plan.hpp"
#include "compiler/quantise.hpp"
#include "compiler/tile_configs.hpp"
#include "graph/graph_digest.hpp"
#include "io/printable.hpp"
#include "nvm/record.hpp"

namespace dynbal::compiler {
namespace {

/// Grows an image by aligned pieces.
class ImageWriter {
public:
    template <typename T>
    uint32_t append(std::span<const T> items) {
        bytes_.resize(align4(static_cast<uint32_t>(bytes_.size())));
        const auto offset = static_cast<uint32_t>(bytes_.size());
        const std::span<const std::byte> raw = std::as_bytes(items);
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
        return offset;
    }
    template <typename T>
    void put(uint32_t offset, const T& item) {
        std::memcpy(bytes_.data() + offset, &item, sizeof(T));
    }
    uint32_t size() const { return align4(static_cast<uint32_t>(bytes_.size())); }
    std::vector<std::byte> take() {
        bytes_.resize(size());
        return std::move(bytes_);
    }

private:
    std::vector<std::byte> bytes_;
};

double scale_of(const Plan& plan, TensorId id) { return plan.scales[static_cast<size_t>(id)]; }

StageOp op_of(const Stage& stage) {
    switch (stage.kind) {
        case StageKind::conv: return StageOp::matrix;
        case StageKind::pool: return stage.pool_kind == PoolKind::max ? StageOp::pool_max : StageOp::pool_average;
        case StageKind::add: return StageOp::add;
        case StageKind::softmax: return StageOp::softmax;
        case StageKind::multiply: return StageOp::multiply;
        case StageKind::curve: return StageOp::curve;
    }
    return StageOp::matrix;
}

uint16_t u16(uint32_t value, const std::string& what) {
    if (value > 0xFFFF) {
        throw InputError(what + " is " + std::to_string(value) + ", more than 65535");
    }
    return static_cast<uint16_t>(value);
}

TensorPlace place_of(const Plan& plan, TensorId id, uint32_t tensors_offset) {
    const RootPlace found = place_in_root(*plan.graph, id);
    TensorPlace place;
    place.offset = tensors_offset + plan.memory.of(found.root).offset + 2 * found.offset;
    place.pixel_stride = u16(found.stride, "the number of channels of a concatenation");
    place.channels = static_cast<uint16_t>(plan.graph->tensors[static_cast<size_t>(id)].c);
    return place;
}

/// The same as a stage sees it: a curve for all channels sees pixels of one channel.
TensorPlace place_for(const Plan& plan, const Stage& stage, TensorId id, uint32_t tensors_offset) {
    TensorPlace place = place_of(plan, id, tensors_offset);
    if (stage.kind == StageKind::curve && !stage.curve.per_channel) place.pixel_stride = place.channels = 1;
    return place;
}

/// Does a window at the beginning or the end of an axis miss the input?
bool leaves_input(uint32_t in, uint32_t out, uint32_t step, uint32_t window, uint32_t pad) {
    return pad > window || uint64_t{out - 1} * step >= uint64_t{in} + pad;
}

/// What an image cannot describe.
void check_size(const LoopShape& shape, const PlannedStage& planned, const std::string& name) {
    if (planned.stage.kind == StageKind::pool &&
        (leaves_input(shape.in_h, shape.out_h, shape.step_h(), shape.window_h(), shape.pad_top) ||
         leaves_input(shape.in_w, shape.out_w, shape.step_w(), shape.window_w(), shape.pad_left))) {
        throw InputError(name + "attribute 'pads': a window of it sees nothing but padding; use less padding");
    }
    const Stage& pool = planned.fused ? planned.pool : planned.stage;
    const uint64_t averaged = uint64_t(pool.window.kernel_h) * uint64_t(pool.window.kernel_w);
    if (pool.kind == StageKind::pool && pool.pool_kind == PoolKind::average && averaged > average_values_max) {
        throw InputError("node '" + io::printable(pool.name) + "' (AveragePool): an average of " +
                         std::to_string(averaged) + " values is not supported, at most of " +
                         std::to_string(average_values_max) + "; pool in two steps");
    }
    const uint64_t in_values = uint64_t{shape.in_h} * shape.in_w * shape.channels_in;
    const uint64_t out_values = uint64_t{shape.out_h} * shape.out_w * shape.channels_out;
    if (std::max(in_values, out_values) > stage_values_max) {
        throw InputError(name + "it has " + std::to_string(in_values) + " input and " + std::to_string(out_values) +
                         " output values; at most " + std::to_string(stage_values_max) + " each are supported");
    }
}

StageDescriptor geometry_of(const LoopShape& shape, const PlannedStage& planned) {
    const std::string name =
        "node '" + io::printable(planned.stage.name) + "' (" + operator_name(planned.stage) + "): ";
    check_size(shape, planned, name);
    StageDescriptor d;
    d.op = op_of(planned.stage);
    d.weight_bytes = shape.counts_macs ? static_cast<uint8_t>(shape.weight_bytes) : 0;
    d.in_h = u16(shape.in_h, name + "input height"), d.in_w = u16(shape.in_w, name + "input width");
    d.channels_in = u16(shape.channels_in, name + "number of input channels");
    d.out_h = u16(shape.out_h, name + "output height"), d.out_w = u16(shape.out_w, name + "output width");
    d.channels_out = u16(shape.channels_out, name + "number of output channels");
    d.kernel_h = u16(shape.kernel_h, name + "kernel height"), d.kernel_w = u16(shape.kernel_w, name + "kernel width");
    d.stride_h = u16(shape.stride_h, name + "stride"), d.stride_w = u16(shape.stride_w, name + "stride");
    d.pad_top = u16(shape.pad_top, name + "padding"), d.pad_left = u16(shape.pad_left, name + "padding");
    d.dilation_h = u16(shape.dilation_h, name + "dilation"), d.dilation_w = u16(shape.dilation_w, name + "dilation");
    d.pool_h = u16(shape.pool_h, name + "pool"), d.pool_w = u16(shape.pool_w, name + "pool");
    d.pool_stride_h = u16(shape.pool_stride_h, name + "pool"),
    d.pool_stride_w = u16(shape.pool_stride_w, name + "pool");
    d.groups = u16(shape.groups, name + "number of groups");
    d.operand_count = static_cast<uint8_t>(shape.operands);
    if (planned.fused) {
        d.fused_pool = planned.pool.pool_kind == PoolKind::max ? FusedPool::max : FusedPool::average;
    }
    return d;
}

/// Factors of two operands as integers that share a shift.
void set_rescaling(StageDescriptor& d, double a, double b) {
    int exponent = 0;
    std::frexp(std::max(std::fabs(a), std::fabs(b)), &exponent);
    const int shift = std::clamp(30 - exponent, 1, 40);
    const auto integer = [&](double factor) {
        return static_cast<int32_t>(std::llround(std::clamp(std::ldexp(factor, shift), -2147483647.0, 2147483647.0)));
    };
    d.rescale_shift = static_cast<uint8_t>(shift);
    d.rescale[0] = integer(a);
    d.rescale[1] = integer(b);
}

/// The parts of a descriptor that hold numbers: clamps and rescaling.
void set_arithmetic(const Plan& plan, const PlannedStage& planned, StageDescriptor& d) {
    const Stage& stage = planned.stage;
    const double scale_out = scale_of(plan, planned.output());
    quantise_clamp(stage.clamp, scale_out, d);
    if (stage.kind == StageKind::pool) {
        d.count_include_pad = stage.count_include_pad ? 1 : 0;
        d.average_pad_bottom = static_cast<uint16_t>(stage.window.pad_bottom);
        d.average_pad_right = static_cast<uint16_t>(stage.window.pad_right);
    }
    if (stage.kind == StageKind::add) {
        set_rescaling(d, scale_of(plan, stage.inputs[0]) * static_cast<double>(stage.factors[0]) / scale_out,
                      scale_of(plan, stage.inputs[1]) * static_cast<double>(stage.factors[1]) / scale_out);
    }
    if (stage.kind == StageKind::multiply) {
        set_rescaling(d, scale_of(plan, stage.inputs[0]) * scale_of(plan, stage.inputs[1]) / scale_out, 0);
    }
    if (stage.kind == StageKind::curve) {
        d.rescale_shift = static_cast<uint8_t>(activation_bits - stage.curve.pieces_log2);
    }
    if (stage.kind == StageKind::softmax) {
        const double log2_e = 1.4426950408889634;
        const double factor = scale_of(plan, stage.inputs[0]) * log2_e * (1 << 24);
        d.rescale[0] = static_cast<int32_t>(std::llround(std::min(factor, 2147483647.0)));
        d.rescale[1] = static_cast<int32_t>(std::llround(1.0 / scale_out));
    }
}

/// Each weight, bias-free, and each activation moved once: what no engine can go below.
void set_bounds(const Plan& plan, HostInfo& host) {
    const Graph& graph = *plan.graph;
    host.lower_bound_read_bytes = 2 * static_cast<uint64_t>(graph.tensors[static_cast<size_t>(graph.input)].size());
    for (const PlannedStage& planned : plan.stages) {
        const Stage& stage = planned.stage;
        const auto out_values = static_cast<uint64_t>(graph.tensors[static_cast<size_t>(planned.output())].size());
        host.lower_bound_write_bytes += 2 * out_values;
        host.lower_bound_read_bytes += stage.weights.size() * plan.weight_bytes;
        host.lower_bound_read_bytes += planned.output() == graph.output ? 0 : 2 * out_values;
        if (stage.kind == StageKind::conv) {
            const Tensor& out = graph.tensors[static_cast<size_t>(stage.output)];
            host.ideal_macs += static_cast<uint64_t>(out.h) * static_cast<uint64_t>(out.w) * stage.weights.size();
        }
    }
}

HostInfo host_info(const Plan& plan, const CompileOptions& options) {
    const Graph& graph = *plan.graph;
    HostInfo host;
    host.model_name = options.model_name;
    host.device_name = options.device.name;
    host.device_text = options.device.text;
    host.sound_text = options.sound_text;
    host.input_dims = graph.input_dims;
    host.output_dims = graph.output_dims;
    host.input_order = graph.input_order;
    host.output_order = graph.output_order;
    host.epilogue = graph.epilogue;
    host.input_value_scale = scale_of(plan, graph.input);
    host.output_value_scale = scale_of(plan, graph.output);
    host.input_scale = static_cast<double>(options.input_scale);
    for (const PlannedStage& planned : plan.stages) {
        const bool relu = planned.stage.clamp.low == 0.0F;
        host.stage_names.push_back(planned.stage.name);
        host.stage_tensors.push_back(static_cast<uint32_t>(planned.output()));
        const auto gain = static_cast<double>(plan.gains[static_cast<size_t>(planned.output())]);
        host.stage_scales.push_back(scale_of(plan, planned.output()) / gain);
        host.stage_operators.push_back(std::string(operator_name(planned.stage)) + (relu ? " + ReLU" : "") +
                                       (planned.fused ? std::string(" + ") + operator_name(planned.pool) : ""));
    }
    set_bounds(plan, host);
    return host;
}

StateRuns append_runs(ImageWriter& writer, const Storage& storage, ImageHeader& header) {
    StateRuns states;
    states.runs_offset = writer.append(std::span<const StateRun>(storage.runs));
    states.run_count = static_cast<uint32_t>(storage.runs.size());
    if (states.run_count > state_runs_max) {
        throw InputError("tensors share memory in more than " + std::to_string(state_runs_max) +
                         " pieces; use a device with more NVM or int8 weights");
    }
    header.max_state_runs = std::max(header.max_state_runs, static_cast<uint16_t>(states.run_count));
    states.storage_offset = storage.offset;  // the tensor area's offset is added when it is known
    return states;
}

/// Many products a sum leave weights few bits, because the sum of their magnitudes is what 32 bits limit.
void warn_of_coarse_weights(const PlannedStage& planned, const LoopShape& shape, const MatrixData& data,
                            const CompileOptions& options) {
    constexpr uint32_t fine_enough = 512;  // two bits more than int8 has
    constexpr uint32_t too_coarse = 32;    // 6 bits: answers off by some percent at best
    const uint32_t peak = data.typical_peak;
    const bool is_poor = peak < too_coarse;
    if (!options.warn || peak == 0 || peak >= fine_enough || (shape.weight_bytes == 1 && !is_poor)) {
        return;
    }
    const std::string limit = fmt::format("with {} products in each exact 32-bit sum, its {} weights use only {} bits",
                                          shape.taps() * shape.group_in(), shape.weight_bytes == 1 ? "int8" : "int16",
                                          std::bit_width(peak) + 1);
    const std::string name = "node '" + io::printable(planned.stage.name) + "': ";
    if (is_poor) {
        options.warn(name + fmt::format("{}, rounding changes them by {:.0f} %, and the other "
                                        "width has no more; give this layer fewer inputs (pool or stride before it, or "
                                        "a smaller layer) and check the answers with `dynbal evaluate`",
                                        limit, 100 * data.rounding_error));
        return;
    }
    options.warn(name + limit + "; --weights int8 is hardly coarser here and takes half the NVM");
}

/// Lays out the constant part; offsets into the tensor area are relative until place_tensors().
std::vector<StageDescriptor> emit_stages(const Plan& plan, const CompileOptions& options, ImageWriter& writer) {
    const Graph& graph = *plan.graph;
    std::vector<StageDescriptor> descriptors;
    for (size_t i = 0; i < plan.stages.size(); ++i) {
        const PlannedStage& planned = plan.stages[i];
        const LoopShape shape = shape_of(graph, planned, plan.weight_bytes);
        StageDescriptor d = geometry_of(shape, planned);
        set_arithmetic(plan, planned, d);
        d.importance = importance_of(shape);
        if (shape.counts_macs) {
            const MatrixData data = quantise_matrix(planned.stage, shape, scale_of(plan, planned.stage.inputs[0]),
                                                    scale_of(plan, planned.output()));
            warn_of_coarse_weights(planned, shape, data, options);
            d.headers_offset = writer.append(std::span<const ChannelHeader>(data.headers));
            d.weights_offset = writer.append(std::span<const std::byte>(data.weights));
        }
        if (planned.stage.kind == StageKind::curve) {
            const std::vector<ChannelHeader> headers(shape.channels_out);
            d.headers_offset = writer.append(std::span<const ChannelHeader>(headers));
            d.weights_offset = writer.append(std::span<const int32_t>(
                quantise_curve(planned.stage.curve, shape.channels_out, scale_of(plan, planned.stage.inputs[0]),
                               scale_of(plan, planned.output()))));
        }
        describe_table(plan.tables[i], writer.append(std::span<const std::byte>(bytes_of(plan.tables[i]))), d);
        descriptors.push_back(d);
    }
    return descriptors;
}

void place_tensors(const Plan& plan, ImageWriter& writer, ImageHeader& header,
                   std::vector<StageDescriptor>& descriptors) {
    const Graph& graph = *plan.graph;
    uint32_t channel = 0;
    const auto runs_of = [&](TensorId id) {
        return append_runs(writer, plan.memory.of(root_of(graph, id, channel)), header);
    };
    header.input_states = runs_of(graph.input);
    for (size_t i = 0; i < descriptors.size(); ++i) {
        descriptors[i].states = runs_of(plan.stages[i].output());
    }
    header.image_bytes = writer.size();
    header.records_offset = header.image_bytes;
    header.checkpoints_offset = align4(header.records_offset + records_bytes);
    header.sums_offset = header.checkpoints_offset + 2 * checkpoint_slot_bytes;
    header.sums_area_bytes = plan.sums_area_bytes;
    header.tensors_offset = header.sums_offset + 2 * (footprint_bytes + plan.sums_area_bytes);
    header.tensors_bytes = align4(plan.memory.bytes);
    header.nvm_bytes = header.tensors_offset + header.tensors_bytes;
    header.input = place_of(plan, graph.input, header.tensors_offset);
    header.output = place_of(plan, graph.output, header.tensors_offset);
    header.input_states.storage_offset += header.tensors_offset;
    for (size_t i = 0; i < descriptors.size(); ++i) {
        const Stage& stage = plan.stages[i].stage;
        for (size_t operand = 0; operand < stage.inputs.size(); ++operand) {
            descriptors[i].inputs[operand] = place_for(plan, stage, stage.inputs[operand], header.tensors_offset);
        }
        descriptors[i].output = place_for(plan, stage, plan.stages[i].output(), header.tensors_offset);
        descriptors[i].states.storage_offset += header.tensors_offset;
    }
}

}  // namespace

ImageFile compile(Graph graph, const CalibrationSamples& samples, const CompileOptions& options) {
    std::string model_digest = digest_of(graph);  // before planning changes it
    Plan plan = make_plan(graph, samples, options);
    ImageWriter writer;
    ImageHeader header;
    header.stage_count = u16(static_cast<uint32_t>(plan.stages.size()), "the number of stages");
    header.cost_model = options.device.cost_model;
    header.arena_bytes = plan.arena_bytes;
    header.method = options.method;
    const auto size_of = [&](TensorId id) {
        return static_cast<uint32_t>(graph.tensors[static_cast<size_t>(id)].size());
    };
    header.input_values = size_of(graph.input);
    header.output_values = size_of(graph.output);
    writer.append(std::span<const ImageHeader>(&header, 1));
    const std::vector<StageDescriptor> blank(plan.stages.size());
    header.stages_offset = writer.append(std::span<const StageDescriptor>(blank));
    std::vector<StageDescriptor> descriptors = emit_stages(plan, options, writer);
    place_tensors(plan, writer, header, descriptors);
    for (size_t i = 0; i < descriptors.size(); ++i) {
        writer.put(header.stages_offset + static_cast<uint32_t>(i * sizeof(StageDescriptor)), descriptors[i]);
    }
    ImageFile file;
    file.image = writer.take();
    header.body_crc = crc32(std::span<const std::byte>(file.image).subspan(sizeof(ImageHeader)));
    header.header_crc = header_crc(header);
    std::memcpy(file.image.data(), &header, sizeof(header));
    if (header.nvm_bytes != nvm_need(plan).total()) {
        throw std::logic_error("the compiler's plan of NVM is not what it made");
    }
    if (const ImageFault fault = validate(file.image); fault != ImageFault::none) {
        throw std::logic_error(std::string("the compiler made an image that does not pass validation: ") +
                               text_of(fault));
    }
    file.host = host_info(plan, options);
    file.host.model_digest = std::move(model_digest);
    return file;
}

}  // namespace dynbal::compiler
