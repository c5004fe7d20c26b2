// The constant evaluator: products of matrices (low-rank updates, spectral norms) and normalised weights.
#include <cmath>

#include "from_onnx/fold_parts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t products_max = int64_t{1} << 31;  // some seconds

const Constant& real_input(const onnx::NodeProto& node, const Facts& facts, int index) {
    const Constant& found = folded_input(node, facts, index);
    if (!found.is_float) {
        fail(node, "input " + std::to_string(index) + " holds integers; it is supported for floats only");
    }
    return found;
}

/// A stack of matrices and where each begins.
struct Matrices {
    const std::vector<float>& values;
    std::vector<uint32_t> stack;
    size_t rows = 1, columns = 1;
};

std::vector<float> multiplied(const Matrices& a, const Matrices& b) {
    std::vector<float> results;
    for (size_t at = 0; at < a.stack.size(); ++at) {
        const float* left = a.values.data() + size_t{a.stack[at]} * a.rows * a.columns;
        const float* right = b.values.data() + size_t{b.stack[at]} * b.rows * b.columns;
        for (size_t row = 0; row < a.rows; ++row) {
            std::vector<double> sums(b.columns, 0.0);
            for (size_t k = 0; k < a.columns; ++k) {
                const auto factor = static_cast<double>(left[row * a.columns + k]);
                for (size_t i = 0; i < b.columns; ++i) {
                    sums[i] += factor * static_cast<double>(right[k * b.columns + i]);
                }
            }
            for (const double sum : sums) results.push_back(static_cast<float>(sum));
        }
    }
    return results;
}

Constant matrix_product(const onnx::NodeProto& node, const Constant& left, const Constant& right, Dims dims) {
    Dims a = left.dims, b = right.dims;
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    const Dims stack_a(a.begin(), a.end() - 2), stack_b(b.begin(), b.end() - 2);
    const auto stack = broadcast_dims(stack_a, stack_b);
    check_folded_size(node, dims);
    if (!stack || element_count(dims) * a.back() > products_max) fail(node, "it is too large to be folded");
    const auto matrices = [&](const Constant& of, const Dims& shape, const Dims& its_stack) {
        return Matrices{of.values, broadcast_sources(its_stack, *stack), static_cast<size_t>(shape[shape.size() - 2]),
                        static_cast<size_t>(shape.back())};
    };
    Constant result;
    result.dims = std::move(dims);
    result.values = multiplied(matrices(left, a, stack_a), matrices(right, b, stack_b));
    return result;
}

Constant turned(const Constant& matrix, bool turn) {
    if (!turn) return matrix;
    return rearranged(matrix, {matrix.dims[1], matrix.dims[0]}, transpose_sources(matrix.dims, {1, 0}));
}

Constant gemm_product(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    const Constant a = turned(real_input(node, facts, 0), int_attribute(node, "transA", 0) != 0);
    const Constant b = turned(real_input(node, facts, 1), int_attribute(node, "transB", 0) != 0);
    Constant result = matrix_product(node, a, b, dims);
    const float alpha = float_attribute(node, "alpha", 1), beta = float_attribute(node, "beta", 1);
    for (float& value : result.values) value *= alpha;
    if (input_name(node, 2).empty()) return result;
    const Constant& c = real_input(node, facts, 2);
    const std::vector<uint32_t> sources = broadcast_sources(c.dims, dims);
    if (sources.size() != result.values.size()) fail(node, "its input C " + to_string(c.dims) + " does not fit");
    for (size_t i = 0; i < sources.size(); ++i) result.values[i] += beta * c.values[sources[i]];
    return result;
}

/// Mean and variance of what each value is normalised with.
struct Moments {
    std::vector<double> mean, variance;
};

Moments moments_of(const Constant& source, const std::vector<uint32_t>& groups, size_t count) {
    Moments moments{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
    const double each = static_cast<double>(source.values.size()) / static_cast<double>(count);
    for (size_t i = 0; i < groups.size(); ++i) moments.mean[groups[i]] += static_cast<double>(source.values[i]) / each;
    for (size_t i = 0; i < groups.size(); ++i) {
        const double off = static_cast<double>(source.values[i]) - moments.mean[groups[i]];
        moments.variance[groups[i]] += off * off / each;
    }
    return moments;
}

// Weight standardisation is exported as BatchNormalization in training mode, or InstanceNormalization, of weights.
Constant normalised(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = real_input(node, facts, 0);
    const bool per_instance = node.op_type() == "InstanceNormalization";
    if (source.dims.size() < 2 || element_count(source.dims) == 0) fail(node, "its input has no channels");
    const bool own = per_instance || normalises_with_own_moments(node, facts.opset());
    Dims channel_dims(source.dims.size() - 1, 1);
    channel_dims[0] = source.dims[1];
    const std::vector<uint32_t> channels = broadcast_sources(channel_dims, source.dims);
    Dims group_dims = channel_dims;
    group_dims.insert(group_dims.begin(), per_instance ? source.dims[0] : 1);
    const std::vector<uint32_t> groups = broadcast_sources(group_dims, source.dims);
    const auto per_channel_input = [&](int index) {
        const Constant& found = real_input(node, facts, index);
        if (static_cast<int64_t>(found.values.size()) == source.dims[1]) return found.values;
        fail(node, "input " + std::to_string(index) + " has not one value a channel");
    };
    Moments moments;
    if (own) moments = moments_of(source, groups, static_cast<size_t>(element_count(group_dims)));
    if (!own) {
        const auto mean = per_channel_input(3), variance = per_channel_input(4);
        moments.mean.assign(mean.begin(), mean.end());
        moments.variance.assign(variance.begin(), variance.end());
    }
    const auto scale = per_channel_input(1), shift = per_channel_input(2);
    const auto epsilon = static_cast<double>(float_attribute(node, "epsilon", 1e-5F));
    Constant result = source;
    for (size_t i = 0; i < groups.size(); ++i) {
        const double off = static_cast<double>(source.values[i]) - moments.mean[groups[i]];
        const double normal = off / std::sqrt(moments.variance[groups[i]] + epsilon);
        const size_t channel = channels[i];
        result.values[i] =
            static_cast<float>(normal * static_cast<double>(scale[channel]) + static_cast<double>(shift[channel]));
    }
    return result;
}

}  // namespace

std::optional<Constant> folded_product(const onnx::NodeProto& node, const Facts& facts) {
    const std::string& type = node.op_type();
    if (type == "BatchNormalization" || type == "InstanceNormalization") return normalised(node, facts);
    if (type != "MatMul" && type != "Gemm") return std::nullopt;
    const Dims dims = infer_shapes(node, facts).front();
    if (type == "Gemm") return gemm_product(node, facts, dims);
    return matrix_product(node, real_input(node, facts, 0), real_input(node, facts, 1), dims);
}

}  // namespace dynbal::compiler
