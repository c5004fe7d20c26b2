// Operators that move no data: Reshape, Transpose and the like.
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

// Integers as inputs are real numbers here, and so are halves and doubles.
void check_cast(const onnx::NodeProto& node, const Facts& facts) {
    const bool like = node.op_type() == "CastLike";
    const auto type = like ? facts.type_of(input_name(node, 1)) : static_cast<int32_t>(int_attribute(node, "to", 0));
    if (!is_float_type(type)) fail(node, "activations cannot become integers; remove it from the model");
}

}  // namespace

bool is_said_to_train(const onnx::NodeProto& node) { return int_attribute(node, "is_test", 1) == 0; }

void check_dropout(const onnx::NodeProto& node, const Facts& facts) {
    if (input_name(node, 2).empty() && !is_said_to_train(node)) return;
    const Constant* training = facts.constant(input_name(node, 2));
    const bool off = training != nullptr && !training->is_float && training->integers == std::vector<int64_t>{0};
    if (!off) fail(node, "training mode is not supported; export the model for inference");
}

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

void lower_reshape(Context& context, const onnx::NodeProto& node) {
    if (node.op_type() == "Dropout") check_dropout(node, context.facts());
    if (node.op_type() == "Cast" || node.op_type() == "CastLike") check_cast(node, context.facts());
    context.define_alias(node, 0, context.padded_activation(node, 0).place);
}

void lower_transpose(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.padded_activation(node, 0);
    auto place = std::make_shared<Places>();
    for (const uint32_t source : transpose_sources(input.dims, transpose_permutation(node, input.dims.size()))) {
        place->push_back((*input.place)[source]);
    }
    context.define_alias(node, 0, std::move(place));
}

}  // namespace dynbal::compiler
