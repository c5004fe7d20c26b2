// Weights that exporters leave to be computed: norms, standardisation, masks, low-rank updates.
#include <cmath>

#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

/// x [1, 2] times "w" [2, 2], which nodes compute from "v" = {3, 1, 4, -2}.
ModelBuilder with_v(int opset = 18) { return ModelBuilder({1, 2}, opset).floats("v", {2, 2}, {3, 1, 4, -2}); }

/// `weights` are the right ones.
void expect_weights(ModelBuilder builder, const std::vector<float>& weights) {
    const Graph graph = builder.node("MatMul", {"x", "w"}, "y").lower();
    EXPECT_EQ(kinds(graph), "conv");
    expect_near(run(graph, {1, 0}), {weights[0], weights[1]});
    expect_near(run(graph, {0, 1}), {weights[2], weights[3]});
}

TEST(FoldWeights, WeightNormalisation) {
    const std::vector<float> columns = {0.6F, 1 / std::sqrt(5.0F), 0.8F, -2 / std::sqrt(5.0F)};
    expect_weights(with_v(13).node("ReduceL2", {"v"}, "n").with("axes", {0}).node("Div", {"v", "n"}, "w"), columns);
    expect_weights(with_v()
                       .integers("axes", {0})
                       .integers("two", {2})
                       .floats("half", {}, {0.5F})
                       .node("Pow", {"v", "two"}, "squares")
                       .node("ReduceSum", {"squares", "axes"}, "sum")
                       .node("Pow", {"sum", "half"}, "n")
                       .node("Reciprocal", {"n"}, "r")
                       .node("Mul", {"v", "r"}, "w"),
                   columns);
    expect_weights(with_v()
                       .integers("axes", {-2})
                       .node("ReduceSumSquare", {"v", "axes"}, "sum")
                       .with_int("keepdims", 0)
                       .node("Sqrt", {"sum"}, "n")
                       .node("Div", {"v", "n"}, "w"),
                   columns);
}

TEST(FoldWeights, WeightStandardisation) {
    const std::vector<float> rows = {1, -1, 1, -1};
    expect_weights(with_v()
                       .integers("axes", {1})
                       .node("ReduceMean", {"v", "axes"}, "mean")
                       .node("Sub", {"v", "mean"}, "off")
                       .node("Mul", {"off", "off"}, "squares")
                       .node("ReduceMean", {"squares", "axes"}, "variance")
                       .node("Sqrt", {"variance"}, "deviation")
                       .node("Div", {"off", "deviation"}, "w"),
                   rows);
    const auto as_image = [](ModelBuilder builder, const Shape& shape) {
        return builder.integers("image", shape)
            .integers("matrix", {2, 2})
            .floats("one", {2}, {1, 1})
            .floats("zero", {2}, {0, 0})
            .node("Reshape", {"v", "image"}, "i");
    };
    expect_weights(as_image(with_v(), {1, 2, 2})
                       .node("BatchNormalization", {"i", "one", "zero", "zero", "one"}, "b")
                       .with_int("training_mode", 1)
                       .node("Reshape", {"b", "matrix"}, "w"),
                   rows);
    expect_weights(as_image(with_v(), {1, 2, 2})
                       .node("InstanceNormalization", {"i", "one", "zero"}, "b")
                       .node("Reshape", {"b", "matrix"}, "w"),
                   rows);
    expect_weights(as_image(with_v(), {1, 2, 2})
                       .node("BatchNormalization", {"i", "one", "zero", "one", "one"}, "b")
                       .with_float("epsilon", 3)
                       .node("Reshape", {"b", "matrix"}, "w"),
                   {1, 0, 1.5F, -1.5F});
}

