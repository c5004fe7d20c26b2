#include "from_onnx/lower.hpp"

#include <map>

#include "base/error.hpp"
#include "from_onnx/declared_shapes.hpp"
#include "from_onnx/lower_ops.hpp"
#include "from_onnx/read_onnx.hpp"
#include "graph/narrow_curves.hpp"

namespace dynbal::compiler {
namespace {

using LowerFunction = void (*)(Context&, const onnx::NodeProto&);

const std::map<std::string, LowerFunction>& operators() {
    static const std::map<std::string, LowerFunction> table = {
        {"Add", lower_add},
        {"ArgMax", lower_epilogue},
        {"ArrayFeatureExtractor", lower_after_epilogue},
        {"AveragePool", lower_pool},
        {"BatchNormalization", lower_batch_normalization},
        {"Cast", lower_reshape},
        {"CastLike", lower_reshape},
        {"Clip", lower_clip},
        {"Concat", lower_concat},
        {"Conv", lower_conv},
        {"ConvTranspose", lower_conv_transpose},
        {"DequantizeLinear", lower_dequantise},
        {"Div", lower_div},
        {"Dropout", lower_reshape},
        {"Flatten", lower_reshape},
        {"Gather", lower_parts},
        {"Gemm", lower_gemm},
        {"GlobalAveragePool", lower_global_pool},
        {"GlobalMaxPool", lower_global_pool},
        {"HardSigmoid", lower_hard_sigmoid},
        {"Identity", lower_reshape},
        {"LogSoftmax", lower_epilogue},
        {"MatMul", lower_matmul},
        {"Max", lower_min_max},
        {"MaxPool", lower_pool},
        {"Min", lower_min_max},
        {"Mul", lower_mul},
        {"PRelu", lower_prelu},
        {"Pad", lower_pad},
        {"Pow", lower_pow},
        {"QuantizeLinear", lower_quantise},
        {"ReduceMax", lower_reduce},
        {"ReduceMean", lower_reduce},
        {"ReduceSum", lower_reduce},
        {"Relu", lower_relu},
        {"Reshape", lower_reshape},
        {"Resize", lower_resize},
        {"Scaler", lower_scaler},
        {"Slice", lower_parts},
        {"Softmax", lower_softmax},
        {"Split", lower_parts},
        {"Squeeze", lower_reshape},
        {"Sub", lower_sub},
        {"Sum", lower_sum},
        {"Transpose", lower_transpose},
        {"Unsqueeze", lower_reshape},
        {"Upsample", lower_resize},
    };
    return table;
}

/// Null for an operator that is not known.
LowerFunction find_operator(const onnx::NodeProto& node) {
    const bool of_ml = node.op_type() == "Scaler" || node.op_type() == "ArrayFeatureExtractor";
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    if (of_ml ? node.domain() != "ai.onnx.ml" : !standard) return nullptr;
    if (is_curve(node.op_type())) return lower_curve;
    const auto found = operators().find(node.op_type());
    return found == operators().end() ? nullptr : found->second;
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
    if (context.nodes().empty()) throw InputError("the network has no node; nothing to compile");
    const onnx::NodeProto& last = *context.nodes().back();
    if (output.padded) output = store_padding(context, last, output);
    if (output.tensor == graph.input || context.tensor(output).is_part) {
        output.tensor = context.add_copy(last, output.tensor, Clamp{});
    }
    graph.output = output.tensor;
    graph.output_dims = output.dims;
    graph.output_order = invert(*output.place);
    if (graph.epilogue.kind != Epilogue::Kind::none) graph.epilogue.final_dims = context.dims(context.output());
}

// What cannot be an image is not worth hours of planning.
void check_size(const Context& context, const Problems& problems) {
    constexpr size_t nodes_max = 20000;
    if (context.nodes().size() > nodes_max) {
        problems.raise();
        throw InputError("the network has " + std::to_string(context.nodes().size()) + " operations, more than the " +
                         std::to_string(nodes_max) + " that are supported; use a smaller network");
    }
}

}  // namespace

bool is_known_operator(const onnx::NodeProto& node) { return find_operator(node) != nullptr; }

Graph lower(const onnx::ModelProto& model) {
    Context context(model);
    Problems problems = context.facts().problems();
    check_size(context, problems);
    place_input(context);
    for (const auto* node : context.nodes()) {
        const LowerFunction lower_node = find_operator(*node);
        if (lower_node == nullptr || !context.is_ready(*node)) continue;  // known to the problems already
        try {
            (context.reads_final(*node) ? lower_after_epilogue : lower_node)(context, *node);
        } catch (const InputError& error) {
            problems.add(error.what());
            context.define_placeholders(*node);
        }
    }
    const std::string contradiction = contradiction_of_output(model, context.facts());
    if (!contradiction.empty()) problems.add(contradiction);
    problems.raise();
    define_output(context);
    const std::string note = note_on_stated_shapes(model, context.facts());
    if (!note.empty()) context.graph.notes.push_back(note);
    clamp_before_flat_curves(context.graph);
    return std::move(context.graph);
}

namespace {

// The model says the shape of its own outputs only; of one within it we know it by now.
void check_batch(const onnx::ModelProto& model, const Graph& graph) {
    const Dims& input = graph.input_dims;
    const Dims& output = graph.output_dims;
    if (input.size() > 1 && output.size() > 1 && input[0] > 1 && input[0] == output[0]) {
        throw InputError(batch_refused(model, input[0]));
    }
}

}  // namespace

Graph read_graph(const std::string& path, const std::string& output) {
    std::vector<std::string> files;
    const onnx::ModelProto model = read_onnx(path, output, &files);
    try {
        Graph graph = lower(model);
        check_batch(model, graph);
        graph.files = std::move(files);
        return graph;
    } catch (const InputError& error) {
        throw InputError(path + ": " + error.what());
    }
}

}  // namespace dynbal::compiler
