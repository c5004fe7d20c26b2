// LogSoftmax and ArgMax as the last node: neither changes which class wins, and the host computes them exactly.
#include <set>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {

void lower_epilogue(Context& context, const onnx::NodeProto& node) {
    const bool is_arg_max = node.op_type() == "ArgMax";
    if (context.graph.epilogue.kind != Epilogue::Kind::none) fail(node, "the model has another such end already");
    Value value = context.activation(node, 0);
    const size_t rank = value.dims.size();
    if (rank == 0) fail(node, "its input is a scalar");
    // Before opset 13 LogSoftmax took all axes from its own on for one; with ones behind it there is no difference.
    const bool old = !is_arg_max && context.opset() < 13;
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", is_arg_max ? 0 : (old ? 1 : -1)), rank);
    for (size_t i = axis + 1; old && i < rank; ++i) {
        if (value.dims[i] != 1) fail(node, "it works on several axes at once; export with opset 13 or later");
    }
    if (is_arg_max && int_attribute(node, "select_last_index", 0) != 0) {
        fail(node, "select_last_index is not supported");
    }
    context.graph.epilogue.kind = is_arg_max ? Epilogue::Kind::arg_max : Epilogue::Kind::log_softmax;
    context.graph.epilogue.axis = static_cast<uint32_t>(axis);
    context.define_final(node, std::move(value));
}

void lower_after_epilogue(Context& context, const onnx::NodeProto& node) {
    static const std::set<std::string> renames = {"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"};
    Epilogue& epilogue = context.graph.epilogue;
    const std::string& type = node.op_type();
    const Constant* labels = context.find_constant(input_name(node, 0));
    const bool looks_up = (type == "ArrayFeatureExtractor" || type == "Gather") && labels != nullptr &&
                          epilogue.kind == Epilogue::Kind::arg_max && epilogue.labels.empty();
    if (looks_up) {
        epilogue.labels.assign(labels->values.begin(), labels->values.end());
        for (const int64_t label : labels->integers) epilogue.labels.push_back(static_cast<float>(label));
    } else if (renames.count(type) == 0) {
        fail(node,
             "it works on what LogSoftmax or ArgMax gives, which are supported only at the end; end the network "
             "before them with --output");
    }
    context.define_final(node, context.padded_activation(node, looks_up ? 1 : 0));
}

}  // namespace dynbal::compiler
