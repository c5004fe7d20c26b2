#include "from_onnx/lower_constant.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t element_count_max = int64_t{1} << 40;

static_assert(std::endian::native == std::endian::little, "raw ONNX data is little-endian");

// ONNX keeps tensor data either as raw bytes or in a typed list.
template <typename Source, typename Target, typename List>
std::vector<Target> read_values(const onnx::TensorProto& tensor, const List& list) {
    std::vector<Target> values;
    if (!tensor.has_raw_data()) {
        values.reserve(static_cast<size_t>(list.size()));
        for (const auto value : list) values.push_back(static_cast<Target>(value));
        return values;
    }
    const std::string& bytes = tensor.raw_data();
    values.reserve(bytes.size() / sizeof(Source));
    for (size_t at = 0; at + sizeof(Source) <= bytes.size(); at += sizeof(Source)) {
        Source value{};
        std::memcpy(&value, bytes.data() + at, sizeof(Source));
        values.push_back(static_cast<Target>(value));
    }
    return values;
}

// A float of 16 bits; `exponent_bits` is 5 (IEEE half) or 8 (bfloat16).
float from_16_bits(uint32_t bits, int exponent_bits) {
    const int mantissa_bits = 15 - exponent_bits;
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = static_cast<int>(bits >> static_cast<uint32_t>(mantissa_bits)) & ((1 << exponent_bits) - 1);
    const auto mantissa = static_cast<int>(bits & ((1U << static_cast<uint32_t>(mantissa_bits)) - 1));
    float value = 0;
    if (exponent == (1 << exponent_bits) - 1) {
        value = std::numeric_limits<float>::quiet_NaN();  // infinity too: both are refused where they are used
    } else if (exponent == 0) {
        value = std::ldexp(static_cast<float>(mantissa), 1 - bias - mantissa_bits);
    } else {
        value = std::ldexp(static_cast<float>(mantissa + (1 << mantissa_bits)), exponent - bias - mantissa_bits);
    }
    return (bits & 0x8000U) != 0 ? -value : value;
}

std::vector<float> read_16_bits(const onnx::TensorProto& tensor, int exponent_bits) {
    std::vector<float> values;
    for (const int64_t bits : read_values<uint16_t, int64_t>(tensor, tensor.int32_data())) {
        values.push_back(from_16_bits(static_cast<uint32_t>(bits) & 0xFFFFU, exponent_bits));
    }
    return values;
}

std::vector<int64_t> read_integers(const onnx::TensorProto& tensor) {
    switch (tensor.data_type()) {
        case onnx::TensorProto::INT64: return read_values<int64_t, int64_t>(tensor, tensor.int64_data());
        case onnx::TensorProto::INT32: return read_values<int32_t, int64_t>(tensor, tensor.int32_data());
        case onnx::TensorProto::INT16: return read_values<int16_t, int64_t>(tensor, tensor.int32_data());
        case onnx::TensorProto::INT8: return read_values<int8_t, int64_t>(tensor, tensor.int32_data());
        case onnx::TensorProto::UINT16: return read_values<uint16_t, int64_t>(tensor, tensor.int32_data());
        case onnx::TensorProto::BOOL:
        case onnx::TensorProto::UINT8: return read_values<uint8_t, int64_t>(tensor, tensor.int32_data());
        case onnx::TensorProto::UINT32: return read_values<uint32_t, int64_t>(tensor, tensor.uint64_data());
        case onnx::TensorProto::UINT64: return read_values<uint64_t, int64_t>(tensor, tensor.uint64_data());
        default: return {};
    }
}

bool is_integer(int32_t type) {
    using Tensor = onnx::TensorProto;
    constexpr std::array types = {Tensor::INT64,  Tensor::INT32, Tensor::INT16,  Tensor::INT8, Tensor::UINT16,
                                  Tensor::UINT32, Tensor::UINT8, Tensor::UINT64, Tensor::BOOL};
    return std::find(types.begin(), types.end(), type) != types.end();
}

// A float64 outside the range of float32 becomes infinite, which the user of the weights rejects.
std::vector<float> narrow(const std::vector<double>& values) {
    constexpr double limit = std::numeric_limits<float>::max();
    std::vector<float> result;
    result.reserve(values.size());
    for (const double value : values) {
        const bool fits = value >= -limit && value <= limit;
        result.push_back(fits ? static_cast<float>(value) : std::numeric_limits<float>::quiet_NaN());
    }
    return result;
}

}  // namespace

int64_t element_count(const Dims& dims) {
    int64_t count = 1;
    for (const int64_t dim : dims) {
        if (dim != 0 && count > element_count_max / dim) return element_count_max;
        count *= dim;
    }
    return count;
}

Constant read_constant(const onnx::TensorProto& tensor, const std::string& name) {
    Constant constant;
    constant.name = name;
    constant.type = tensor.data_type();
    constant.dims.assign(tensor.dims().begin(), tensor.dims().end());
    switch (tensor.data_type()) {
        case onnx::TensorProto::FLOAT: constant.values = read_values<float, float>(tensor, tensor.float_data()); break;
        case onnx::TensorProto::DOUBLE:
            constant.values = narrow(read_values<double, double>(tensor, tensor.double_data()));
            break;
        case onnx::TensorProto::FLOAT16: constant.values = read_16_bits(tensor, 5); break;
        case onnx::TensorProto::BFLOAT16: constant.values = read_16_bits(tensor, 8); break;
        default:
            if (!is_integer(tensor.data_type())) {
                throw InputError("constant '" + name + "' has an unsupported type; give a float32 model");
            }
            constant.is_float = false;
            constant.integers = read_integers(tensor);
    }
    const size_t size = constant.is_float ? constant.values.size() : constant.integers.size();
    const bool cut = tensor.has_raw_data() && tensor.raw_data().size() % element_bytes(tensor.data_type()) != 0;
    if (static_cast<int64_t>(size) != element_count(constant.dims) || cut) {
        throw InputError("constant '" + name + "' has " + std::to_string(size) + " values" +
                         (cut ? " and a part of one" : "") + " for the shape " + to_string(constant.dims) +
                         "; the model is damaged, export it again");
    }
    return constant;
}

