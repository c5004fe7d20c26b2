//! From ONNX to the compiler's graph: the front-end's second and last step after read_onnx().
//!
//! What vanishes: shape operators (they only change which value lies where), constants, Dropout,
//! BatchNormalization and constant arithmetic after a convolution (merged into its weights), Relu
//! and Clip after a stage nobody else reads (merged into its clamp), Concat of channels
//! (placement). A fully connected layer on a tensor [h, w, c] is a convolution whose kernel covers
//! all of it.
#pragma once

#include "compiler/graph.hpp"

namespace onnx {
class ModelProto;
}

namespace dynbal::compiler {

/// Lowers a model returned by read_onnx() or prepared by prepare_model(). Throws InputError that
/// names the node, what is not supported about it, and what to do.
Graph lower(const onnx::ModelProto& model);

}  // namespace dynbal::compiler
