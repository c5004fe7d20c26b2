// Gemm and MatMul.
#include <numeric>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

// One row: the weights follow the elements into their places; the kernel covers the whole tensor.
void fill_single_row(const Context& context, const Value& input, const Dense& dense, Stage& stage) {
    const Tensor& source = context.tensor(input);
    const size_t length = input.size();
    stage.window.kernel_h = source.h;
    stage.window.kernel_w = source.w;
    stage.weights.resize(dense.out * length);
    for (size_t n = 0; n < dense.out; ++n) {
        for (size_t k = 0; k < length; ++k) {
            stage.weights[n * length + (*input.place)[k]] = dense.weights[n * length + k];
        }
    }
}

void fill_rows(const Rows& rows, const Dense& dense, Stage& stage) {
    const size_t length = rows.channel.size();
    stage.weights.resize(dense.out * length);
    for (size_t n = 0; n < dense.out; ++n) {
        for (size_t k = 0; k < length; ++k) {
            stage.weights[n * length + rows.channel[k]] = dense.weights[n * length + k];
        }
    }
}

std::vector<float> transpose(const std::vector<float>& values, size_t rows, size_t columns) {
    std::vector<float> result(values.size());
    for (size_t r = 0; r < rows; ++r) {
        for (size_t c = 0; c < columns; ++c) result[c * rows + r] = values[r * columns + c];
    }
    return result;
}

// MatMul also takes vectors and stacks of matrices; a constant must be one matrix or vector.
Dims matrix_dims(const onnx::NodeProto& node, const Constant& constant, bool left) {
    Dims dims = constant.dims;
    while (dims.size() > 2 && dims.front() == 1) dims.erase(dims.begin());
    if (dims.size() == 1) dims.insert(left ? dims.begin() : dims.end(), 1);
    if (dims.size() != 2) {
        fail(node, "constant '" + constant.name + "' of shape " + to_string(constant.dims) +
                       " is not a matrix; split the product into one per matrix");
    }
    return dims;
}

void check_length(const onnx::NodeProto& node, const Value& input, size_t axis, int64_t length) {
    if (input.dims[axis] != length) {
        fail(node,
             "cannot multiply " + to_string(input.dims) + " by a constant for " + std::to_string(length) + " values");
    }
}

void define_dense(Context& context, const onnx::NodeProto& node, Value value) {
    value.dims = context.output_dims(node);
    if (element_count(value.dims) != static_cast<int64_t>(value.size())) {
        fail(node, "ONNX says its output has the shape " + to_string(value.dims) +
                       ", which is not what it computes; the model is inconsistent");
    }
    context.define(node, std::move(value));
}

}  // namespace

Value lower_dense(Context& context, const onnx::NodeProto& node, const Value& input, const Dense& dense) {
    const AxisSplit split(input.dims, dense.axis);
    const bool single = split.row_count() == 1;
    Rows rows{.pixel = {0}, .channel = {}};
    if (!single) {
        auto found = split_rows(context.tensor(input), input, dense.axis);
        if (!found) {
            fail(node,
                 "the values it sums are not the channels of one pixel in the tensor before "
                 "(" +
                     to_string(input.dims) + "); remove the Reshape or Transpose before it");
        }
        rows = std::move(*found);
    }
    const TensorId source_id = input.tensor;
    const int64_t h = single ? 1 : context.tensor(input).h;
    const int64_t w = single ? 1 : context.tensor(input).w;

    Value output;
    output.dims = input.dims;
    output.dims[dense.axis] = static_cast<int64_t>(dense.out);
    output.tensor = context.add_tensor(node, h, w, static_cast<int64_t>(dense.out));
    Rows target{.pixel = rows.pixel, .channel = std::vector<uint32_t>(dense.out)};
    std::iota(target.channel.begin(), target.channel.end(), 0U);
    output.place = place_rows(AxisSplit(output.dims, dense.axis), target);

    Stage& stage = context.add_stage(node, StageKind::conv, {source_id}, output.tensor);
    stage.bias.assign(dense.out, 0.0F);
    if (single) {
        fill_single_row(context, input, dense, stage);
    } else {
        fill_rows(rows, dense, stage);
    }
    return output;
}

void lower_gemm(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.activation(node, 0);
    const Constant& b = context.weights(node, 1, "weights");
    if (int_attribute(node, "transA", 0) != 0) {
        fail(node, "transA is not supported; transpose the input in the model instead");
    }
    if (input.dims.size() != 2 || b.dims.size() != 2) fail(node, "its inputs are not matrices");
    const bool transposed = int_attribute(node, "transB", 0) != 0;
    const auto rows = static_cast<size_t>(b.dims[0]);
    const auto columns = static_cast<size_t>(b.dims[1]);
    check_length(node, input, 1, b.dims[transposed ? 1 : 0]);

    Dense dense{.axis = 1, .out = transposed ? rows : columns, .weights = {}};
    dense.weights = transposed ? b.values : transpose(b.values, rows, columns);
    const float alpha = float_attribute(node, "alpha", 1.0F);
    for (float& weight : dense.weights) weight *= alpha;

    Value output = lower_dense(context, node, input, dense);
    Stage& stage = context.graph.stages.back();
    if (!input_name(node, 2).empty()) {
        Constant bias = context.weights(node, 2, "bias");
        const float beta = float_attribute(node, "beta", 1.0F);
        for (float& value : bias.values) value *= beta;
        add_bias(context, node, output, bias, stage);
    }
    Context::check_weights(node, stage);
    define_dense(context, node, std::move(output));
}

void lower_matmul(Context& context, const onnx::NodeProto& node) {
    const bool left = context.find_constant(input_name(node, 0)) != nullptr;
    const Value& input = context.activation(node, left ? 1 : 0);
    const Constant& constant = context.weights(node, left ? 0 : 1, "matrix");
    const Dims dims = matrix_dims(node, constant, left);
    const auto rows = static_cast<size_t>(dims[0]);
    const auto columns = static_cast<size_t>(dims[1]);
    const size_t rank = input.dims.size();
    if (rank == 0) fail(node, "its input is a scalar");

    Dense dense;
    dense.axis = left && rank > 1 ? rank - 2 : rank - 1;
    dense.out = left ? rows : columns;
    dense.weights = left ? constant.values : transpose(constant.values, rows, columns);
    check_length(node, input, dense.axis, dims[left ? 1 : 0]);
    define_dense(context, node, lower_dense(context, node, input, dense));
}

}  // namespace dynbal::compiler
