// LogSoftmax and ArgMax as the last node: neither changes which class wins, and the host computes them exactly.
#include <set>

#include "from_onnx/fold_parts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {

namespace {

void check_first_of_equals(const onnx::NodeProto& node) {
    if (int_attribute(node, "select_last_index", 0) == 0) return;
    fail(node, "select_last_index is not supported; without it the first of equal values counts");
}

}  // namespace

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
    if (is_arg_max) check_first_of_equals(node);
    context.graph.epilogue.kind = is_arg_max ? Epilogue::Kind::arg_max : Epilogue::Kind::log_softmax;
    context.graph.epilogue.axis = static_cast<uint32_t>(axis);
    context.define_final(node, std::move(value));
}

namespace {

/// What an ArgMax can give: an index, or the label of one.
Constant answers(const Epilogue& epilogue, const Value& value) {
    Constant all;
    all.values = epilogue.labels;
    const int64_t indices = all.values.empty() ? value.dims[epilogue.axis] : 0;
    for (int64_t i = 0; i < indices; ++i) all.values.push_back(static_cast<float>(i));
    all.dims = {static_cast<int64_t>(all.values.size())};
    return all;
}

/// The largest logarithm of a share is that of the largest value.
bool picks_from_logarithms(const Context& context, const onnx::NodeProto& node) {
    const Epilogue& epilogue = context.graph.epilogue;
    const Value& value = context.padded_activation(node, 0);
    if (epilogue.kind != Epilogue::Kind::log_softmax || context.dims(input_name(node, 0)) != value.dims) return false;
    check_first_of_equals(node);
    return resolve_axis(node, int_attribute(node, "axis", 0), value.dims.size()) == epilogue.axis;
}

/// The host gives reals: a type that cannot hold one of them would change it.
void check_final_cast(const onnx::NodeProto& node, const Epilogue& epilogue, const Value& value) {
    const auto type = static_cast<int32_t>(int_attribute(node, "to", onnx::TensorProto::FLOAT));
    if (is_float_type(type)) return;
    const Constant all = answers(epilogue, value);
    const bool fits = epilogue.kind == Epilogue::Kind::arg_max &&
                      cast_to(cast_to(all, type), onnx::TensorProto::FLOAT).values == all.values;
    if (!fits) fail(node, "its type cannot hold what it gets; remove it from the end of the network");
}

/// The labels of classes, one for each index of the axis.
std::vector<float> labels_of(const onnx::NodeProto& node, const Constant& labels, int64_t classes) {
    const bool gathers = node.op_type() == "Gather";
    const int64_t rank = static_cast<int64_t>(labels.dims.size());
    const size_t axis = resolve_axis(node, gathers ? int_attribute(node, "axis", 0) : rank - 1, labels.dims.size());
    const int64_t count = labels.dims[axis];
    if (element_count(labels.dims) != count || count < classes) {
        fail(node, "its table of shape " + to_string(labels.dims) + " does not have one label for each of " +
                       std::to_string(classes) + " classes");
    }
    std::vector<float> values = labels.values;
    for (const int64_t label : labels.integers) {
        values.push_back(static_cast<float>(label));
        constexpr int64_t exact_max = 1 << 24;  // of a float
        if (label > exact_max || label < -exact_max) fail(node, "label " + std::to_string(label) + " is too large");
    }
    return values;
}

}  // namespace

void lower_after_epilogue(Context& context, const onnx::NodeProto& node) {
    static const std::set<std::string> renames = {"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"};
    Epilogue& epilogue = context.graph.epilogue;
    const std::string& type = node.op_type();
    const bool picks_largest = type == "ArgMax" && picks_from_logarithms(context, node);
    const Constant* labels = context.find_constant(input_name(node, 0));
    const bool looks_up = (type == "ArrayFeatureExtractor" || type == "Gather") && labels != nullptr &&
                          epilogue.kind == Epilogue::Kind::arg_max && epilogue.labels.empty();
    if (picks_largest) {
        epilogue.kind = Epilogue::Kind::arg_max;
        context.define_final(node, context.padded_activation(node, 0));
        return;
    }
    if (!looks_up && renames.count(type) == 0) {
        fail(node,
             "it works on what LogSoftmax or ArgMax gives, which are supported only at the end; end the network "
             "before them with --output");
    }
    const Value value = context.padded_activation(node, looks_up ? 1 : 0);
    if (looks_up) epilogue.labels = labels_of(node, *labels, value.dims[epilogue.axis]);
    if (type == "Cast") check_final_cast(node, epilogue, value);
    context.define_final(node, value);
}

}  // namespace dynbal::compiler
