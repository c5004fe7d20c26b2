#include "compiler/lower.hpp"

#include <map>

#include "base/error.hpp"
#include "compiler/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

using LowerFunction = void (*)(Context&, const onnx::NodeProto&);

const std::map<std::string, LowerFunction>& operators() {
    static const std::map<std::string, LowerFunction> table = {
        {"Add", lower_add},
        {"AveragePool", lower_pool},
        {"BatchNormalization", lower_batch_normalization},
        {"Cast", lower_reshape},
        {"Clip", lower_clip},
        {"Concat", lower_concat},
        {"Constant", lower_constant},
        {"Conv", lower_conv},
        {"Div", lower_div},
        {"Dropout", lower_reshape},
        {"Flatten", lower_reshape},
        {"Gemm", lower_gemm},
        {"GlobalAveragePool", lower_global_pool},
        {"GlobalMaxPool", lower_global_pool},
        {"Identity", lower_reshape},
        {"MatMul", lower_matmul},
        {"MaxPool", lower_pool},
        {"Mul", lower_mul},
        {"Pad", lower_pad},
        {"ReduceMax", lower_reduce},
        {"ReduceMean", lower_reduce},
        {"Relu", lower_relu},
        {"Reshape", lower_reshape},
        {"Softmax", lower_softmax},
        {"Squeeze", lower_reshape},
        {"Sub", lower_sub},
        {"Sum", lower_add},
        {"Transpose", lower_transpose},
        {"Unsqueeze", lower_reshape},
    };
    return table;
}

LowerFunction find_operator(const onnx::NodeProto& node) {
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    const auto found = operators().find(node.op_type());
    if (standard && found != operators().end()) return found->second;

    std::string known;
    for (const auto& [name, function] : operators()) {
        if (!known.empty()) known += ", ";
        known += name;
    }
    const std::string domain = standard ? "" : " of domain '" + node.domain() + "'";
    fail(node, "operator" + domain + " not supported; build the network from " + known);
}

// The engine never writes its result over the input, so a model that only renames or reorders its
// input still gets one stage.
void define_output(Context& context) {
    const Value* found = context.find_value(context.output());
    if (found == nullptr) {
        throw InputError("output '" + context.output() + "' does not depend on the input; nothing to compile");
    }
    Value output = *found;
    Graph& graph = context.graph;
    if (output.tensor == graph.input) {
        if (context.nodes().empty()) throw InputError("the network has no node; nothing to compile");
        output.tensor = context.add_copy(*context.nodes().back(), graph.input, Clamp{});
    }
    graph.output = output.tensor;
    graph.output_dims = output.dims;
    graph.output_order = invert(*output.place);
}

}  // namespace

Graph lower(const onnx::ModelProto& model) {
    onnx::ModelProto folded = model;
    fold_pads(folded);
    Context context(folded);
    // All unknown operators are found before any work, and before the shapes they lack are missed.
    for (const auto* node : context.nodes()) find_operator(*node);
    place_input(context);
    for (const auto* node : context.nodes()) {
        const LowerFunction lower_node = find_operator(*node);
        lower_node(context, *node);
    }
    define_output(context);
    return std::move(context.graph);
}

}  // namespace dynbal::compiler
