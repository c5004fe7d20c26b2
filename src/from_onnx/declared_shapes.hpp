//! The shapes that a model's file states, held against those that its nodes give.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "from_onnx/facts.hpp"

namespace dynbal::compiler {

/// Does the file state another shape than `dims`? Dimensions without a number, 0 or negative ones say nothing.
bool contradicts(const onnx::ValueInfoProto& info, const Dims& dims);

/// The shape as it is stated, "[N, 3, ?]".
std::string stated_shape(const onnx::ValueInfoProto& info);

/// What of the model's output is stated otherwise than it is computed: whoever made the file expects another answer.
/// "" if nothing is.
std::string contradiction_of_output(const onnx::ModelProto& model, const Facts& facts);

/// A note on values within, whose stated shapes are of no use: tools that change a model leave old ones behind. "" if all
/// are right.
std::string note_on_stated_shapes(const onnx::ModelProto& model, const Facts& facts);

}  // namespace dynbal::compiler
