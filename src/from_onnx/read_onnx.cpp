#include "from_onnx/read_onnx.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "base/error.hpp"
#include "from_onnx/declared_shapes.hpp"
#include "from_onnx/external_data.hpp"
#include "from_onnx/inline_functions.hpp"
#include "from_onnx/lower_node.hpp"
#include "from_onnx/sort_nodes.hpp"
#include "io/file.hpp"
#include "io/printable.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t values_max = 1 << 28;  // of one constant; keeps sizes far from overflow
constexpr int64_t opset_min = 6;         // before it, Reshape and others are written differently
constexpr int64_t opset_max = 25;        // the newest whose changes were read

[[noreturn]] void refuse(const std::string& name, const std::string& what) { throw InputError(name + ": " + what); }

std::map<std::string, Dims> initializer_dims(const onnx::GraphProto& graph) {
    std::map<std::string, Dims> dims;
    for (const auto& tensor : graph.initializer()) dims[tensor.name()] = {tensor.dims().begin(), tensor.dims().end()};
    return dims;
}

/// Each is there once, and is what the inputs say if it is listed there, as old files have it.
void check_initializers(const onnx::GraphProto& graph, const std::string& name) {
    const auto dims = initializer_dims(graph);
    std::set<std::string> seen;
    for (const auto& tensor : graph.initializer()) {
        if (!seen.insert(tensor.name()).second) {
            refuse(name, "constant '" + io::printable(tensor.name()) + "' is there twice; export the model again");
        }
    }
    for (const auto& input : graph.input()) {
        const auto found = dims.find(input.name());
        if (found == dims.end() || !contradicts(input, found->second)) continue;
        refuse(name, "constant '" + io::printable(input.name()) + "' has the shape " + to_string(found->second) +
                         ", but is listed as an input of shape " + stated_shape(input) + "; export the model again");
    }
}

void check_tensor(const onnx::TensorProto& tensor, const std::string& name) {
    const std::string who = "constant '" + tensor.name() + "' ";
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
        refuse(name, who + "is stored in another file; give the model as a file beside it");
    }
    int64_t size = 1;
    for (const int64_t dim : tensor.dims()) {
        if (dim < 0 || dim > values_max) refuse(name, who + "has an impossible dimension");
        size *= dim;
        if (size > values_max) refuse(name, who + "is too large");
    }
}

void check_nodes(const onnx::GraphProto& graph, const std::string& name) {
    for (const auto& node : graph.node()) {
        if (node.output_size() == 0) refuse(name, describe(node) + " has no output; export the model again");
        for (const auto& attribute : node.attribute()) {
            if (attribute.has_g() || attribute.graphs_size() > 0) {
                refuse(name, describe(node) +
                                 ": control flow with subgraphs is not supported; export a plain "
                                 "feed-forward network");
            }
            if (attribute.has_sparse_tensor() || attribute.sparse_tensors_size() > 0) {
                refuse(name, describe(node) + ": sparse constants are not supported");
            }
            if (attribute.name() == "broadcast" && attribute.i() != 0 && node.op_type() != "Gemm") {
                refuse(name, describe(node) +
                                 ": attribute 'broadcast' of old opsets is not supported; export with opset 7 or "
                                 "later");
            }
            if (attribute.has_t()) check_tensor(attribute.t(), name);
        }
    }
}

void check_opset(const onnx::ModelProto& model, const std::string& name) {
    for (const auto& opset : model.opset_import()) {
        const bool standard = opset.domain().empty() || opset.domain() == "ai.onnx";
        if (standard && (opset.version() < opset_min || opset.version() > opset_max)) {
            refuse(name, "uses ONNX opset " + std::to_string(opset.version()) + "; export it with opset " +
                             std::to_string(opset_min) + " to " + std::to_string(opset_max));
        }
        if (standard) return;
    }
    refuse(name, "does not say which ONNX opset it uses; export it again");
}

/// Leaves the wanted output alone in the model; it may be any value that a node computes.
void choose_output(onnx::GraphProto& graph, const std::string& wanted, const std::string& name) {
    std::string names;
    for (int i = 0; i < graph.output_size(); ++i) {
        const std::string& output = graph.output(i).name();
        names += (names.empty() ? "" : ", ") + io::printable(output);
        if (output != wanted && (graph.output_size() > 1 || !wanted.empty())) continue;
        const onnx::ValueInfoProto chosen = graph.output(i);
        graph.clear_output();
        *graph.add_output() = chosen;
        return;
    }
    for (const auto& node : graph.node()) {
        const auto& made = node.output();
        if (wanted.empty() || std::find(made.begin(), made.end(), wanted) == made.end()) continue;
        graph.clear_output();
        graph.add_output()->set_name(wanted);
        return;
    }
    if (!wanted.empty()) {
        refuse(name, "has no output '" + wanted + "'; its outputs are: " + (names.empty() ? "none" : names));
    }
    refuse(name, "has " + std::to_string(graph.output_size()) + " outputs; " +
                     (names.empty() ? "exactly one is needed" : "choose one with --output: " + names));
}

void check_structure(const onnx::ModelProto& model, const std::string& name) {
    if (!model.has_graph() || model.graph().node_size() == 0) {
        refuse(name, "holds no network (an empty graph); is it an ONNX model?");
    }
    const auto& graph = model.graph();
    if (graph.sparse_initializer_size() > 0) {
        refuse(name, "constant '" + io::printable(graph.sparse_initializer(0).values().name()) +
                         "' is stored as sparse weights, which are not supported; export it as a plain tensor");
    }
    check_opset(model, name);
    for (const auto& tensor : graph.initializer()) check_tensor(tensor, name);
    check_initializers(graph, name);
}

