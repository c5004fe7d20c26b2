// Shapes of what nodes compute, from the shapes of what they read.
#include <algorithm>
#include <map>

#include "from_onnx/facts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

using Rule = std::vector<Dims> (*)(const onnx::NodeProto&, const Facts&);

std::vector<Dims> same(const onnx::NodeProto& node, const Facts& facts) {
    return std::vector<Dims>(static_cast<size_t>(node.output_size()), facts.input_dims(node, 0));
}

std::vector<Dims> broadcast(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    for (int i = 1; i < node.input_size(); ++i) {
        const auto wider = broadcast_dims(dims, facts.input_dims(node, i));
        if (!wider) {
            fail(node, "its operands have the shapes " + to_string(dims) + " and " +
                           to_string(facts.input_dims(node, i)) + ", which do not fit each other");
        }
        dims = *wider;
    }
    return {dims};
}

std::vector<Dims> conv(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& in = facts.input_dims(node, 0);
    const Dims& weights = facts.input_dims(node, 1);
    check_image_shape(node, in);
    if (weights.size() != in.size()) {
        fail(node, "weights of shape " + to_string(weights) + " do not fit the input " + to_string(in));
    }
    Dims out = window_output(node, in, Dims(weights.begin() + 2, weights.end()));
    out[1] = weights[0];
    return {out};
}

std::vector<Dims> conv_transpose(const onnx::NodeProto& node, const Facts& facts) {
    return {transposed_dims(node, facts.input_dims(node, 0), facts.input_dims(node, 1))};
}

std::vector<Dims> pool(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& in = facts.input_dims(node, 0);
    check_image_shape(node, in);
    const Dims kernel = ints_attribute(node, "kernel_shape");
    if (kernel.size() + 2 != in.size()) {
        fail(node, "kernel_shape " + to_string(kernel) + " does not fit an input of shape " + to_string(in));
    }
    return std::vector<Dims>(static_cast<size_t>(node.output_size()), window_output(node, in, kernel));
}

std::vector<Dims> global_pool(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    if (dims.size() < 3) fail(node, "its input has no height and width");
    std::fill(dims.begin() + 2, dims.end(), 1);
    return {dims};
}

std::vector<Dims> without(const Dims& dims, const std::vector<bool>& reduced, bool keep) {
    Dims kept;
    for (size_t i = 0; i < dims.size(); ++i) {
        if (!reduced[i]) kept.push_back(dims[i]);
        if (reduced[i] && keep) kept.push_back(1);
    }
    return std::vector<Dims>{kept};
}

std::vector<Dims> reduce(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& dims = facts.input_dims(node, 0);
    const bool keep = int_attribute(node, "keepdims", 1) != 0;
    return without(dims, reduced_axes(node, facts, dims.size()), keep);
}

std::vector<Dims> arg_max(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& dims = facts.input_dims(node, 0);
    std::vector<bool> reduced(dims.size(), false);
    reduced[resolve_axis(node, int_attribute(node, "axis", 0), dims.size())] = true;
    return without(dims, reduced, int_attribute(node, "keepdims", 1) != 0);
}

std::vector<Dims> gemm(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& a = facts.input_dims(node, 0);
    const Dims& b = facts.input_dims(node, 1);
    if (a.size() != 2 || b.size() != 2) fail(node, "its inputs are not matrices");
    const size_t rows = int_attribute(node, "transA", 0) != 0 ? 1 : 0;
    const size_t columns = int_attribute(node, "transB", 0) != 0 ? 0 : 1;
    if (a[1 - rows] != b[1 - columns]) {
        fail(node, "cannot multiply " + to_string(a) + " by " + to_string(b));
    }
    return {Dims{a[rows], b[columns]}};
}

std::vector<Dims> matmul(const onnx::NodeProto& node, const Facts& facts) {
    Dims a = facts.input_dims(node, 0);
    Dims b = facts.input_dims(node, 1);
    if (a.empty() || b.empty()) fail(node, "its input is a scalar");
    const bool vector_left = a.size() == 1;
    const bool vector_right = b.size() == 1;
    if (vector_left) a.insert(a.begin(), 1);
    if (vector_right) b.push_back(1);
    const auto stack = broadcast_dims(Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2));
    if (!stack || a.back() != b[b.size() - 2]) {
        fail(node,
             "cannot multiply " + to_string(facts.input_dims(node, 0)) + " by " + to_string(facts.input_dims(node, 1)));
    }
    Dims dims = *stack;
    if (!vector_left) dims.push_back(a[a.size() - 2]);
    if (!vector_right) dims.push_back(b.back());
    return {dims};
}

