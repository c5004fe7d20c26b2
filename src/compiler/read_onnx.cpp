#include "compiler/read_onnx.hpp"

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t attribute_max = 65535;  // no window may be larger than the largest tensor side
constexpr int64_t values_max = 1 << 28;   // of one constant; keeps sizes far from overflow
constexpr int64_t opset_min = 7;          // before it, Add and others broadcast differently
constexpr int64_t opset_max = 17;         // what the ONNX library knows

[[noreturn]] void fail(const std::string& name, const std::string& what) { throw InputError(name + ": " + what); }

std::set<std::string> initializer_names(const onnx::GraphProto& graph) {
    std::set<std::string> names;
    for (const auto& tensor : graph.initializer()) names.insert(tensor.name());
    return names;
}

void check_tensor(const onnx::TensorProto& tensor, const std::string& name) {
    const std::string who = "constant '" + tensor.name() + "' ";
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0) {
        fail(name, who + "is stored in another file; save the model with its data inside");
    }
    int64_t size = 1;
    for (const int64_t dim : tensor.dims()) {
        if (dim < 0 || dim > values_max) fail(name, who + "has an impossible dimension");
        size *= dim;
        if (size > values_max) fail(name, who + "is too large");
    }
}

// The ONNX library divides by strides and sizes buffers by these without looking at them.
void check_window_attribute(const onnx::NodeProto& node, const onnx::AttributeProto& attribute,
                            const std::string& name) {
    const std::string& what = attribute.name();
    const bool positive = what == "strides" || what == "dilations" || what == "kernel_shape";
    if (!positive && what != "pads" && what != "group") return;
    auto check = [&](int64_t value, int64_t low) {
        if (value >= low && value <= attribute_max) return;
        fail(name, "node '" + node.name() + "' (" + node.op_type() + "): attribute '" + what + "' has the value " +
                       std::to_string(value) + ", allowed are " + std::to_string(low) + " to " +
                       std::to_string(attribute_max));
    };
    for (const int64_t value : attribute.ints()) check(value, positive ? 1 : 0);
    if (what == "group") check(attribute.i(), 1);
}

void check_nodes(const onnx::GraphProto& graph, const std::string& name) {
    for (const auto& node : graph.node()) {
        for (const auto& attribute : node.attribute()) {
            if (attribute.has_g() || attribute.graphs_size() > 0) {
                fail(name, "node '" + node.name() + "' (" + node.op_type() +
                               "): control flow with subgraphs is not supported; export a plain "
                               "feed-forward network");
            }
            if (attribute.has_sparse_tensor() || attribute.sparse_tensors_size() > 0) {
                fail(name, "node '" + node.name() + "': sparse constants are not supported");
            }
            if (attribute.has_t()) check_tensor(attribute.t(), name);
            check_window_attribute(node, attribute, name);
        }
    }
}

void check_opset(const onnx::ModelProto& model, const std::string& name) {
    for (const auto& opset : model.opset_import()) {
        const bool standard = opset.domain().empty() || opset.domain() == "ai.onnx";
        if (standard && (opset.version() < opset_min || opset.version() > opset_max)) {
            fail(name, "uses ONNX opset " + std::to_string(opset.version()) + "; export it with opset " +
                           std::to_string(opset_min) + " to " + std::to_string(opset_max));
        }
    }
}

void check_structure(const onnx::ModelProto& model, const std::string& name) {
    if (!model.has_graph() || model.graph().node_size() == 0) {
        fail(name, "holds no network (an empty graph); is it an ONNX model?");
    }
    if (model.functions_size() > 0) {
        fail(name, "model-local functions are not supported; inline them before the export");
    }
    const auto& graph = model.graph();
    if (graph.sparse_initializer_size() > 0) fail(name, "sparse weights are not supported");
    check_opset(model, name);
    for (const auto& tensor : graph.initializer()) check_tensor(tensor, name);
    check_nodes(graph, name);

    const auto constants = initializer_names(graph);
    int inputs = 0;
    for (const auto& input : graph.input()) inputs += constants.count(input.name()) == 0 ? 1 : 0;
    if (inputs != 1) {
        fail(name, "has " + std::to_string(inputs) + " inputs; exactly one is supported");
    }
    if (graph.output_size() != 1) {
        fail(name, "has " + std::to_string(graph.output_size()) + " outputs; exactly one is supported");
    }
}

