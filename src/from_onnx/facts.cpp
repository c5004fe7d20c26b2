#include "from_onnx/facts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "from_onnx/lower_ops.hpp"
#include "from_onnx/read_onnx.hpp"

namespace dynbal::compiler {
namespace {

int64_t standard_opset(const onnx::ModelProto& model) {
    for (const auto& opset : model.opset_import()) {
        if (opset.domain().empty() || opset.domain() == "ai.onnx") return opset.version();
    }
    throw InputError("the model does not say which ONNX opset it uses; export it again");
}

}  // namespace

Facts::Facts(const onnx::ModelProto& model) : opset_(standard_opset(model)) {
    const onnx::ValueInfoProto* input = model_input(model);
    if (input == nullptr || model.graph().output_size() != 1) {
        throw InputError("the model must have exactly one input and one output");
    }
    for (const auto& tensor : model.graph().initializer()) {
        initializers_[tensor.name()] = &tensor;
    }
    Dims& dims = dims_[input->name()];
    for (const auto& dim : input->type().tensor_type().shape().dim()) dims.push_back(dim.dim_value());
    for (const auto& node : model.graph().node()) learn(node);
}

void Facts::learn(const onnx::NodeProto& node) {
    const auto is_constant = [&](const std::string& name) { return name.empty() || constant(name) != nullptr; };
    const auto is_known = [&](const std::string& name) { return name.empty() || dims(name) != nullptr; };
    const auto& inputs = node.input();
    const bool known = std::all_of(inputs.begin(), inputs.end(), is_known);
    // Of an activation these want to know no more than its shape or type.
    const std::string& type = node.op_type();
    const bool asks = type == "Shape" || type == "Size" || (type == "CastLike" && is_constant(input_name(node, 0)));
    try {
        if (known && (asks || std::all_of(inputs.begin(), inputs.end(), is_constant))) {
            std::vector<Constant> results = fold(node, *this);
            if (results.empty()) {
                // Of a domain of its own each node would say the same.
                if (!is_standard(node) && !is_known_operator(node)) return problems_.add_operator(node);
                fail(node, "it computes a constant in a way that is not supported; fold constants before the export");
            }
            keep(node, std::move(results));
            return;
        }
        nodes_.push_back(&node);
        if (!is_known_operator(node)) {
            problems_.add_operator(node);
        } else if (known) {
            std::vector<Dims> shapes = infer_shapes(node, *this);
            for (int i = 0; i < node.output_size() && static_cast<size_t>(i) < shapes.size(); ++i) {
                dims_[node.output(i)] = std::move(shapes[static_cast<size_t>(i)]);
            }
        }
    } catch (const InputError& error) {
        problems_.add(error.what());
    }
}

// Each constant is of a sane size; a file of a kilobyte must not fill the memory with many.
void Facts::keep(const onnx::NodeProto& node, std::vector<Constant> results) {
    constexpr int64_t all_elements_max = int64_t{1} << 26;
    for (const Constant& result : results) folded_elements_ += element_count(result.dims);
    if (folded_elements_ > all_elements_max) {
        fail(node, "it and the nodes before it compute too many constants; fold constants before the export");
    }
    for (int i = 0; i < node.output_size() && static_cast<size_t>(i) < results.size(); ++i) {
        results[static_cast<size_t>(i)].name = node.output(i);
        constants_[node.output(i)] = std::move(results[static_cast<size_t>(i)]);
    }
}

const Constant* Facts::constant(const std::string& name) const {
    const auto known = constants_.find(name);
    if (known != constants_.end()) return &known->second;
    const auto tensor = initializers_.find(name);
    if (name.empty() || tensor == initializers_.end()) return nullptr;
    return &constants_.emplace(name, read_constant(*tensor->second, name)).first->second;
}

int32_t Facts::type_of(const std::string& name) const {
    if (dims_.count(name) > 0) return onnx::TensorProto::FLOAT;
    const Constant* found = constant(name);
    return found == nullptr ? int32_t{onnx::TensorProto::UNDEFINED} : found->type;
}

const Constant* Facts::integers(const onnx::NodeProto& node, int index) const {
    const Constant* found = constant(input_name(node, index));
    return found != nullptr && !found->is_float ? found : nullptr;
}

Dims Facts::ints(const onnx::NodeProto& node, int index, const std::string& attribute) const {
    if (input_name(node, index).empty()) return ints_attribute(node, attribute);
    const Constant* found = integers(node, index);
    if (found == nullptr) {
        fail(node, "its " + attribute + " (input " + std::to_string(index) + ", '" + input_name(node, index) +
                       "') must be integers that are constant; export the model with fixed shapes");
    }
    return found->integers;
}

const Dims* Facts::dims(const std::string& name) const {
    const auto known = dims_.find(name);
    if (known != dims_.end()) return &known->second;
    const Constant* found = constant(name);
    return found == nullptr ? nullptr : &found->dims;
}

const Dims& Facts::input_dims(const onnx::NodeProto& node, int index) const {
    const Dims* found = dims(input_name(node, index));
    if (found == nullptr) {
        fail(node, "input " + std::to_string(index) + " ('" + input_name(node, index) + "') is missing");
    }
    return *found;
}

}  // namespace dynbal::compiler
