// Pad nodes: zeros become padding of the node that reads them, or a stage writes them.
#include "base/error.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

ModelBuilder padded(const Shape& input, const Shape& pads) {
    ModelBuilder builder(input);
    builder.integers("pads", pads).node("Pad", {"x", "pads"}, "p");
    return builder;
}

TEST(LowerPad, BecomesPaddingOfAConv) {
    const auto with_pad = padded({1, 2, 5, 4}, {0, 0, 1, 0, 0, 0, 2, 3})
                              .floats("w", {3, 2, 3, 2}, random_values(36, 3))
                              .node("Conv", {"p", "w"}, "y")
                              .with("pads", {0, 1, 0, 0})
                              .lower();
    const auto without = ModelBuilder({1, 2, 5, 4})
                             .floats("w", {3, 2, 3, 2}, random_values(36, 3))
                             .node("Conv", {"x", "w"}, "y")
                             .with("pads", {1, 1, 2, 3})
                             .lower();
    expect_valid(with_pad);
    EXPECT_EQ(kinds(with_pad), "conv");
    const std::vector<float> input = random_values(40, 7);
    EXPECT_EQ(run(with_pad, input), run(without, input));
}

TEST(LowerPad, OfASignal) {
    const auto graph = padded({1, 3, 9}, {0, 0, 2, 0, 0, 1})
                           .random("w", {4, 3, 3})
                           .node("Conv", {"p", "w"}, "y")
                           .with_text("auto_pad", "VALID")
                           .lower();
    EXPECT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.output_dims, (Shape{1, 4, 10}));
}

/// Zeros of a Pad count in an average, as those of the window do with count_include_pad.
TEST(LowerPad, BecomesCountedPaddingOfAnAverage) {
    const auto graph = padded({1, 1, 2, 2}, {0, 0, 1, 1, 0, 0, 0, 0})
                           .node("AveragePool", {"p"}, "y")
                           .with("kernel_shape", {2, 2})
                           .lower();
    expect_near(run(graph, {4, 8, 12, 16}), {1, 3, 4, 10});
}

TEST(LowerPad, BecomesPaddingOfAMaximumOfWhatIsNotNegative) {
    const auto graph = ModelBuilder({1, 1, 2, 2})
                           .integers("pads", {0, 0, 1, 1, 0, 0, 0, 0})
                           .node("Relu", {"x"}, "r")
                           .node("Pad", {"r", "pads"}, "p")
                           .node("MaxPool", {"p"}, "y")
                           .with("kernel_shape", {2, 2})
                           .lower();
    expect_near(run(graph, {-4, 8, -12, -16}), {0, 8, 0, 8});
}

TEST(LowerPad, OfNothingIsNone) {
    const auto graph = padded({1, 1, 2, 2}, {0, 0, 0, 0, 0, 0, 0, 0}).node("Relu", {"p"}, "y").lower();
    expect_near(run(graph, {-4, 8, -12, 16}), {0, 8, 0, 16});
}

TEST(LowerPad, OldAttributes) {
    const auto graph = ModelBuilder({1, 1, 3, 3}, 9)
                           .node("Pad", {"x"}, "p")
                           .with("pads", {0, 0, 1, 1, 0, 0, 1, 1})
                           .random("w", {1, 1, 3, 3})
                           .node("Conv", {"p", "w"}, "y")
                           .lower();
    EXPECT_EQ(graph.output_dims, (Shape{1, 1, 3, 3}));
}

TEST(LowerPad, OfAPadIsOne) {
    const auto graph = padded({1, 2, 4, 4}, {0, 0, 1, 0, 0, 0, 0, 2})
                           .integers("more", {0, 0, 0, 1, 0, 0, 1, 0})
                           .node("Pad", {"p", "more"}, "q")
                           .floats("w", {3, 2, 3, 3}, random_values(54, 3))
                           .node("Conv", {"q", "w"}, "y")
                           .lower();
    const auto same = ModelBuilder({1, 2, 4, 4})
                          .floats("w", {3, 2, 3, 3}, random_values(54, 3))
                          .node("Conv", {"x", "w"}, "y")
                          .with("pads", {1, 1, 1, 2})
                          .lower();
    EXPECT_EQ(kinds(graph), "conv");
    const std::vector<float> input = random_values(32, 7);
    EXPECT_EQ(run(graph, input), run(same, input));
}

TEST(LowerPad, BeforeAWindowThatPadsToTheSameSize) {
    const auto graph = padded({1, 1, 3, 3}, {0, 0, 1, 1, 0, 0, 1, 1})
                           .floats("w", {1, 1, 2, 2}, {1, 1, 1, 1})
                           .node("Conv", {"p", "w"}, "y")
                           .with_text("auto_pad", "SAME_UPPER")
                           .lower();
    EXPECT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.output_dims, (Shape{1, 1, 5, 5}));
    expect_near(run(graph, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                {1, 3, 5, 3, 0, 5, 12, 16, 9, 0, 11, 24, 28, 15, 0, 7, 15, 17, 9, 0, 0, 0, 0, 0, 0});
}

