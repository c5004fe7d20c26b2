// Pad nodes: zeros become padding of the node that reads them, everything else is refused by name.
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

TEST(LowerPad, IsRefusedWhereItCannotBeExpressed) {
    const Shape around{0, 0, 1, 1, 0, 0, 1, 1};
    const auto pool = [](ModelBuilder builder, const char* type) {
        return builder.node(type, {"p"}, "y").with("kernel_shape", {2, 2});
    };
    expect_error(pool(padded({1, 1, 4, 4}, around), "MaxPool"), "node 'p_node' (Pad): it is supported only before");
    expect_error(pool(padded({1, 1, 4, 4}, around), "AveragePool").with("pads", {1, 0, 0, 0}),
                 "(AveragePool) reads it");
    expect_error(padded({1, 1, 4, 4}, around).node("Relu", {"p"}, "y"), "(Relu) reads it");
    expect_error(padded({1, 1, 4, 4}, around), "before a Conv or pool");
    expect_error(pool(padded({1, 1, 4, 4}, {0, 0, -1, 0, 0, 0, 0, 0}), "MaxPool"), "crop");
    expect_error(pool(padded({1, 1, 4, 4}, {0, 1, 0, 0, 0, 0, 0, 0}), "MaxPool"), "the channels");
    ModelBuilder edge({1, 1, 4, 4});
    edge.integers("pads", around).node("Pad", {"x", "pads"}, "p").with_text("mode", "edge");
    expect_error(pool(edge, "MaxPool"), "attribute 'mode' is 'edge'");
    ModelBuilder ones({1, 1, 4, 4});
    ones.integers("pads", around).floats("one", {}, {1}).node("Pad", {"x", "pads", "one"}, "p");
    expect_error(pool(ones, "MaxPool"), "its constant value is not 0");
    const auto same = padded({1, 1, 4, 4}, around).random("w", {1, 1, 2, 2}).node("Conv", {"p", "w"}, "y");
    expect_error(ModelBuilder(same).with_text("auto_pad", "SAME_UPPER"), "(Conv) reads it");
}

}  // namespace
}  // namespace dynbal::compiler
