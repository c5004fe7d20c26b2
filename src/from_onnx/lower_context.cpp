#include "from_onnx/lower_context.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "from_onnx/lower_ops.hpp"
#include "from_onnx/read_onnx.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t side_max = 65535;  // h, w and c are 16-bit numbers in the image
constexpr int64_t tensor_size_max = 1 << 24;

bool all_finite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

Context::Context(const onnx::ModelProto& model) : facts_(model) {
    input_name_ = model_input(model)->name();
    output_name_ = model.graph().output(0).name();
    uses_[output_name_] = 1;
    for (const auto* node : facts_.nodes()) {
        for (const std::string& input : node->input()) ++uses_[input];
    }
}

const Constant& Context::weights(const onnx::NodeProto& node, int input, const std::string& what) const {
    const std::string& name = input_name(node, input);
    const Constant* constant = find_constant(name);
    if (constant == nullptr) {
        fail(node, "its " + what + " (input " + std::to_string(input) + ", '" + name +
                       "') must be a constant; fold constants before the export");
    }
    if (!constant->is_float) fail(node, "its " + what + " '" + name + "' is not a float tensor");
    if (constant->values.empty()) fail(node, "its " + what + " '" + name + "' is empty");
    if (!all_finite(constant->values)) {
        fail(node,
             "its " + what + " '" + constant->name + "' holds NaN or infinite values; train or export the model again");
    }
    return *constant;
}

const Value* Context::find_value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

const Value& Context::padded_activation(const onnx::NodeProto& node, int input) const {
    const std::string& name = input_name(node, input);
    const Value* value = find_value(name);
    if (value == nullptr) {
        fail(node, "input " + std::to_string(input) + " ('" + name +
                       "') is not computed from the model's input; constants are not supported here");
    }
    return *value;
}

const Value& Context::activation(const onnx::NodeProto& node, int input) {
    const Value& value = padded_activation(node, input);
    if (!value.padded) return value;
    Value stored = store_padding(*this, node, value);
    return values_[input_name(node, input)] = std::move(stored);
}

bool Context::is_ready(const onnx::NodeProto& node) const {
    for (const std::string& input : node.input()) {
        if (!input.empty() && find_value(input) == nullptr && find_constant(input) == nullptr) return false;
    }
    for (const std::string& output : node.output()) {
        if (!output.empty() && uses_.count(output) > 0 && facts_.dims(output) == nullptr) return false;
    }
    return true;
}

void Context::define_placeholders(const onnx::NodeProto& node) {
    for (const std::string& output : node.output()) {
        const Dims* dims = facts_.dims(output);
        if (dims == nullptr || dims->empty() || element_count(*dims) > tensor_size_max) continue;
        const bool image = (dims->size() == 3 || dims->size() == 4) && dims->front() == 1;
        const AxisSplit split(*dims, image ? 1 : dims->size() - 1);
        Rows rows;
        for (size_t i = 0; i < split.row_count(); ++i) rows.pixel.push_back(static_cast<uint32_t>(i));
        for (size_t i = 0; i < split.length; ++i) rows.channel.push_back(static_cast<uint32_t>(i));
        const bool flat = dims->size() != 4 || !image;
        Tensor tensor;
        tensor.h = static_cast<int>(flat ? 1 : (*dims)[2]);
        tensor.w = static_cast<int>(flat ? static_cast<int64_t>(split.row_count()) : (*dims)[3]);
        tensor.c = static_cast<int>(split.length);
        graph.tensors.push_back(tensor);
        Value value;
        value.tensor = static_cast<TensorId>(graph.tensors.size()) - 1;
        value.dims = *dims;
        value.place = place_rows(split, rows);
        values_[output] = std::move(value);
    }
}

const Dims& Context::dims(const std::string& name) const {
    const Dims* found = facts_.dims(name);
    if (found == nullptr) {
        throw InputError("the shape of '" + name + "' is not known; export the model with fixed shapes");
    }
    return *found;
}