std::vector<Dims> concat(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    if (!has_attribute(node, "axis")) fail(node, "it does not say along which axis; export the model again");
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 1), dims.size());
    for (int i = 1; i < node.input_size(); ++i) {
        const Dims& part = facts.input_dims(node, i);
        Dims expected = dims;
        if (part.size() == dims.size()) expected[axis] = part[axis];
        if (part != expected) {
            fail(node, "its inputs have the shapes " + to_string(dims) + " and " + to_string(part) +
                           ", which differ in more than axis " + std::to_string(axis));
        }
        dims[axis] += part[axis];
    }
    return {dims};
}

std::vector<Dims> transpose(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& dims = facts.input_dims(node, 0);
    Dims result;
    for (const size_t axis : transpose_permutation(node, dims.size())) result.push_back(dims[axis]);
    return {result};
}

std::vector<Dims> reshape(const onnx::NodeProto& node, const Facts& facts) {
    return {reshaped(node, facts, facts.input_dims(node, 0))};
}

std::vector<Dims> enlarge(const onnx::NodeProto& node, const Facts& facts) { return {enlarged_dims(node, facts)}; }

std::vector<Dims> pad(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    const Dims pads = pads_of(node, facts, dims.size());
    for (size_t i = 0; i < dims.size(); ++i) {
        dims[i] += pads[i] + pads[dims.size() + i];
        if (dims[i] < 1) fail(node, "its 'pads' " + to_string(pads) + " leave nothing of its input");
    }
    return {dims};
}

std::vector<Dims> slice(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims;
    for (const Cutout& cutout : slice_cutouts(node, facts, facts.input_dims(node, 0))) dims.push_back(cutout.count);
    return {dims};
}

std::vector<Dims> split(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), dims.size());
    std::vector<Dims> parts;
    for (const int64_t size : split_sizes(node, facts, dims, axis)) {
        dims[axis] = size;
        parts.push_back(dims);
    }
    return parts;
}

std::vector<Dims> gather(const onnx::NodeProto& node, const Facts& facts) {
    const Dims& dims = facts.input_dims(node, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), dims.size());
    const Dims& indices = facts.input_dims(node, 1);
    Dims result(dims.begin(), dims.begin() + static_cast<int64_t>(axis));
    result.insert(result.end(), indices.begin(), indices.end());
    result.insert(result.end(), dims.begin() + static_cast<int64_t>(axis) + 1, dims.end());
    return {result};
}

std::vector<Dims> extract(const onnx::NodeProto& node, const Facts& facts) {
    return {Dims{1, element_count(facts.input_dims(node, 1))}};
}

const std::map<std::string, Rule>& rules() {
    static const std::map<std::string, Rule> table = {
        {"Add", broadcast},
        {"ArgMax", arg_max},
        {"ArrayFeatureExtractor", extract},
        {"AveragePool", pool},
        {"Concat", concat},
        {"Conv", conv},
        {"ConvTranspose", conv_transpose},
        {"Div", broadcast},
        {"Flatten", reshape},
        {"Gather", gather},
        {"Gemm", gemm},
        {"GlobalAveragePool", global_pool},
        {"GlobalMaxPool", global_pool},
        {"MatMul", matmul},
        {"Max", broadcast},
        {"MaxPool", pool},
        {"Min", broadcast},
        {"Mul", broadcast},
        {"Pad", pad},
        {"Pow", broadcast},
        {"ReduceMax", reduce},
        {"ReduceMean", reduce},
        {"ReduceSum", reduce},
        {"Reshape", reshape},
        {"Resize", enlarge},
        {"Slice", slice},
        {"Split", split},
        {"Squeeze", reshape},
        {"Sub", broadcast},
        {"Sum", broadcast},
        {"Transpose", transpose},
        {"Unsqueeze", reshape},
        {"Upsample", enlarge},
    };
    return table;
}

}  // namespace

std::vector<Dims> infer_shapes(const onnx::NodeProto& node, const Facts& facts) {
    const auto rule = rules().find(node.op_type());
    std::vector<Dims> shapes = rule == rules().end() ? same(node, facts) : rule->second(node, facts);
    for (const Dims& dims : shapes) {
        for (const int64_t dim : dims) {
            if (dim < 1) fail(node, "its output is empty: " + to_string(dims));
        }
    }
    return shapes;
}

}  // namespace dynbal::compiler
