#include "compiler/lower_context.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "compiler/read_onnx.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t side_max = 65535;  // h, w and c are 16-bit numbers in the image
constexpr int64_t tensor_size_max = 1 << 24;

int64_t standard_opset(const onnx::ModelProto& model) {
    for (const auto& opset : model.opset_import()) {
        if (opset.domain().empty() || opset.domain() == "ai.onnx") return opset.version();
    }
    throw InputError("the model does not say which ONNX opset it uses; export it again");
}

bool all_finite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

bool reads_only_first_input(const std::string& operator_name) {
    static const std::set<std::string> names = {"Reshape",  "Squeeze", "Unsqueeze", "Flatten",
                                                "Identity", "Dropout", "Transpose", "Cast"};
    return names.count(operator_name) > 0;
}

Context::Context(const onnx::ModelProto& model) : opset_(standard_opset(model)) {
    const onnx::ValueInfoProto* input = model_input(model);
    if (input == nullptr || model.graph().output_size() != 1) {
        throw InputError("the model must have exactly one input and one output");
    }
    input_name_ = input->name();
    output_name_ = model.graph().output(0).name();
    for (const auto& tensor : model.graph().initializer()) initializers_[tensor.name()] = &tensor;
    collect_shapes(model);
    collect_live_nodes(model);
}

void Context::add_shape(const onnx::ValueInfoProto& info) {
    if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return;
    Dims dims;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
        if (!dim.has_dim_value()) return;
        dims.push_back(dim.dim_value());
    }
    dims_[info.name()] = dims;
}

void Context::collect_shapes(const onnx::ModelProto& model) {
    for (const auto& info : model.graph().input()) add_shape(info);
    for (const auto& info : model.graph().value_info()) add_shape(info);
    for (const auto& info : model.graph().output()) add_shape(info);
}

void Context::collect_live_nodes(const onnx::ModelProto& model) {
    uses_[output_name_] = 1;
    const auto& all = model.graph().node();
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
        const auto is_used = [&](const std::string& name) { return !name.empty() && uses_.count(name) > 0; };
        if (std::none_of(it->output().begin(), it->output().end(), is_used)) continue;
        for (int i = 1; i < it->output_size(); ++i) {
            if (is_used(it->output(i))) {
                fail(*it, "output " + std::to_string(i) + " ('" + it->output(i) +
                              "') is used; only the first output is supported");
            }
        }
        nodes_.push_back(&*it);
        const int inputs = reads_only_first_input(it->op_type()) ? std::min(1, it->input_size()) : it->input_size();
        for (int i = 0; i < inputs; ++i) ++uses_[it->input(i)];
    }
    std::reverse(nodes_.begin(), nodes_.end());
}

const Constant* Context::find_constant(const std::string& name) {
    const auto known = constants_.find(name);
    if (known != constants_.end()) return &known->second;
    const auto tensor = initializers_.find(name);
    if (name.empty() || tensor == initializers_.end()) return nullptr;
    return &constants_.emplace(name, read_constant(*tensor->second, name)).first->second;
}

const Constant& Context::weights(const onnx::NodeProto& node, int input, const std::string& what) {
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

void Context::define_constant(const std::string& name, Constant constant) { constants_[name] = std::move(constant); }

const Value* Context::find_value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

const Value& Context::activation(const onnx::NodeProto& node, int input) const {
    const std::string& name = input_name(node, input);
    const Value* value = find_value(name);
    if (value == nullptr) {
        fail(node, "input " + std::to_string(input) + " ('" + name +
                       "') is not computed from the model's input; constants are not supported here");
    }
    return *value;
}

const Dims& Context::dims(const std::string& name) const {
    const auto found = dims_.find(name);
    if (found == dims_.end()) {
        throw InputError("the shape of '" + name + "' is not known; export the model with fixed shapes");
    }
    return found->second;
}

const Dims& Context::output_dims(const onnx::NodeProto& node) const {
    const auto found = dims_.find(node.output(0));
    if (found == dims_.end()) {
        fail(node, "the shape of its output is not known; export the model with fixed shapes");
    }
    return found->second;
}

void Context::define_input(Value value) { values_[input_name_] = std::move(value); }

void Context::define(const onnx::NodeProto& node, Value value) {
    const Dims& expected = output_dims(node);
    if (value.dims != expected) {
        fail(node, "its output has the shape " + to_string(value.dims) + ", but ONNX says " + to_string(expected) +
                       "; the model is inconsistent");
    }
    if (values_.count(node.output(0)) > 0) fail(node, "its output is defined twice");
    values_[node.output(0)] = std::move(value);
}

void Context::define_alias(const onnx::NodeProto& node, int input, std::shared_ptr<const Places> place) {
    const Value& source = activation(node, input);
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
