//! Private to lower(): constants of the model (initializers, Constant nodes, and what is computed from them).
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "from_onnx/lower_node.hpp"

namespace dynbal::compiler {

/// A constant in row-major order. Exactly one of `values` and `integers` holds the data.
struct Constant {
    std::string name;  ///< of the initializer or node output, for messages
    Dims dims;
    bool is_float = true;
    int32_t type = onnx::TensorProto::FLOAT;  ///< of the elements in ONNX
    std::vector<float> values;
    std::vector<int64_t> integers;
};

/// Reads floats of 16, 32 and 64 bits, integers and booleans. Throws InputError for other types, or if
/// the data does not fill the shape.
Constant read_constant(const onnx::TensorProto& tensor, const std::string& name);

/// Bytes of an element of that ONNX type, as raw data hold it; 0 for types that are not supported.
size_t element_bytes(int32_t type);

/// Are values of that ONNX type real numbers?
bool is_float_type(int32_t type);

/// 64-bit integers.
Constant integer_constant(Dims dims, std::vector<int64_t> values);

/// The constant with other dimensions, its element i being element sources[i] of the given one.
Constant rearranged(const Constant& constant, Dims dims, const std::vector<uint32_t>& sources);

/// The result of a Constant node. Throws InputError.
Constant read_constant_node(const onnx::NodeProto& node);

/// Shape of an operation on two tensors by ONNX broadcasting; nothing if they do not fit each other.
std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b);

/// Number of elements, at most 2^40 (more is never of use). Dimensions must not be negative.
int64_t element_count(const Dims& dims);

/// Row-major source index of every element of a tensor of shape `dims` transposed by `perm`.
std::vector<uint32_t> transpose_sources(const Dims& dims, const std::vector<size_t>& perm);

/// For every element of a tensor of shape `target`, the element of `source` that ONNX broadcasting
/// puts there. Empty if `source` does not broadcast to exactly `target`.
std::vector<uint32_t> broadcast_sources(const Dims& source, const Dims& target);

}  // namespace dynbal::compiler
