// What exporters compute from shapes and constants is computed once, when the model is read.
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

/// Reshape of [1, 3, 2, 2] to a shape that nodes compute; the shape is named "shape".
ModelBuilder flattened(ModelBuilder builder) {
    return builder.node("Reshape", {"x", "shape"}, "flat").random("w", {12, 2}).node("MatMul", {"flat", "w"}, "y");
}

ModelBuilder start() { return ModelBuilder({1, 3, 2, 2}); }

void expect_flattened(const ModelBuilder& builder) {
    const Graph graph = flattened(builder).lower();
    EXPECT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.output_dims, (Shape{1, 2}));
}

TEST(Fold, ReshapeFromShape) {
    expect_flattened(start()
                         .node("Shape", {"x"}, "s")
                         .integers("zero", {0})
                         .node("Gather", {"s", "zero"}, "batch")
                         .integers("rest", {-1})
                         .node("Concat", {"batch", "rest"}, "shape")
                         .with_int("axis", 0));
    expect_flattened(start()
                         .node("Shape", {"x"}, "s")
                         .integers("zero", {0})
                         .integers("one", {1})
                         .node("Slice", {"s", "zero", "one"}, "batch")
                         .integers("rest", {-1})
                         .node("Concat", {"batch", "rest"}, "shape")
                         .with_int("axis", -1));
    expect_flattened(ModelBuilder({1, 3, 2, 2}, 15)
                         .node("Shape", {"x"}, "s")
                         .with_int("start", 1)
                         .node("ReduceProd", {"s"}, "rest")
                         .integers("one", {1})
                         .node("Concat", {"one", "rest"}, "shape")
                         .with_int("axis", 0));
}

TEST(Fold, ScalarsThroughUnsqueezeCastAndArithmetic) {
    expect_flattened(start()
                         .node("Shape", {"x"}, "s")
                         .integers("three", {3})
                         .node("Gather", {"s", "three"}, "width")
                         .node("Cast", {"width"}, "real")
                         .with_int("to", onnx::TensorProto::FLOAT)
                         .floats("six", {1}, {6})
                         .node("Mul", {"real", "six"}, "all")
                         .node("Floor", {"all"}, "whole")
                         .node("Cast", {"whole"}, "integer")
                         .with_int("to", onnx::TensorProto::INT64)
                         .integers("one", {1})
                         .node("Concat", {"one", "integer"}, "shape")
                         .with_int("axis", 0));
}

TEST(Fold, ConstantOfShapeWhereAndEqual) {
    expect_flattened(start()
                         .integers("two", {2})
                         .node("ConstantOfShape", {"two"}, "zeros")
                         .node("Cast", {"zeros"}, "zero")
                         .with_int("to", onnx::TensorProto::INT64)
                         .integers("wanted", {0, 12})
                         .node("Equal", {"wanted", "zero"}, "open")
                         .integers("one", {1})
                         .node("Where", {"open", "one", "wanted"}, "shape"));
}

/// Weights may have been through anything.
TEST(Fold, WeightsThatAreComputed) {
    const auto graph = ModelBuilder({1, 2})
                           .floats("w", {2, 2}, {1, 2, 3, 4})
                           .node("Transpose", {"w"}, "t")
                           .floats("two", {}, {2})
                           .node("Mul", {"t", "two"}, "m")
                           .node("Neg", {"m"}, "n")
                           .node("Split", {"n"}, "top")
                           .with_int("axis", 0)
                           .node("MatMul", {"x", "top"}, "y")
                           .lower();
    expect_near(run(graph, {1, 10}), {-42, -86});
}

TEST(Fold, ConstantsOfOtherWidths) {
    auto model = ModelBuilder({1, 2}).floats("w", {2, 1}, {}).node("MatMul", {"x", "w"}, "y").raw();
    auto& tensor = *model.mutable_graph()->mutable_initializer(0);
    tensor.set_data_type(onnx::TensorProto::FLOAT16);
    tensor.add_int32_data(0x3C00);  // 1
    tensor.add_int32_data(0xB800);  // -0.5
    prepare_model(model, "test");
    expect_near(run(lower(model), {3, 4}), {1});
    model.mutable_graph()->mutable_initializer(0)->set_data_type(onnx::TensorProto::BFLOAT16);
    model.mutable_graph()->mutable_initializer(0)->set_int32_data(0, 0x3F80);  // 1
    model.mutable_graph()->mutable_initializer(0)->set_int32_data(1, 0xC000);  // -2
    expect_near(run(lower(model), {3, 4}), {-5});
}

TEST(Fold, WhatCannotBeFolded) {
    expect_error(flattened(start().random("r", {2}).node("Hardmax", {"r"}, "shape")), "computes a constant in a way");
    expect_error(flattened(start().node("Relu", {"x"}, "shape")), "must be integers that are constant");
    expect_error(flattened(start().integers("shape", {1, 13})), "cannot turn [1, 3, 2, 2] into [1, 13]");
    expect_error(flattened(start().integers("shape", {-1, -1})), "cannot turn [1, 3, 2, 2] into [-1, -1]");
}

TEST(Fold, ReducedAxesAsInput) {
    const auto graph =
        ModelBuilder({1, 1, 2, 2}, 18).integers("axes", {2, 3}).node("ReduceMean", {"x", "axes"}, "y").lower();
    expect_near(run(graph, {1, 2, 3, 6}), {3});
    const auto sum = ModelBuilder({1, 2, 2}, 13).integers("axes", {-1}).node("ReduceSum", {"x", "axes"}, "y").lower();
    expect_near(run(sum, {1, 2, 3, 6}), {3, 9});
}

}  // namespace
}  // namespace dynbal::compiler