/// As exporters of channels-last networks write it.
TEST(LowerPad, OfChannelsLastBeforeTheTranspose) {
    const auto graph = padded({1, 4, 5, 2}, {0, 1, 2, 0, 0, 0, 1, 0})
                           .node("Transpose", {"p"}, "t")
                           .with("perm", {0, 3, 1, 2})
                           .floats("w", {3, 2, 3, 3}, random_values(54, 3))
                           .node("Conv", {"t", "w"}, "y")
                           .lower();
    const auto same = ModelBuilder({1, 4, 5, 2})
                          .node("Transpose", {"x"}, "t")
                          .with("perm", {0, 3, 1, 2})
                          .floats("w", {3, 2, 3, 3}, random_values(54, 3))
                          .node("Conv", {"t", "w"}, "y")
                          .with("pads", {1, 2, 0, 1})
                          .lower();
    EXPECT_EQ(kinds(graph), "conv");
    const std::vector<float> input = random_values(40, 7);
    EXPECT_EQ(run(graph, input), run(same, input));
}

/// Where nobody takes the zeros over, a stage writes them.
TEST(LowerPad, AnywhereElse) {
    const Shape around{0, 0, 1, 0, 0, 0, 0, 1};
    const std::vector<float> zeros{0, 0, 0, -1, 2, 0, 3, 4, 0};
    EXPECT_EQ(run(padded({1, 1, 2, 2}, around).lower(), {-1, 2, 3, 4}), zeros);
    const auto pooled = padded({1, 1, 2, 2}, around).node("MaxPool", {"p"}, "y").with("kernel_shape", {3, 2}).lower();
    EXPECT_EQ(run(pooled, {-1, -2, -3, -4}), (std::vector<float>{0, 0}));
    const auto averaged = padded({1, 1, 2, 2}, around)
                              .node("AveragePool", {"p"}, "y")
                              .with("kernel_shape", {2, 2})
                              .with("pads", {0, 0, 1, 0})
                              .lower();
    expect_near(run(averaged, {4, 8, 12, 16}), {3, 2, 10, 6, 14, 8});
    const auto relu = padded({1, 1, 2, 2}, around).node("Relu", {"p"}, "y").lower();
    EXPECT_EQ(run(relu, {-1, 2, 3, 4}), (std::vector<float>{0, 0, 0, 0, 2, 0, 3, 4, 0}));
    const auto last = padded({1, 2, 2, 1}, {0, 1, 0, 0, 0, 0, 1, 0}).node("Relu", {"p"}, "y").lower();
    EXPECT_EQ(run(last, {1, 2, 3, 4}), (std::vector<float>{0, 0, 0, 1, 2, 0, 3, 4, 0}));
}

TEST(LowerPad, OfChannels) {
    const auto graph = padded({1, 2, 1, 2}, {0, 1, 0, 0, 0, 2, 0, 1}).node("Relu", {"p"}, "y").lower();
    EXPECT_EQ(run(graph, {1, 2, 3, 4}), (std::vector<float>{0, 0, 0, 1, 2, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0}));
    const auto vector = padded({1, 2}, {0, 1, 0, 1}).lower();
    EXPECT_EQ(run(vector, {5, 6}), (std::vector<float>{0, 5, 6, 0}));
}

TEST(LowerPad, OfLessThanNothingCrops) {
    const auto graph = padded({1, 1, 3, 3}, {0, 0, -1, 1, 0, 0, 0, -1}).node("Relu", {"p"}, "y").lower();
    EXPECT_EQ(run(graph, {1, 2, 3, 4, 5, 6, 7, 8, 9}), (std::vector<float>{0, 4, 5, 0, 7, 8}));
}

TEST(LowerPad, AxesAsInput) {
    const auto graph = ModelBuilder({1, 1, 1, 2}, 18)
                           .integers("pads", {1, 2})
                           .integers("axes", {-1})
                           .node("Pad", {"x", "pads", "", "axes"}, "y")
                           .lower();
    EXPECT_EQ(run(graph, {5, 6}), (std::vector<float>{0, 5, 6, 0, 0}));
}

TEST(LowerPad, IsRefusedWhereItCannotBeExpressed) {
    const Shape around{0, 0, 1, 1, 0, 0, 1, 1};
    ModelBuilder edge({1, 1, 4, 4});
    edge.integers("pads", around).node("Pad", {"x", "pads"}, "p").with_text("mode", "edge");
    expect_error(edge, "attribute 'mode' is 'edge'");
    ModelBuilder ones({1, 1, 4, 4});
    ones.integers("pads", around).floats("one", {}, {1}).node("Pad", {"x", "pads", "one"}, "p");
    expect_error(ones, "its constant value is not 0");
    expect_error(padded({1, 1, 4, 4}, {0, 0, -4, 0, 0, 0, 0, 0}), "leave nothing");
    expect_error(padded({1, 1, 4, 4}, {0, 0, 1, 1}), "do not fit its input");
}

TEST(LowerPad, PaddingOfTheInputThatIsFlattened) {
    // Nothing says where a flattened border lies; it may be refused, but must not be looked for outside the input.
    ModelBuilder model({1, 2, 3});
    model.integers("pads", {0, 0, 1, 0, 0, 1}).node("Pad", {"x", "pads"}, "p").node("Flatten", {"p"}, "f");
    model.random("w", {10, 2}).node("MatMul", {"f", "w"}, "y");
    try {
        const Graph graph = model.lower();
        expect_valid(graph);
        EXPECT_EQ(run(graph, random_values(6, 1)).size(), 2U);
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find("(MatMul)"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace dynbal::compiler
