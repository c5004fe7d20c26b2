//! Functions that a model defines itself, as PyTorch's dynamo exporter and others write them.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace dynbal::compiler {

/// Puts the nodes of the model's functions in place of the calls, also where a function calls another one. The graph's names stay, those
/// within a function get the call's name before them. `name` opens error messages. Throws InputError for a call that does not fit its
/// function, for functions that call themselves, and for those that are written for another opset in which operators mean something else.
void inline_functions(onnx::ModelProto& model, const std::string& name);

}  // namespace dynbal::compiler
