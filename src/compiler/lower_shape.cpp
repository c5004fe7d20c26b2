// Operators that move no data: Reshape, Transpose and the like, on activations and on constants.
#include <algorithm>

#include "compiler/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

void check_dropout(Context& context, const onnx::NodeProto& node) {
    if (input_name(node, 2).empty()) return;
    const Constant* training = context.find_constant(input_name(node, 2));
    const bool off = training != nullptr && !training->is_float && training->integers == std::vector<int64_t>{0};
    if (!off) fail(node, "training mode is not supported; export the model for inference");
}

void check_cast(const onnx::NodeProto& node, bool from_float) {
    const int64_t type = int_attribute(node, "to", 0);
    const bool to_float = type == onnx::TensorProto::FLOAT;
    const bool to_integer = type == onnx::TensorProto::INT64 || type == onnx::TensorProto::INT32;
    if (from_float ? !to_float : !to_integer) {
        fail(node, "this change of type is not supported; only float32 to float32 is");
    }
}

template <typename T>
std::vector<T> gather(const std::vector<T>& values, const std::vector<uint32_t>& sources) {
    std::vector<T> result;
    if (values.empty()) return result;  // the constant holds data of the other type
    result.reserve(sources.size());
    for (const uint32_t source : sources) result.push_back(values[source]);
    return result;
}

}  // namespace

std::vector<size_t> transpose_permutation(const onnx::NodeProto& node, size_t rank) {
    const Dims declared = ints_attribute(node, "perm");
    std::vector<size_t> perm;
    std::vector<bool> seen(rank, false);
    for (size_t i = 0; i < rank; ++i) {
        const int64_t axis = declared.empty()          ? static_cast<int64_t>(rank - 1 - i)
                             : declared.size() == rank ? declared[i]
                                                       : -1;
        if (axis < 0 || axis >= static_cast<int64_t>(rank) || seen[static_cast<size_t>(axis)]) {
            fail(node, "perm is not a permutation of the axes");
        }
        perm.push_back(static_cast<size_t>(axis));
        seen[perm.back()] = true;
    }
    return perm;
}

void lower_constant(Context& context, const onnx::NodeProto& node) {
    context.define_constant(node.output(0), read_constant_node(node));
}

void lower_reshape(Context& context, const onnx::NodeProto& node) {
    if (node.op_type() == "Dropout") check_dropout(context, node);
    const Constant* constant = context.find_constant(input_name(node, 0));
    if (node.op_type() == "Cast") check_cast(node, constant == nullptr || constant->is_float);
    if (constant == nullptr) {
        context.define_alias(node, 0, context.activation(node, 0).place);
        return;
    }
    Constant result = *constant;
    result.dims = context.output_dims(node);
    if (element_count(result.dims) != element_count(constant->dims)) {
        fail(node, "cannot turn " + to_string(constant->dims) + " into " + to_string(result.dims));
    }
    context.define_constant(node.output(0), std::move(result));
}

void lower_transpose(Context& context, const onnx::NodeProto& node) {
    const Constant* constant = context.find_constant(input_name(node, 0));
    const Dims dims = constant != nullptr ? constant->dims : context.activation(node, 0).dims;
    const auto perm = transpose_permutation(node, dims.size());
    const auto sources = transpose_sources(dims, perm);
    if (constant == nullptr) {
        const Places& place = *context.activation(node, 0).place;
        context.define_alias(node, 0, std::make_shared<Places>(gather(place, sources)));
        return;
    }
    Constant result = *constant;
    for (size_t i = 0; i < perm.size(); ++i) result.dims[i] = dims[perm[i]];
    result.values = gather(constant->values, sources);
    result.integers = gather(constant->integers, sources);
    context.define_constant(node.output(0), std::move(result));
}

}  // namespace dynbal::compiler
