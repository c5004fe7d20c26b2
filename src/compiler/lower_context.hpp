//! Private to lower(): the state of one lowering, shared by the operators' functions.
//!
//! Operators look up their inputs here and define their outputs here; every error names the node.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/graph.hpp"
#include "compiler/lower_constant.hpp"
#include "compiler/lower_layout.hpp"
#include "compiler/lower_node.hpp"

namespace dynbal::compiler {

class Context {
public:
    explicit Context(const onnx::ModelProto& model);

    /// The nodes the output depends on, in execution order.
    const std::vector<const onnx::NodeProto*>& nodes() const { return nodes_; }
    int64_t opset() const { return opset_; }

    /// The constant of that name, or nullptr.
    const Constant* find_constant(const std::string& name);
    /// A float constant without NaN or infinity. `what` says what the operator takes it for.
    const Constant& weights(const onnx::NodeProto& node, int input, const std::string& what);
    void define_constant(const std::string& name, Constant constant);

    const Value* find_value(const std::string& name) const;
    /// Input `input` of the node, which must be an activation.
    const Value& activation(const onnx::NodeProto& node, int input) const;
    const Tensor& tensor(const Value& value) const { return tensor(value.tensor); }
    const Tensor& tensor(TensorId id) const { return graph.tensors[static_cast<size_t>(id)]; }

    /// Inferred ONNX shape of the node's first output.
    const Dims& output_dims(const onnx::NodeProto& node) const;
    /// Makes `value` the node's first output. Checks it against the inferred shape.
    void define(const onnx::NodeProto& node, Value value);
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
    void collect_shapes(const onnx::ModelProto& model);
    void collect_live_nodes(const onnx::ModelProto& model);
    void add_shape(const onnx::ValueInfoProto& info);

    int64_t opset_ = 0;
    std::string input_name_, output_name_;
    std::vector<const onnx::NodeProto*> nodes_;
    std::map<std::string, const onnx::TensorProto*> initializers_;
    std::map<std::string, Constant> constants_;
    std::map<std::string, Value> values_;
    std::map<std::string, Dims> dims_;
    std::map<std::string, int> uses_;      // by live nodes; the graph output counts as one
    std::map<TensorId, size_t> producer_;  // index of the stage
};

/// True for operators whose inputs after the first only say what inferred shapes say anyway.
bool reads_only_first_input(const std::string& operator_name);

}  // namespace dynbal::compiler
