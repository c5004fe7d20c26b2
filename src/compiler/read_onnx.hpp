//! Reading ONNX models. The only public header of the compiler that shows the ONNX types.
//!
//! Invariants of a model returned by read_onnx() or accepted by prepare_model():
//!  1. it passed the ONNX checker, and shapes were inferred with a batch of 1;
//!  2. it has exactly one input that is not an initializer, a float tensor with known dimensions,
//!     and exactly one output;
//!  3. no subgraphs, no external or sparse data; window attributes are in range.
//! What the operators mean is not looked at here but in lower().
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace dynbal::compiler {

/// Reads and prepares a model file. Throws InputError, its message starts with the path.
onnx::ModelProto read_onnx(const std::string& path);

/// Checks a model, sets its batch to 1 and infers all shapes. `name` opens error messages.
/// Throws InputError.
void prepare_model(onnx::ModelProto& model, const std::string& name);

/// The input of a prepared model (graph inputs that are initializers do not count), or nullptr.
const onnx::ValueInfoProto* model_input(const onnx::ModelProto& model);

}  // namespace dynbal::compiler
