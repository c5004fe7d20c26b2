//! Private to lower(): reading a node's attributes, and errors that name the node.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal::compiler {

using Dims = std::vector<int64_t>;

/// "node 'name' (Operator)"; nodes without a name are called by their first output.
std::string describe(const onnx::NodeProto& node);

/// Throws InputError: "node 'name' (Operator): what".
[[noreturn]] void fail(const onnx::NodeProto& node, const std::string& what);

/// "[1, 3, 32, 32]"
std::string to_string(const Dims& dims);

/// The name under which the graph lists a node's input, or "" if that input is left out.
const std::string& input_name(const onnx::NodeProto& node, int index);

bool has_attribute(const onnx::NodeProto& node, const std::string& name);
int64_t int_attribute(const onnx::NodeProto& node, const std::string& name, int64_t otherwise);
float float_attribute(const onnx::NodeProto& node, const std::string& name, float otherwise);
std::string string_attribute(const onnx::NodeProto& node, const std::string& name, const std::string& otherwise);
/// Empty if the attribute is absent.
Dims ints_attribute(const onnx::NodeProto& node, const std::string& name);

std::vector<float> floats_attribute(const onnx::NodeProto& node, const std::string& name);

/// `axis` counted from the front, 0 to rank - 1. Throws InputError if there is no such axis.
size_t resolve_axis(const onnx::NodeProto& node, int64_t axis, size_t rank);

}  // namespace dynbal::compiler
