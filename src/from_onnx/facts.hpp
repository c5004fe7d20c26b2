//! Private to lower(): what is known of a model before anything is lowered: constants, also those that are computed
//! from constants and shapes, and the shape of every activation.
//!
//! Invariant: nodes() are those that compute activations, in execution order; what they read is in dims or a constant,
//! unless an earlier node is in problems().
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "from_onnx/lower_constant.hpp"
#include "from_onnx/problems.hpp"

namespace dynbal::compiler {

class Facts {
public:
    /// `model` must outlive this. Throws InputError for a model without a usable input.
    explicit Facts(const onnx::ModelProto& model);

    int64_t opset() const { return opset_; }
    /// The constant of that name, or nullptr. Throws InputError if it is damaged.
    const Constant* constant(const std::string& name) const;
    /// The ONNX type of a constant; FLOAT for activations, UNDEFINED for other names.
    int32_t type_of(const std::string& name) const;
    /// Input `index` of a node, if it is an integer constant; else nullptr.
    const Constant* integers(const onnx::NodeProto& node, int index) const;
    /// The same, or the attribute of that name, as exporters before and after an opset write it; empty if there is none.
    /// Throws InputError if the input is no constant.
    Dims ints(const onnx::NodeProto& node, int index, const std::string& attribute) const;
    /// Shape of an activation or constant, or nullptr.
    const Dims* dims(const std::string& name) const;
    /// Shape of input `index` of a node. Throws InputError if it is not known.
    const Dims& input_dims(const onnx::NodeProto& node, int index) const;
    const std::vector<const onnx::NodeProto*>& nodes() const { return nodes_; }
    /// What cannot be compiled, as far as it is known from operators and shapes.
    const Problems& problems() const { return problems_; }

private:
    void learn(const onnx::NodeProto& node);
    void keep(const onnx::NodeProto& node, std::vector<Constant> results);

    int64_t opset_ = 0;
    int64_t folded_elements_ = 0;
    std::map<std::string, const onnx::TensorProto*> initializers_;
    mutable std::map<std::string, Constant> constants_;
    std::map<std::string, Dims> dims_;
    std::vector<const onnx::NodeProto*> nodes_;
    Problems problems_;
};

/// The results of a node all of whose inputs are constants, one for each output. Empty if the operator is none that is
/// folded. Throws InputError.
std::vector<Constant> fold(const onnx::NodeProto& node, const Facts& facts);

/// Shapes of a node's outputs. Throws InputError if they are not known or the node makes no sense.
std::vector<Dims> infer_shapes(const onnx::NodeProto& node, const Facts& facts);

/// Which elements a Slice, or one part of a Split, takes along each axis.
struct Cutout {
    int64_t begin = 0, step = 1, count = 0;
};
/// One for each axis of `dims`. Throws InputError.
std::vector<Cutout> slice_cutouts(const onnx::NodeProto& node, const Facts& facts, const Dims& dims);
/// Sizes of the parts of a Split along `axis`. Throws InputError.
Dims split_sizes(const onnx::NodeProto& node, const Facts& facts, const Dims& dims, size_t axis);
/// Row-major indices of the elements that cutouts take of a tensor of shape `dims`.
std::vector<uint32_t> cutout_sources(const Dims& dims, const std::vector<Cutout>& cutouts);
/// Axes that a Reduce operator reduces. Throws InputError.
std::vector<bool> reduced_axes(const onnx::NodeProto& node, const Facts& facts, size_t rank);
/// The shape that a Reshape, Flatten, Squeeze or Unsqueeze gives. Throws InputError.
Dims reshaped(const onnx::NodeProto& node, const Facts& facts, const Dims& dims);

}  // namespace dynbal::compiler