const Dims& Context::output_dims(const onnx::NodeProto& node, int output) const {
    const Dims* found = output < node.output_size() ? facts_.dims(node.output(output)) : nullptr;
    if (found == nullptr) {
        fail(node, "the shape of its output is not known; export the model with fixed shapes");
    }
    return *found;
}

void Context::define_input(Value value) { values_[input_name_] = std::move(value); }

void Context::define(const onnx::NodeProto& node, Value value, int output) {
    const Dims& expected = output_dims(node, output);
    if (value.dims != expected) {
        fail(node, "its output has the shape " + to_string(value.dims) + ", but ONNX says " + to_string(expected) +
                       "; the model is inconsistent");
    }
    values_[node.output(output)] = std::move(value);
}

void Context::define_final(const onnx::NodeProto& node, Value value) {
    values_[node.output(0)] = std::move(value);
    final_name_ = node.output(0);
}

bool Context::reads_final(const onnx::NodeProto& node) const {
    return !final_name_.empty() &&
           std::find(node.input().begin(), node.input().end(), final_name_) != node.input().end();
}

void Context::define_alias(const onnx::NodeProto& node, int input, std::shared_ptr<const Places> place) {
    const Value& source = padded_activation(node, input);
    Value value = source;
    value.dims = output_dims(node);
    value.place = std::move(place);
    value.sole = source.sole && uses_[input_name(node, input)] == 1;
    if (element_count(value.dims) != static_cast<int64_t>(source.size())) {
        fail(node, "cannot turn " + to_string(source.dims) + " into " + to_string(value.dims));
    }
    define(node, std::move(value));
}

TensorId Context::add_tensor(const onnx::NodeProto& node, int64_t h, int64_t w, int64_t c) {
    return add_tensor(describe(node) + ": its output", node.output(0), h, w, c);
}

TensorId Context::add_tensor(const std::string& who, const std::string& name, int64_t h, int64_t w, int64_t c) {
    for (const int64_t side : {h, w, c}) {
        if (side < 1) throw InputError(who + " is empty");
        if (side > side_max) {
            throw InputError(who + " has a side of " + std::to_string(side) + " values; at most " +
                             std::to_string(side_max) + " are supported");
        }
    }
    if (h * w > tensor_size_max || h * w * c > tensor_size_max) {
        throw InputError(who + " is larger than 2^24 values; use a smaller network");
    }
    Tensor tensor;
    tensor.name = name;
    tensor.h = static_cast<int>(h);
    tensor.w = static_cast<int>(w);
    tensor.c = static_cast<int>(c);
    graph.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph.tensors.size()) - 1;
}

Stage& Context::add_stage(const onnx::NodeProto& node, StageKind kind, const std::vector<TensorId>& inputs,
                          TensorId output) {
    Stage stage;
    stage.kind = kind;
    stage.name = node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
    stage.inputs = inputs;
    stage.output = output;
    producer_[output] = graph.stages.size();
    graph.stages.push_back(std::move(stage));
    return graph.stages.back();
}

TensorId Context::add_copy(const onnx::NodeProto& node, TensorId input, Clamp clamp) {
    const Tensor source = tensor(input);
    const TensorId copy = add_tensor(node, source.h, source.w, source.c);
    add_stage(node, StageKind::pool, {input}, copy).clamp = clamp;
    return copy;
}

const Stage* Context::producer(TensorId id) const {
    const auto found = producer_.find(id);
    return found == producer_.end() ? nullptr : &graph.stages[found->second];
}

int Context::uses_of(const std::string& name) const {
    const auto found = uses_.find(name);
    return found == uses_.end() ? 0 : found->second;
}

Stage* Context::mergeable(const std::string& name) {
    const Value* value = find_value(name);
    if (value == nullptr || !value->sole || uses_[name] != 1) return nullptr;
    const auto producer = producer_.find(value->tensor);
    return producer == producer_.end() ? nullptr : &graph.stages[producer->second];
}

void Context::check_weights(const onnx::NodeProto& node, const Stage& stage) {
    if (!all_finite(stage.weights) || !all_finite(stage.bias)) {
        fail(node,
             "merging it into the weights of '" + stage.name + "' gives infinite values; check scales and variances");
    }
}

}  // namespace dynbal::compiler
