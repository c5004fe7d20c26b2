// Slices, splits and gathers; concatenation of what was flattened.
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

ModelBuilder sliced(const Shape& input, const Shape& starts, const Shape& ends, const Shape& axes, const Shape& steps) {
    ModelBuilder builder(input);
    builder.node("Relu", {"x"}, "r").integers("starts", starts).integers("ends", ends).integers("axes", axes);
    return builder.integers("steps", steps).node("Slice", {"r", "starts", "ends", "axes", "steps"}, "y");
}

const std::vector<float> grid{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(LowerParts, ChannelsAreReadWhereTheyLie) {
    const auto graph = sliced({1, 4, 2, 2}, {1}, {3}, {1}, {1}).node("Relu", {"y"}, "z").lower();
    EXPECT_EQ(kinds(graph), "pool pool");
    EXPECT_EQ(run(graph, grid), (std::vector<float>{5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(LowerParts, EverySecondChannel) {
    EXPECT_EQ(run(sliced({1, 4, 2, 2}, {0}, {4}, {1}, {2}).lower(), grid),
              (std::vector<float>{1, 2, 3, 4, 9, 10, 11, 12}));
}

TEST(LowerParts, Positions) {
    EXPECT_EQ(run(sliced({1, 1, 4, 4}, {1, 2}, {4, 4}, {2, 3}, {2, 1}).lower(), grid),
              (std::vector<float>{7, 8, 15, 16}));
    EXPECT_EQ(run(sliced({1, 2, 8}, {-1}, {INT64_MAX}, {2}, {1}).lower(), grid), (std::vector<float>{8, 16}));
    EXPECT_EQ(run(sliced({1, 2, 8}, {7}, {INT64_MIN}, {2}, {-3}).lower(), grid),
              (std::vector<float>{8, 5, 2, 16, 13, 10}));
}

TEST(LowerParts, ChannelsAndPositions) {
    EXPECT_EQ(run(sliced({1, 4, 2, 2}, {1, 1}, {3, 2}, {1, 2}, {1, 1}).lower(), grid),
              (std::vector<float>{7, 8, 11, 12}));
}

TEST(LowerParts, SplitAndJoinedAgain) {
    auto model = ModelBuilder({1, 4, 2, 2}).node("Relu", {"x"}, "r").node("Split", {"r"}, "a").with_int("axis", 1);
    model.node("Concat", {"b", "a"}, "y").with_int("axis", 1);
    auto raw = model.raw();
    raw.mutable_graph()->mutable_node(1)->add_output("b");
    prepare_model(raw, "test");
    const Graph graph = lower(raw);
    expect_valid(graph);
    EXPECT_EQ(run(graph, grid), (std::vector<float>{9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(LowerParts, GatherOfOneTime) {
    ModelBuilder builder({1, 2, 8});
    builder.node("Relu", {"x"}, "r");
    auto raw = builder.integers("last", {-1}).node("Gather", {"r", "last"}, "y").with_int("axis", 2).raw();
    raw.mutable_graph()->mutable_initializer(0)->clear_dims();
    prepare_model(raw, "test");
    const Graph graph = lower(raw);
    EXPECT_EQ(graph.output_dims, (Shape{1, 2}));
    EXPECT_EQ(run(graph, grid), (std::vector<float>{8, 16}));
    expect_error(builder.integers("twice", {1, 1}).node("Gather", {"r", "twice"}, "z").with_int("axis", 2),
                 "takes a value twice");
}

TEST(LowerParts, WhatMakesNoSense) {
    expect_error(sliced({1, 4, 2, 2}, {1}, {3}, {1}, {0}), "its step is 0");
    expect_error(sliced({1, 4, 2, 2}, {3}, {1}, {1}, {1}), "its output is empty");
    expect_error(sliced({1, 4, 2, 2}, {1, 2}, {3}, {1}, {1}), "differ in number");
    expect_error(sliced({1, 4, 2, 2}, {1}, {3}, {9}, {1}), "axis 9 is outside");
}

/// Flattened tensors of any shape, one behind the other: no stage, each is written to its place.
TEST(LowerParts, ConcatAfterFlatten) {
    const auto graph = ModelBuilder({1, 2, 2, 2})
                           .node("MaxPool", {"x"}, "p")
                           .with("kernel_shape", {1, 1})
                           .node("Flatten", {"p"}, "a")
                           .node("GlobalMaxPool", {"x"}, "g")
                           .node("Flatten", {"g"}, "b")
                           .node("Concat", {"a", "b"}, "c")
                           .with_int("axis", 1)
                           .floats("w", {10, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
                           .node("MatMul", {"c", "w"}, "y")
                           .lower();
    EXPECT_EQ(kinds(graph), "pool pool conv");
    expect_near(run(graph, {1, 2, 3, 4, 5, 6, 7, 8}), {204 + 36 + 80});
}

TEST(LowerParts, ConcatAlongANegativeAxisInOldOpsets) {
    const auto graph = ModelBuilder({1, 2}, 9)
                           .node("Relu", {"x"}, "a")
                           .node("Relu", {"x"}, "b")
                           .node("Concat", {"a", "b"}, "y")
                           .with_int("axis", -1)
                           .lower();
    EXPECT_EQ(run(graph, {3, 4}), (std::vector<float>{3, 4, 3, 4}));
}

}  // namespace
}  // namespace dynbal::compiler