onnx::ValueInfoProto* find_input(onnx::GraphProto& graph) {
    const auto constants = initializer_names(graph);
    for (auto& input : *graph.mutable_input()) {
        if (constants.count(input.name()) == 0) return &input;
    }
    return nullptr;
}

void set_batch(onnx::ModelProto& model, const std::string& name) {
    onnx::ValueInfoProto* input = find_input(*model.mutable_graph());
    const std::string who = "input '" + input->name() + "' ";
    if (!input->type().has_tensor_type() || !input->type().tensor_type().has_shape()) {
        fail(name, who + "has no tensor shape; export the model with a fixed input shape");
    }
    auto& tensor = *input->mutable_type()->mutable_tensor_type();
    if (tensor.elem_type() != onnx::TensorProto::FLOAT) {
        fail(name, who + "is not float32; give a float model, the compiler quantises it");
    }
    auto& shape = *tensor.mutable_shape();
    for (int i = 0; i < shape.dim_size(); ++i) {
        auto& dim = *shape.mutable_dim(i);
        const bool known = dim.has_dim_value() && dim.dim_value() > 0;
        if (!known && i == 0) dim.set_dim_value(1);
        if (!known && i > 0) {
            fail(name, who + "has no fixed size in dimension " + std::to_string(i) +
                           "; export the model with a fixed input shape");
        }
        if (dim.dim_value() > values_max) fail(name, who + "is too large");
    }
}

/// A Conv without kernel_shape, whose weights have another rank than its input, crashes the library's inference; with it
/// the library compares the two. So each Conv of constant weights gets what it may leave out.
void state_kernel_shapes(onnx::GraphProto& graph) {
    std::map<std::string, const onnx::TensorProto*> constants;
    for (const auto& tensor : graph.initializer()) constants[tensor.name()] = &tensor;
    for (auto& node : *graph.mutable_node()) {
        if (node.op_type() == "Constant" && node.output_size() == 1 && node.attribute_size() == 1) {
            constants[node.output(0)] = &node.attribute(0).t();
        }
        const auto weights = node.input_size() > 1 ? constants.find(node.input(1)) : constants.end();
        const auto& all = node.attribute();
        const bool stated =
            std::any_of(all.begin(), all.end(), [](const auto& a) { return a.name() == "kernel_shape"; });
        if (node.op_type() != "Conv" || stated || weights == constants.end()) continue;
        auto* attribute = node.add_attribute();
        attribute->set_name("kernel_shape");
        attribute->set_type(onnx::AttributeProto::INTS);
        for (int i = 2; i < weights->second->dims_size(); ++i) attribute->add_ints(weights->second->dims(i));
    }
}

void infer_shapes(onnx::ModelProto& model) {
    auto& graph = *model.mutable_graph();
    // Shapes written by the exporter may still carry its batch size, so all are inferred anew.
    graph.clear_value_info();
    auto& output = *graph.mutable_output(0)->mutable_type()->mutable_tensor_type();
    output.clear_shape();
    constexpr bool check_types = true;
    constexpr int strict = 1;
    constexpr bool propagate_data = true;
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions(check_types, strict, propagate_data));
}

}  // namespace

const onnx::ValueInfoProto* model_input(const onnx::ModelProto& model) {
    const auto constants = initializer_names(model.graph());
    for (const auto& input : model.graph().input()) {
        if (constants.count(input.name()) == 0) return &input;
    }
    return nullptr;
}

void prepare_model(onnx::ModelProto& model, const std::string& name) {
    check_structure(model, name);
    set_batch(model, name);
    // The library reports by several exception types, some without a common base of their own.
    try {
        onnx::checker::check_model(model);
    } catch (const std::exception& error) {
        fail(name, std::string("is not a valid ONNX model: ") + error.what());
    }
    state_kernel_shapes(*model.mutable_graph());
    try {
        infer_shapes(model);
    } catch (const std::exception& error) {
        fail(name, std::string("shapes cannot be inferred: ") + error.what());
    }
}

onnx::ModelProto read_onnx(const std::string& path) {
    const std::string bytes = io::read_text(path);
    if (bytes.empty()) fail(path, "is empty; give an ONNX model");
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes)) {
        fail(path, "is not an ONNX model, or is damaged or truncated; export it again");
    }
    prepare_model(model, path);
    return model;
}

}  // namespace dynbal::compiler
