// Concat of channels is placement; what cannot be placed is copied.
#include "graph/float_run.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

ModelBuilder two_branches() {
    ModelBuilder builder({1, 1, 1, 2});
    builder.floats("wa", {2, 1, 1, 1}, {1, 2})
        .floats("wb", {1, 1, 1, 1}, {10})
        .node("Conv", {"x", "wa"}, "a")
        .node("Conv", {"x", "wb"}, "b");
    return builder;
}

TEST(LowerConcat, ChildrenLieInTheParent) {
    auto builder = two_branches().node("Concat", {"a", "b"}, "y").with_int("axis", 1);
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv conv");
    const Tensor& b = graph.tensors[static_cast<size_t>(graph.stages[1].output)];
    EXPECT_EQ(b.parent, graph.output);
    EXPECT_EQ(b.parent_channel, 2);
    expect_near(run(graph, {1, 2}), {1, 2, 2, 4, 10, 20});
}

TEST(LowerConcat, OtherReadersReadTheChild) {
    auto builder = two_branches()
                       .node("Concat", {"a", "b"}, "c")
                       .with_int("axis", 1)
                       .node("Relu", {"a"}, "r")
                       .node("Concat", {"c", "r"}, "y")
                       .with_int("axis", -3);
    const Graph graph = builder.lower();
    EXPECT_EQ(kinds(graph), "conv conv pool");
    EXPECT_EQ(graph.stages[2].inputs[0], graph.stages[0].output);
    expect_near(run(graph, {1, -2}), {1, -2, 2, -4, 10, -20, 1, 0, 2, 0});
}

TEST(LowerConcat, TensorsInTwoPlacesAreCopied) {
    auto twice = two_branches().node("Concat", {"a", "b", "a"}, "y").with_int("axis", 1);
    EXPECT_EQ(kinds(twice.lower()), "conv conv pool");
    expect_near(run(twice.lower(), {1, 2}), {1, 2, 2, 4, 10, 20, 1, 2, 2, 4});

    auto input = two_branches().node("Concat", {"x", "b"}, "y").with_int("axis", 1);
    EXPECT_EQ(kinds(input.lower()), "conv pool");
    expect_near(run(input.lower(), {1, 2}), {1, 2, 10, 20});

    auto two_parents = two_branches()
                           .node("Concat", {"a", "b"}, "c")
                           .with_int("axis", 1)
                           .node("Concat", {"b", "c"}, "y")
                           .with_int("axis", 1);
    EXPECT_EQ(kinds(two_parents.lower()), "conv conv pool");
    expect_near(run(two_parents.lower(), {1, 2}), {10, 20, 1, 2, 2, 4, 10, 20});
}

TEST(LowerConcat, ActivationAfterIt) {
    auto builder = two_branches().node("Concat", {"a", "b"}, "c").with_int("axis", 1).node("Relu", {"c"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv conv pool");
    expect_near(run(builder.lower(), {1, -2}), {1, 0, 2, 0, 10, 0});
}

TEST(LowerConcat, ChannelsLast) {
    auto builder = two_branches()
                       .node("Transpose", {"a"}, "at")
                       .with("perm", {0, 2, 3, 1})
                       .node("Transpose", {"b"}, "bt")
                       .with("perm", {0, 2, 3, 1})
                       .node("Concat", {"at", "bt"}, "y")
                       .with_int("axis", 3);
    EXPECT_EQ(kinds(builder.lower()), "conv conv");
    expect_near(run(builder.lower(), {1, 2}), {1, 2, 10, 2, 4, 20});
}

TEST(LowerConcat, Vectors) {
    ModelBuilder builder({1, 2});
    builder.floats("w", {2, 1}, {1, 1})
        .node("MatMul", {"x", "w"}, "a")
        .node("Concat", {"a", "x"}, "y")
        .with_int("axis", -1);
    EXPECT_EQ(kinds(builder.lower()), "conv pool");
    expect_near(run(builder.lower(), {1, 2}), {3, 1, 2});
}

TEST(LowerConcat, OtherAxesAreRefused) {
    auto builder = two_branches().node("Concat", {"a", "a"}, "y").with_int("axis", 3);
    expect_error(builder, "only concatenation of channels is supported");
}

TEST(LowerConcat, EveryTensorHasItsValues) {
    auto builder = two_branches().node("Concat", {"a", "b"}, "y").with_int("axis", 1);
    const Graph graph = builder.lower();
    FloatRunner runner(graph);
    const auto& values = runner.run(std::vector<float>{1, 2});
    EXPECT_EQ(values[static_cast<size_t>(graph.stages[0].output)], (std::vector<float>{1, 2, 2, 4}));
    EXPECT_EQ(values[static_cast<size_t>(graph.output)], (std::vector<float>{1, 2, 10, 2, 4, 20}));
}

}  // namespace
}  // namespace dynbal::compiler
