//! Private to fold(): families of operators that the constant evaluator knows. All throw InputError for what makes no sense.
#pragma once

#include <optional>
#include <string>

#include "from_onnx/facts.hpp"

namespace dynbal::compiler {

/// Throws InputError if a constant of that shape is impossible or too large.
void check_folded_size(const onnx::NodeProto& node, const Dims& dims);
/// Input `index`, which must be there.
const Constant& folded_input(const onnx::NodeProto& node, const Facts& facts, int index);
/// The nearest integer towards zero; 0 for NaN.
int64_t to_integer(double value);
/// The integers as their type holds them: those that are too large wrap.
Constant wrapped_to_type(Constant constant);

/// Functions of one value, of several with broadcasting, Clip, Cast; nothing for other operators.
std::optional<Constant> folded_values(const onnx::NodeProto& node, const Facts& facts);
/// Cast, to that type.
Constant cast_to(const Constant& source, int32_t type);
/// ReduceSum and its like; nothing for other operators.
std::optional<Constant> folded_reduction(const onnx::NodeProto& node, const Facts& facts);
/// Values taken or put by their places, and those that tell places: GatherND, ScatterND, NonZero and the like; nothing for other
/// operators.
std::optional<Constant> folded_places(const onnx::NodeProto& node, const Facts& facts);
/// MatMul, Gemm, and normalisations of weights; nothing for other operators.
std::optional<Constant> folded_product(const onnx::NodeProto& node, const Facts& facts);

}  // namespace dynbal::compiler
