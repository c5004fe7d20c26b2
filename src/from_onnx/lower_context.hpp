//! Private to lower(): the state of one lowering, shared by the operators' functions.
//!
//! Operators look up their inputs here and define their outputs here; every error names the node.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "from_onnx/facts.hpp"
#include "from_onnx/lower_constant.hpp"
#include "from_onnx/lower_layout.hpp"
#include "from_onnx/lower_node.hpp"
#include "graph/graph.hpp"

namespace dynbal::compiler {

class Context {
public:
    explicit Context(const onnx::ModelProto& model);

    /// The nodes that compute activations, in execution order.
    const std::vector<const onnx::NodeProto*>& nodes() const { return facts_.nodes(); }
    int64_t opset() const { return facts_.opset(); }
    const Facts& facts() const { return facts_; }

    /// The constant of that name, or nullptr.
    const Constant* find_constant(const std::string& name) const { return facts_.constant(name); }
    /// A float constant without NaN or infinity. `what` says what the operator takes it for.
    const Constant& weights(const onnx::NodeProto& node, int input, const std::string& what) const;

    const Value* find_value(const std::string& name) const;
    /// Input `input` of the node, which must be an activation. Padding is given a stage of its own, so that the value is
    /// not padded.
    const Value& activation(const onnx::NodeProto& node, int input);
    /// The same, perhaps padded.
    const Value& padded_activation(const onnx::NodeProto& node, int input) const;
    /// Is everything known that the node reads?
    bool is_ready(const onnx::NodeProto& node) const;
    /// Values for a node that cannot be lowered, so that those behind it can be looked at.
    void define_placeholders(const onnx::NodeProto& node);
    const Tensor& tensor(const Value& value) const { return tensor(value.tensor); }
    const Tensor& tensor(TensorId id) const { return graph.tensors[static_cast<size_t>(id)]; }

    /// Inferred ONNX shape of an output of the node.
    const Dims& output_dims(const onnx::NodeProto& node, int output = 0) const;
    /// Makes `value` an output of the node. Checks it against the inferred shape.
    void define(const onnx::NodeProto& node, Value value, int output = 0);
    /// Makes `value` what the model gives, before what the host makes of it.
    void define_final(const onnx::NodeProto& node, Value value);
    /// Does the node read what the host makes?
    bool reads_final(const onnx::NodeProto& node) const;
    /// Makes the node's first output another name, shape or order of the tensor of input `input`.
    void define_alias(const onnx::NodeProto& node, int input, std::shared_ptr<const Places> place);

    /// The output tensor of a node. Throws InputError if it is empty or too large.
    TensorId add_tensor(const onnx::NodeProto& node, int64_t h, int64_t w, int64_t c);
    /// The same for a tensor of that name; `who` opens the error message.
    TensorId add_tensor(const std::string& who, const std::string& name, int64_t h, int64_t w, int64_t c);
    /// Adds a stage from the value's tensor to `output` and returns it. Valid until the next one.
    Stage& add_stage(const onnx::NodeProto& node, StageKind kind, const std::vector<TensorId>& inputs, TensorId output);
    /// A 1x1 max pool: copies its input, clamped if wanted. Returns the tensor written.
    TensorId add_copy(const onnx::NodeProto& node, TensorId input, Clamp clamp);
    /// The stage that wrote the tensor, or nullptr.
    const Stage* producer(TensorId id) const;
    /// How many nodes read the value of that name; being the model's output counts as one.
    int uses_of(const std::string& name) const;
    /// The stage that produced the value of that name, if the value has no other reader so that an
    /// operation on it may be merged into the stage; else nullptr.
    Stage* mergeable(const std::string& name);

    /// Throws InputError unless all weights and biases of the stage are finite and equal in number
    /// to what its shape wants.
    static void check_weights(const onnx::NodeProto& node, const Stage& stage);

    void define_input(Value value);
    const std::string& input() const { return input_name_; }
    const std::string& output() const { return output_name_; }
    const Dims& dims(const std::string& name) const;

    Graph graph;

private:
    Facts facts_;
    std::string input_name_, output_name_;
    std::map<std::string, Value> values_;
    std::string final_name_;               // of what the host makes
    std::map<std::string, int> uses_;      // by nodes; the graph output counts as one
    std::map<TensorId, size_t> producer_;  // index of the stage
};

}  // namespace dynbal::compiler