/// Inputs that are no constants and that a node reads; all the others are dropped.
void choose_input(onnx::GraphProto& graph, const std::string& name) {
    const auto constants = initializer_dims(graph);
    std::set<std::string> read;
    for (const auto& node : graph.node()) read.insert(node.input().begin(), node.input().end());
    google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> inputs;
    std::string names;
    for (const auto& input : graph.input()) {
        if (constants.count(input.name()) > 0 || read.count(input.name()) == 0) continue;
        *inputs.Add() = input;
        names += (names.empty() ? " (" : ", ") + io::printable(input.name());
    }
    if (inputs.empty() && graph.input_size() > 0) {
        refuse(name, "output '" + graph.output(0).name() + "' does not depend on the input; nothing to compile");
    }
    if (inputs.size() != 1) {
        refuse(name, "has " + std::to_string(inputs.size()) + " inputs" + names + (names.empty() ? "" : ")") +
                         "; exactly one is supported");
    }
    graph.mutable_input()->Swap(&inputs);
}

bool is_number(int32_t type) {
    return type != onnx::TensorProto::UNDEFINED && type != onnx::TensorProto::STRING &&
           type != onnx::TensorProto::COMPLEX64 && type != onnx::TensorProto::COMPLEX128;
}

void set_batch(onnx::ModelProto& model, const std::string& name) {
    onnx::ValueInfoProto* input = model.mutable_graph()->mutable_input(0);
    const std::string who = "input '" + input->name() + "' ";
    if (!input->type().has_tensor_type() || !input->type().tensor_type().has_shape()) {
        refuse(name, who + "has no tensor shape; export the model with a fixed input shape");
    }
    auto& tensor = *input->mutable_type()->mutable_tensor_type();
    if (!is_number(tensor.elem_type())) {
        refuse(name, who + "does not hold numbers; give a float model, the compiler quantises it");
    }
    auto& shape = *tensor.mutable_shape();
    for (int i = 0; i < shape.dim_size(); ++i) {
        auto& dim = *shape.mutable_dim(i);
        const bool known = dim.has_dim_value() && dim.dim_value() > 0;
        if (!known && i == 0) dim.set_dim_value(1);
        if (!known && i > 0) {
            refuse(name, who + "has no fixed size in dimension " + std::to_string(i) +
                             (dim.has_dim_param() ? " ('" + dim.dim_param() + "')" : "") +
                             "; export the model with a fixed input shape");
        }
        if (dim.dim_value() > values_max) refuse(name, who + "is too large");
    }
}

/// What `shape` says of dimension 0, if it says a number.
int64_t first_dimension(const onnx::ValueInfoProto& info) {
    const auto& shape = info.type().tensor_type().shape();
    return shape.dim_size() > 1 ? shape.dim(0).dim_value() : 0;
}

/// A first dimension that goes through to the output is a number of samples.
void check_batch(const onnx::ModelProto& model, const std::string& name) {
    const onnx::GraphProto& graph = model.graph();
    const int64_t batch = first_dimension(graph.input(0));
    if (batch > 1 && first_dimension(graph.output(0)) == batch) {
        refuse(name, batch_refused(model, batch));
    }
}

}  // namespace

std::string batch_refused(const onnx::ModelProto& model, int64_t batch) {
    return "input '" + io::printable(model.graph().input(0).name()) + "' has a fixed batch of " +
           std::to_string(batch) + " samples; export the model with a batch of 1, or with one that is not fixed";
}

const onnx::ValueInfoProto* model_input(const onnx::ModelProto& model) {
    return model.graph().input_size() == 1 ? &model.graph().input(0) : nullptr;
}

void prepare_model(onnx::ModelProto& model, const std::string& name, const std::string& output) {
    check_structure(model, name);
    auto& graph = *model.mutable_graph();
    choose_output(graph, output, name);
    sort_nodes(graph, name);
    inline_functions(model, name);
    if (model.functions_size() > 0) sort_nodes(graph, name);
    check_nodes(graph, name);
    choose_input(graph, name);
    set_batch(model, name);
}

namespace {

/// What a file is that is no ONNX model, and what to do.
std::string what_else(std::string_view bytes) {
    if (bytes.substr(0, 8).ends_with("TFL3")) {
        return "this is a TensorFlow Lite model; convert it: python3 -m tf2onnx.convert --tflite FILE --output "
               "FILE.onnx";
    }
    if (bytes.starts_with("PK\x03\x04")) {
        return "this is an archive, as PyTorch and Keras save models; export the model to ONNX (torch.onnx.export, "
               "tf2onnx)";
    }
    if (bytes.starts_with("\x89HDF")) return "this is a model of Keras; export it to ONNX: tf2onnx.convert.from_keras";
    const std::string kind = io::wrong_kind(bytes);
    return kind.empty() ? "is not an ONNX model, or is damaged or truncated; export it again" : kind;
}

}  // namespace

onnx::ModelProto read_onnx(const std::string& path, const std::string& output, std::vector<std::string>* files) {
    const std::string bytes = io::read_text(path);
    if (bytes.empty()) refuse(path, "is empty; give an ONNX model");
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes)) {
        refuse(path, what_else(bytes));
    }
    std::vector<std::string> read{path};
    if (model.has_graph()) {
        const std::vector<std::string> beside = load_external_data(model, path);
        read.insert(read.end(), beside.begin(), beside.end());
    }
    if (files != nullptr) *files = std::move(read);
    prepare_model(model, path, output);
    check_batch(model, path);
    return model;
}

}  // namespace dynbal::compiler
