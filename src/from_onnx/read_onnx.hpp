//! Reading ONNX models. The only public header of the compiler that shows the ONNX types.
//!
//! Invariants of a model returned by read_onnx() or accepted by prepare_model():
//!  1. its nodes are those that the output depends on, each after what it reads; every name is defined once;
//!  2. it has exactly one input that is not an initializer, a tensor of numbers with known dimensions, the first of them
//!     1 if the file left it open, and exactly one output;
//!  3. no subgraphs, no calls of its own functions, no external or sparse data.
//! What the operators mean, and whether their attributes make sense, is not looked at here but in lower().
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal::compiler {

/// Reads and prepares a model file, with data that lie in files beside it. `output` names the output wanted, or any value that a
/// node computes; it may be empty if there is only one output. `files`, if given, receives the paths of all files that were read.
/// Throws InputError, its message starts with the path.
onnx::ModelProto read_onnx(const std::string& path, const std::string& output = {},
                           std::vector<std::string>* files = nullptr);

/// The same for a model in memory. `name` opens error messages. Throws InputError.
void prepare_model(onnx::ModelProto& model, const std::string& name, const std::string& output = {});

/// Why a model for that many samples at once is refused.
std::string batch_refused(const onnx::ModelProto& model, int64_t batch);

/// The input of a prepared model, or nullptr if it has none.
const onnx::ValueInfoProto* model_input(const onnx::ModelProto& model);

}  // namespace dynbal::compiler