size_t element_bytes(int32_t type) {
    switch (type) {
        case onnx::TensorProto::BOOL:
        case onnx::TensorProto::INT8:
        case onnx::TensorProto::UINT8: return 1;
        case onnx::TensorProto::INT16:
        case onnx::TensorProto::UINT16:
        case onnx::TensorProto::FLOAT16:
        case onnx::TensorProto::BFLOAT16: return 2;
        case onnx::TensorProto::INT32:
        case onnx::TensorProto::UINT32:
        case onnx::TensorProto::FLOAT: return 4;
        case onnx::TensorProto::INT64:
        case onnx::TensorProto::UINT64:
        case onnx::TensorProto::DOUBLE: return 8;
        default: return 0;
    }
}

bool is_float_type(int32_t type) {
    return type == onnx::TensorProto::FLOAT || type == onnx::TensorProto::DOUBLE ||
           type == onnx::TensorProto::FLOAT16 || type == onnx::TensorProto::BFLOAT16;
}

Constant integer_constant(Dims dims, std::vector<int64_t> values) {
    Constant constant;
    constant.is_float = false;
    constant.type = onnx::TensorProto::INT64;
    constant.dims = std::move(dims);
    constant.integers = std::move(values);
    return constant;
}

Constant rearranged(const Constant& constant, Dims dims, const std::vector<uint32_t>& sources) {
    Constant result;
    result.name = constant.name;
    result.is_float = constant.is_float;
    result.type = constant.type;
    result.dims = std::move(dims);
    for (const uint32_t source : sources) {
        if (constant.is_float) result.values.push_back(constant.values[source]);
        if (!constant.is_float) result.integers.push_back(constant.integers[source]);
    }
    return result;
}

Constant read_constant_node(const onnx::NodeProto& node) {
    Constant constant;
    constant.name = node.output(0);
    for (const auto& attribute : node.attribute()) {
        const std::string& name = attribute.name();
        if (name == "value") return read_constant(attribute.t(), node.output(0));
        if (name == "value_float") {
            constant.values = {attribute.f()};
            return constant;
        }
        if (name == "value_floats") {
            constant.values.assign(attribute.floats().begin(), attribute.floats().end());
            constant.dims = {static_cast<int64_t>(constant.values.size())};
            return constant;
        }
        if (name == "value_int") {
            return integer_constant({}, {attribute.i()});
        }
        if (name == "value_ints") {
            return integer_constant({attribute.ints_size()}, {attribute.ints().begin(), attribute.ints().end()});
        }
    }
    fail(node, "only numeric constants are supported");
}

std::optional<Dims> broadcast_dims(const Dims& a, const Dims& b) {
    const Dims& longer = a.size() >= b.size() ? a : b;
    const Dims& shorter = a.size() >= b.size() ? b : a;
    Dims dims = longer;
    for (size_t i = 0; i < shorter.size(); ++i) {
        int64_t& dim = dims[longer.size() - shorter.size() + i];
        if (dim != shorter[i] && dim != 1 && shorter[i] != 1) return std::nullopt;
        if (dim == 1) dim = shorter[i];
    }
    return dims;
}

std::vector<uint32_t> transpose_sources(const Dims& dims, const std::vector<size_t>& perm) {
    const size_t rank = dims.size();
    Dims stride(rank, 1);
    for (size_t i = rank; i-- > 1;) stride[i - 1] = stride[i] * dims[i];

    std::vector<uint32_t> sources(static_cast<size_t>(element_count(dims)));
    Dims position(rank, 0);  // in the transposed tensor
    int64_t source = 0;
    for (auto& entry : sources) {
        entry = static_cast<uint32_t>(source);
        for (size_t i = rank; i-- > 0;) {
            source += stride[perm[i]];
            if (++position[i] < dims[perm[i]]) break;
            source -= stride[perm[i]] * dims[perm[i]];
            position[i] = 0;
        }
    }
    return sources;
}

std::vector<uint32_t> broadcast_sources(const Dims& source, const Dims& target) {
    if (source.size() > target.size()) return {};
    const size_t lead = target.size() - source.size();
    Dims step(target.size(), 0);  // how far one step along a target axis moves in the source
    int64_t size = 1;
    for (size_t i = source.size(); i-- > 0;) {
        if (source[i] != 1 && source[i] != target[lead + i]) return {};
        if (source[i] != 1) step[lead + i] = size;
        size *= source[i];
    }
    std::vector<uint32_t> sources(static_cast<size_t>(element_count(target)));
    Dims position(target.size(), 0);
    int64_t at = 0;
    for (auto& entry : sources) {
        entry = static_cast<uint32_t>(at);
        for (size_t i = target.size(); i-- > 0;) {
            at += step[i];
            if (++position[i] < target[i]) break;
            at -= step[i] * target[i];
            position[i] = 0;
        }
    }
    return sources;
}

}  // namespace dynbal::compiler
