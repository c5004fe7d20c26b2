//! Weights that a model keeps in files beside it.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace dynbal::compiler {

/// Brings the data of all initializers and constants that lie in other files into the model. `path` is that of the model.
/// Throws InputError if a file is missing, too short, or outside the model's folder.
void load_external_data(onnx::ModelProto& model, const std::string& path);

}  // namespace dynbal::compiler