TEST(FoldWeights, Reductions) {
    const auto reduced = [](const char* type, const std::vector<float>& weights) {
        expect_weights(with_v().integers("axes", {1}).node(type, {"v", "axes"}, "r").node("Div", {"v", "r"}, "w"),
                       weights);
    };
    reduced("ReduceMax", {1, 1 / 3.0F, 1, -0.5F});
    reduced("ReduceMin", {3, 1, -2, 1});
    reduced("ReduceL1", {0.75F, 0.25F, 4 / 6.0F, -2 / 6.0F});
    reduced("ReduceProd", {1, 1 / 3.0F, -0.5F, 0.25F});
    reduced("ReduceSum", {0.75F, 0.25F, 2, -1});
    reduced("ReduceLogSum", {3 / std::log(4.0F), 1 / std::log(4.0F), 4 / std::log(2.0F), -2 / std::log(2.0F)});
    const float first = 3 + std::log1p(std::exp(-2.0F)), second = 4 + std::log1p(std::exp(-6.0F));
    reduced("ReduceLogSumExp", {3 / first, 1 / first, 4 / second, -2 / second});
}

TEST(FoldWeights, ProductsOfMatrices) {
    expect_weights(with_v()
                       .floats("a", {2, 1}, {1, 2})
                       .floats("b", {1, 2}, {10, 20})
                       .node("MatMul", {"a", "b"}, "ab")
                       .node("Add", {"v", "ab"}, "w"),
                   {13, 21, 24, 38});
    expect_weights(with_v()
                       .floats("a", {1, 2}, {1, 2})
                       .floats("b", {2, 1}, {10, 20})
                       .floats("c", {2}, {1, 2})
                       .node("Gemm", {"a", "b", "c"}, "w")
                       .with_int("transA", 1)
                       .with_int("transB", 1)
                       .with_float("alpha", 0.5F)
                       .with_float("beta", 2),
                   {7, 14, 12, 24});
    expect_weights(with_v()
                       .floats("left", {2}, {1, 0})
                       .floats("right", {2}, {1, 1})
                       .node("MatMul", {"v", "right"}, "vr")
                       .node("MatMul", {"left", "vr"}, "norm")
                       .node("Div", {"v", "norm"}, "w"),
                   {0.75F, 0.25F, 1, -0.5F});
}

TEST(FoldWeights, MasksAndPatterns) {
    expect_weights(with_v().node("Trilu", {"v"}, "w").with_int("upper", 0), {3, 0, 4, -2});
    expect_weights(with_v().node("Trilu", {"v"}, "w"), {3, 1, 0, -2});
    expect_weights(with_v().floats("row", {1, 2}, {1, 2}).integers("times", {2, 1}).node("Tile", {"row", "times"}, "w"),
                   {1, 2, 1, 2});
    expect_weights(with_v()
                       .floats("a", {}, {1})
                       .floats("b", {}, {5})
                       .floats("c", {}, {1})
                       .node("Range", {"a", "b", "c"}, "r")
                       .integers("shape", {2, 2})
                       .node("Reshape", {"r", "shape"}, "w"),
                   {1, 2, 3, 4});
    expect_weights(with_v().floats("k", {1, 1}, {5}).integers("pads", {0, 1, 1, 0}).node("Pad", {"k", "pads"}, "w"),
                   {0, 5, 0, 0});
    expect_weights(with_v().floats("low", {}, {-1}).node("Clip", {"v", "low"}, "w"), {3, 1, 4, -1});
    expect_weights(with_v()
                       .floats("two", {}, {2})
                       .node("GreaterOrEqual", {"v", "two"}, "large")
                       .node("Not", {"large"}, "small")
                       .node("Where", {"small", "two", "v"}, "w"),
                   {3, 2, 4, 2});
}

TEST(FoldWeights, QuantisedOnes) {
    expect_weights(with_v()
                       .floats("scale", {}, {1.5F})
                       .node("QuantizeLinear", {"v", "scale"}, "q")
                       .node("DequantizeLinear", {"q", "scale"}, "w"),
                   {3, 1.5F, 4.5F, 0});
}

