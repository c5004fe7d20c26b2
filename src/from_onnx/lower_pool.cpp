// MaxPool, AveragePool, global pools, means over all positions.
#include <algorithm>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

void check_pool(const onnx::NodeProto& node, const WindowPlan& plan, const Image& image, const Stage& stage) {
    const bool empty = has_empty_window(plan.window, image.h, image.w, plan.out_h, plan.out_w);
    if (empty && !(stage.pool_kind == PoolKind::average && stage.count_include_pad)) {
        fail(node, "a window of it sees nothing but padding; use less padding or no ceil_mode");
    }
    if (stage.pool_kind == PoolKind::average && stage.count_include_pad && plan.ceil_extended) {
        fail(node,
             "count_include_pad together with ceil_mode is not supported where the last "
             "window leaves the padded input; use explicit pads");
    }
}

// Which channel every kept element comes from; empty unless each is the mean of one channel.
std::vector<uint32_t> reduced_channels(const Tensor& tensor, const Value& value, const std::vector<bool>& reduced) {
    Dims kept = value.dims;
    for (size_t i = 0; i < kept.size(); ++i) {
        if (reduced[i]) kept[i] = 1;
    }
    const auto channels = static_cast<uint32_t>(tensor.c);
    if (element_count(kept) != tensor.c) return {};
    // Going from the kept elements to all is the same index rule as broadcasting.
    const auto target_of = broadcast_sources(kept, value.dims);
    std::vector<uint32_t> channel(channels, channels);
    for (size_t i = 0; i < value.size(); ++i) {
        const uint32_t found = (*value.place)[i] % channels;
        uint32_t& entry = channel[target_of[i]];
        if (entry != channels && entry != found) return {};
        entry = found;
    }
    return channel;
}

void lower_all_positions(Context& context, const onnx::NodeProto& node, PoolKind kind,
                         const std::vector<bool>& reduced) {
    const Value& input = context.activation(node, 0);
    const Tensor source = context.tensor(input);
    const auto channel = reduced_channels(source, input, reduced);
    if (channel.empty()) {
        fail(node,
             "it is supported only over all positions (height and width) of each channel; "
             "its input has the shape " +
                 to_string(input.dims));
    }
    const TensorId source_id = input.tensor;
    Value output;
    output.dims = context.output_dims(node);
    output.tensor = context.add_tensor(node, 1, 1, source.c);
    output.place = std::make_shared<Places>(channel);
    if (element_count(output.dims) != source.c) fail(node, "the model is inconsistent");

    Stage& stage = context.add_stage(node, StageKind::pool, {source_id}, output.tensor);
    stage.pool_kind = kind;
    stage.window.kernel_h = source.h;
    stage.window.kernel_w = source.w;
    context.define(node, std::move(output));
}

/// A sum is an average by another scale: a convolution whose weights are all one.
void lower_sum_of_positions(Context& context, const onnx::NodeProto& node, const std::vector<bool>& reduced) {
    lower_all_positions(context, node, PoolKind::average, reduced);
    Stage& stage = context.graph.stages.back();
    const Tensor source = context.tensor(stage.inputs[0]);
    stage.kind = StageKind::conv;
    stage.groups = source.c;
    stage.weights.assign(static_cast<size_t>(source.size()), 1.0F);
    stage.bias.assign(static_cast<size_t>(source.c), 0.0F);
}

/// Values that are surely not negative: then zeros around them change no maximum.
bool is_not_negative(const Context& context, TensorId id) {
    const Stage* stage = context.producer(id);
    if (stage == nullptr) return false;
    if (stage->kind == StageKind::pool && stage->clamp.low < 0) return is_not_negative(context, stage->inputs[0]);
    return stage->kind == StageKind::softmax || stage->clamp.low >= 0;
}

/// The input of a pool; padded only if the pool may take the zeros for padding of its own. Zeros of a Pad count in an
/// average, those of its own padding only if it says so.
const Value& pool_input(Context& context, const onnx::NodeProto& node, bool average) {
    const Value& input = context.padded_activation(node, 0);
    if (!input.padded) return input;
    const Dims pads = ints_attribute(node, "pads");
    const bool own = std::any_of(pads.begin(), pads.end(), [](int64_t value) { return value != 0; }) ||
                     string_attribute(node, "auto_pad", "NOTSET").rfind("SAME", 0) == 0 ||
                     int_attribute(node, "ceil_mode", 0) != 0;
    const bool takes_over =
        average ? !own || int_attribute(node, "count_include_pad", 0) != 0 : is_not_negative(context, input.tensor);
    return takes_over && find_image(context.tensor(input), input) ? input : context.activation(node, 0);
}

}  // namespace

void lower_pool(Context& context, const onnx::NodeProto& node) {
    const bool average = node.op_type() == "AveragePool";
    const Value& input = pool_input(context, node, average);
    const Image image = require_image(context, node, input);
    const bool flat = input.dims.size() == 3;
    const Dims kernel = ints_attribute(node, "kernel_shape");
    if (kernel.size() != (flat ? 1 : 2)) {
        fail(node, "kernel_shape " + to_string(kernel) + " does not fit an input of shape " + to_string(input.dims));
    }
    const WindowPlan plan = plan_window(node, image, kernel);

    Image target;
    target.h = plan.out_h;
    target.w = plan.out_w;
    target.swapped = image.swapped;
    target.channel = image.channel;
    const TensorId source = input.tensor;
    const auto channels = static_cast<int64_t>(image.channel.size());
    Value output;
    output.dims = image_dims(target, flat, channels);
    output.tensor = context.add_tensor(node, target.h, target.w, channels);
    output.place = place_image(target, target.channel.size());
    Stage& stage = context.add_stage(node, StageKind::pool, {source}, output.tensor);
    stage.window = plan.window;
    stage.pool_kind = average ? PoolKind::average : PoolKind::max;
    stage.count_include_pad = average && (int_attribute(node, "count_include_pad", 0) != 0 || image.is_padded());
    check_pool(node, plan, image, stage);
    context.define(node, std::move(output));
}

void lower_global_pool(Context& context, const onnx::NodeProto& node) {
    const size_t rank = context.activation(node, 0).dims.size();
    if (rank < 3) fail(node, "its input has no height and width");
    std::vector<bool> reduced(rank, true);
    reduced[0] = reduced[1] = false;
    const bool average = node.op_type() == "GlobalAveragePool";
    lower_all_positions(context, node, average ? PoolKind::average : PoolKind::max, reduced);
}

void lower_reduce(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.activation(node, 0);
    const auto reduced = reduced_axes(node, context.facts(), input.dims.size());
    bool changes = false;
    for (size_t i = 0; i < reduced.size(); ++i) changes = changes || (reduced[i] && input.dims[i] > 1);
    if (!changes) {
        context.define_alias(node, 0, input.place);
        return;
    }
    if (node.op_type() == "ReduceSum") {
        lower_sum_of_positions(context, node, reduced);
        return;
    }
    const bool average = node.op_type() == "ReduceMean";
    lower_all_positions(context, node, average ? PoolKind::average : PoolKind::max, reduced);
}

}  // namespace dynbal::compiler
