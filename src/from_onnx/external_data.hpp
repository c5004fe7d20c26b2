//! Weights that a model keeps in files beside it.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace dynbal::compiler {

/// Brings the data of all initializers and constants that lie in other files into the model. `path` is that of the model.
/// Returns the paths of these files. Throws InputError if one is missing, too short, or outside the model's folder.
std::vector<std::string> load_external_data(onnx::ModelProto& model, const std::string& path);

}  // namespace dynbal::compiler