/// Integers are as large as their type, and wrap; floats of 16 bits have few digits.
TEST(FoldWeights, TypesOfConstants) {
    const auto through = [](int type, float scale) {
        return with_v()
            .floats("k", {}, {scale})
            .node("Mul", {"v", "k"}, "large")
            .node("Cast", {"large"}, "c")
            .with_int("to", type)
            .node("Cast", {"c"}, "f")
            .with_int("to", onnx::TensorProto::FLOAT)
            .node("Div", {"f", "k"}, "w");
    };
    expect_weights(through(onnx::TensorProto::INT8, 50), {-2.12F, 1, -1.12F, -2});
    expect_weights(through(onnx::TensorProto::UINT8, 50), {3, 1, 4, 3.12F});
    expect_weights(through(onnx::TensorProto::FLOAT16, 1.0001F), {3 / 1.0001F, 1 / 1.0001F, 4 / 1.0001F, -2 / 1.0001F});
    expect_weights(with_v()
                       .integers("large", {3000000000, -1, 7, 1})
                       .node("Cast", {"large"}, "i")
                       .with_int("to", onnx::TensorProto::INT32)
                       .node("Mul", {"i", "i"}, "s")
                       .node("Cast", {"s"}, "f")
                       .with_int("to", onnx::TensorProto::FLOAT)
                       .floats("k", {}, {1e-6F})
                       .node("Mul", {"f", "k"}, "k1")
                       .integers("shape", {2, 2})
                       .node("Reshape", {"k1", "shape"}, "w"),
                   {-494.665728F, 1e-6F, 49e-6F, 1e-6F});
}

/// As inlined functions of an exporter have it.
TEST(FoldWeights, CastsToTheTypeOfAnother) {
    const auto graph = ModelBuilder({1, 2})
                           .integers("three", {3})
                           .node("CastLike", {"three", "x"}, "k")
                           .node("Mul", {"x", "k"}, "m")
                           .floats("real", {}, {1})
                           .node("CastLike", {"m", "real"}, "y")
                           .lower();
    expect_near(run(graph, {1, 2}), {3, 6});
    expect_error(ModelBuilder({1, 2}).integers("i", {1}).node("CastLike", {"x", "i"}, "y"),
                 "activations cannot become integers");
}

TEST(FoldWeights, ManyLargeOnesDoNotFillTheMemory) {
    auto builder = with_v().integers("shape", {1 << 12, 1 << 12}).node("MatMul", {"x", "v"}, "s0");
    for (int i = 0; i < 6; ++i) {
        const std::string n = std::to_string(i);
        builder.node("ConstantOfShape", {"shape"}, "c" + n).node("Shape", {"c" + n}, "d" + n);
        builder.node("Cast", {"d" + n}, "f" + n)
            .with_int("to", onnx::TensorProto::FLOAT)
            .node("ReduceMax", {"f" + n}, "r" + n);
        builder.node("Add", {"s" + n, "r" + n}, "s" + std::to_string(i + 1));
    }
    expect_error(builder, "compute too many constants");
}

TEST(FoldWeights, WhatMakesNoSense) {
    expect_error(with_v()
                     .node("Log", {"v"}, "log")
                     .node("Cast", {"log"}, "i")
                     .with_int("to", onnx::TensorProto::INT64)
                     .node("Cast", {"i"}, "w")
                     .with_int("to", onnx::TensorProto::FLOAT)
                     .node("MatMul", {"x", "w"}, "y"),
                 "node 'i_node' (Cast): 'log' holds NaN or infinite values, which no integer is");
    expect_error(with_v().node("Trilu", {"x"}, "w"), "(Trilu): operator not supported");
    expect_error(with_v()
                     .floats("a", {}, {1})
                     .floats("b", {}, {0})
                     .node("Range", {"a", "a", "b"}, "r")
                     .node("Add", {"x", "r"}, "y"),
                 "its delta is 0");
    expect_error(with_v(13)
                     .floats("ratio", {}, {0.5F})
                     .integers("on", {1})
                     .node("Dropout", {"v", "ratio", "on"}, "w")
                     .node("MatMul", {"x", "w"}, "y"),
                 "node 'w_node' (Dropout): training mode is not supported");
    expect_error(with_v().integers("times", {2}).node("Tile", {"v", "times"}, "w").node("MatMul", {"x", "w"}, "y"),
                 "its repeats are not one integer for each axis");
    expect_error(with_v().floats("e", {0, 2}, {}).node("ReduceMax", {"e"}, "w").node("MatMul", {"x", "w"}, "y"),
                 "node 'w_node' (ReduceMax): its input is empty");
    expect_error(with_v().integers("i", {1, 2}).node("ReduceL2", {"i"}, "w").node("MatMul", {"x", "w"}, "y"),
                 "it is supported for floats only");
}

}  // namespace
}  // namespace dynbal::compiler
