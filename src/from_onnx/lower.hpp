//! From ONNX to the compiler's graph: the front-end's second and last step after read_onnx().
//!
//! What vanishes: shape operators (they only change which value lies where), constants and what is computed from them,
//! Dropout, BatchNormalization and constant arithmetic after a convolution (merged into its weights), Relu
//! and Clip after a stage nobody else reads (merged into its clamp), Concat and slices of channels
//! (placement), Pad before a window. A fully connected layer on a tensor [h, w, c] is a convolution whose kernel covers
//! all of it.
#pragma once

#include <string>

#include "graph/graph.hpp"

namespace onnx {
class ModelProto;
}

namespace dynbal::compiler {

/// Lowers a model returned by read_onnx() or prepared by prepare_model(). Throws InputError that
/// names all nodes that are not supported, operators that are not known first, and what to do.
Graph lower(const onnx::ModelProto& model);

/// The same from a file; see read_onnx().
Graph read_graph(const std::string& path, const std::string& output = {});

}  // namespace dynbal::compiler
