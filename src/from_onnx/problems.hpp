//! Private to lower(): all that keeps a model from being compiled, told at once.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

namespace dynbal::compiler {

class Problems {
public:
    /// An operator that is not known at all.
    void add_operator(const onnx::NodeProto& node);
    /// Something about a node, as fail() words it.
    void add(const std::string& message) { others_.push_back(message); }

    bool empty() const { return operators_.empty() && others_.empty(); }
    /// Throws InputError with everything, operators first, unless there is nothing.
    void raise() const;

private:
    std::map<std::string, std::vector<std::string>> operators_;  // descriptions of nodes
    std::vector<std::string> others_;
};

/// Of ONNX itself, not of a domain of its own.
bool is_standard(const onnx::NodeProto& node);
/// Is there a lowering for the node's operator?
bool is_known_operator(const onnx::NodeProto& node);

}  // namespace dynbal::compiler
