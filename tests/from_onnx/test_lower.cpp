// What lower() merges, what becomes a stage of its own, and that neither changes the result.
#include <cmath>
#include <limits>

#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

ModelBuilder conv_model(int opset = 13) {
    ModelBuilder builder({1, 2, 4, 5}, opset);
    builder.random("w", {3, 2, 3, 3}).random("b", {3}).node("Conv", {"x", "w", "b"}, "c");
    return builder;
}

const std::vector<float>& sample() {
    static const std::vector<float> values = random_values(40, 5);
    return values;
}

// The result of `builder` with `change` applied to the output channels of conv_model().
template <typename Function>
void expect_channelwise(const ModelBuilder& builder, Function change) {
    std::vector<float> expected = run(conv_model().lower(), sample());
    const size_t area = expected.size() / 3;
    for (size_t i = 0; i < expected.size(); ++i) expected[i] = change(expected[i], i / area);
    expect_near(run(builder.lower(), sample()), expected);
}

TEST(Lower, ReluMergesIntoItsStage) {
    const auto builder = conv_model().node("Relu", {"c"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.stages[0].clamp.low, 0.0F);
    EXPECT_EQ(graph.stages[0].clamp.high, infinity);
    EXPECT_EQ(graph.stages[0].name, "c_node");
    expect_channelwise(builder, [](float v, size_t) { return std::max(v, 0.0F); });
}

TEST(Lower, ReluOfATensorReadElsewhereIsAStage) {
    const auto builder = conv_model().node("Relu", {"c"}, "r").node("Add", {"c", "r"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv pool add");
    expect_channelwise(builder, [](float v, size_t) { return v + std::max(v, 0.0F); });
}

TEST(Lower, ReluAfterAReshapeSeesOtherReaders) {
    const auto builder = conv_model()
                             .integers("s", {1, 18})
                             .node("Reshape", {"c", "s"}, "flat")
                             .node("Relu", {"flat"}, "r")
                             .node("Reshape", {"c", "s"}, "flat2")
                             .node("Add", {"flat2", "r"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv pool add");
    expect_channelwise(builder, [](float v, size_t) { return v + std::max(v, 0.0F); });
}

TEST(Lower, ClampsCompose) {
    const auto builder = conv_model()
                             .floats("low", {}, {-1.0F})
                             .floats("high", {}, {0.5F})
                             .node("Relu", {"c"}, "r")
                             .node("Clip", {"r", "low", "high"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.stages[0].clamp.low, 0.0F);
    EXPECT_EQ(graph.stages[0].clamp.high, 0.5F);
}

TEST(Lower, ClipBelowReluIsConstantZero) {
    const auto builder =
        conv_model().floats("high", {}, {-2.0F}).node("Relu", {"c"}, "r").node("Clip", {"r", "", "high"}, "y");
    expect_channelwise(builder, [](float, size_t) { return -2.0F; });
}

TEST(Lower, ClipBoundsAsAttributes) {
    const auto builder = conv_model(9).node("Clip", {"c"}, "y").with_float("min", 0.0F).with_float("max", 6.0F);
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv");
    EXPECT_EQ(graph.stages[0].clamp.high, 6.0F);
}

TEST(Lower, TheLargestFloatIsNoLimit) {
    const float largest = std::numeric_limits<float>::max();
    const auto builder = conv_model(9).node("Clip", {"c"}, "y").with_float("min", 0.0F).with_float("max", largest);
    EXPECT_EQ(builder.lower().stages.at(0).clamp.high, infinity);
}

TEST(Lower, ConstantAddBecomesBias) {
    const std::vector<Shape> shapes = {{3, 1, 1}, {1, 3, 1, 1}};
    for (const Shape& shape : shapes) {
        const auto builder = conv_model().floats("k", shape, {1, 2, 3}).node("Add", {"c", "k"}, "y");
        EXPECT_EQ(kinds(builder.lower()), "conv");
        expect_channelwise(builder, [](float v, size_t c) { return v + float(c) + 1.0F; });
    }
    const auto scalar = conv_model().floats("k", {}, {2}).node("Add", {"k", "c"}, "y");
    EXPECT_EQ(kinds(scalar.lower()), "conv");
    expect_channelwise(scalar, [](float v, size_t) { return v + 2.0F; });
}

TEST(Lower, FullSizeConstantIsABiasIfEqualWithinChannels) {
    std::vector<float> values;
    for (int i = 0; i < 18; ++i) values.push_back(float(i / 6));
    const auto builder = conv_model().floats("k", {1, 3, 2, 3}, values).node("Add", {"c", "k"}, "y");
    expect_channelwise(builder, [](float v, size_t c) { return v + float(c); });
}

TEST(Lower, ConstantArithmeticMerges) {
    const auto with_constant = [](const char* type, bool first) {
        return conv_model()
            .floats("k", {3, 1, 1}, {1, 2, 4})
            .node(type, first ? std::vector<std::string>{"k", "c"} : std::vector<std::string>{"c", "k"}, "y");
    };
    const auto k = [](size_t c) { return std::vector<float>{1, 2, 4}[c]; };
    expect_channelwise(with_constant("Sub", false), [&](float v, size_t c) { return v - k(c); });
    expect_channelwise(with_constant("Sub", true), [&](float v, size_t c) { return k(c) - v; });
    expect_channelwise(with_constant("Mul", false), [&](float v, size_t c) { return v * k(c); });
    expect_channelwise(with_constant("Mul", true), [&](float v, size_t c) { return v * k(c); });
    expect_channelwise(with_constant("Div", false), [&](float v, size_t c) { return v / k(c); });
    EXPECT_EQ(kinds(with_constant("Sub", true).lower()), "conv");
}

TEST(Lower, ConstantAddAfterAnActivationIsADepthwiseStage) {
    const auto builder =
        conv_model().node("Relu", {"c"}, "r").floats("k", {3, 1, 1}, {1, 2, 4}).node("Add", {"r", "k"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv conv");
    EXPECT_EQ(graph.stages[1].groups, 3);
    EXPECT_EQ(graph.stages[1].bias, (std::vector<float>{1, 2, 4}));
}

TEST(Lower, BatchNormalization) {
    const auto add_normalization = [](ModelBuilder builder, const char* input) {
        return builder.floats("scale", {3}, {1, 2, 3})
            .floats("shift", {3}, {0.5F, 0, -1})
            .floats("mean", {3}, {0.1F, 0.2F, 0.3F})
            .floats("variance", {3}, {1, 0.25F, 4})
            .node("BatchNormalization", {input, "scale", "shift", "mean", "variance"}, "y")
            .with_float("epsilon", 0.0F);
    };
    const auto expected = [](float v, size_t c) {
        const float scale[] = {1, 2, 3}, shift[] = {0.5F, 0, -1}, mean[] = {0.1F, 0.2F, 0.3F};
        const float deviation[] = {1, 0.5F, 2};
        return (v - mean[c]) / deviation[c] * scale[c] + shift[c];
    };
    const auto merged = add_normalization(conv_model(), "c");
    EXPECT_EQ(kinds(merged.lower()), "conv");
    expect_channelwise(merged, expected);
    const auto alone = add_normalization(conv_model().node("Relu", {"c"}, "r"), "r");
    EXPECT_EQ(kinds(alone.lower()), "conv conv");
    expect_channelwise(alone, [&](float v, size_t c) { return expected(std::max(v, 0.0F), c); });
}

TEST(Lower, ResidualAdd) {
    const auto builder = conv_model()
                             .node("MaxPool", {"c"}, "p")
                             .with("kernel_shape", {1, 1})
                             .node("Add", {"c", "p"}, "s")
                             .node("Relu", {"s"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv pool add");
    EXPECT_EQ(graph.stages[2].clamp.low, 0.0F);
    expect_channelwise(builder, [](float v, size_t) { return std::max(2 * v, 0.0F); });
}

TEST(Lower, NodesThatDoNothingVanish) {
    const auto builder = conv_model()
                             .node("Identity", {"c"}, "i")
                             .node("Dropout", {"i"}, "d")
                             .node("Cast", {"d"}, "k")
                             .with_int("to", onnx::TensorProto::FLOAT)
                             .node("Relu", {"k"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv");
}

TEST(Lower, NodesThatNobodyReadsAreIgnored) {
    auto builder = conv_model().node("Sin", {"c"}, "unused").node("Relu", {"c"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv");
}

TEST(Lower, ModelsWithoutArithmeticGetACopy) {
    const auto identity = ModelBuilder({1, 3}).node("Identity", {"x"}, "y");
    EXPECT_EQ(kinds(identity.lower()), "pool");
    expect_near(run(identity.lower(), {1, 2, 3}), {1, 2, 3});
    const auto transpose = ModelBuilder({1, 2, 3}).node("Transpose", {"x"}, "y").with("perm", {0, 2, 1});
    expect_near(run(transpose.lower(), {1, 2, 3, 4, 5, 6}), {1, 4, 2, 5, 3, 6});
}

TEST(Lower, Softmax) {
    const std::vector<float> expected = {0.0900306F, 0.2447285F, 0.6652410F};
    const auto last = ModelBuilder({1, 3}).node("Softmax", {"x"}, "y");
    expect_near(run(last.lower(), {1, 2, 3}), expected);
    // Up to opset 12, all axes from the given one on form one vector.
    const auto flattened = ModelBuilder({1, 3, 1, 1}, 11).node("Softmax", {"x"}, "y").with_int("axis", 1);
    expect_near(run(flattened.lower(), {1001, 1002, 1003}), expected);
}

TEST(Lower, MeansOverAllPositions) {
    const auto reduce = [](const Shape& shape, const Shape& axes, int64_t keep) {
        return ModelBuilder(shape).node("ReduceMean", {"x"}, "y").with("axes", axes).with_int("keepdims", keep);
    };
    const auto chw = reduce({1, 2, 1, 3}, {2, 3}, 0);
    expect_near(run(chw.lower(), {1, 2, 3, 10, 20, 30}), {2, 20});
    EXPECT_EQ(chw.lower().output_dims, (Shape{1, 2}));
    const auto negative = reduce({1, 2, 1, 3}, {-1, -2}, 1);
    expect_near(run(negative.lower(), {1, 2, 3, 10, 20, 30}), {2, 20});
    EXPECT_EQ(negative.lower().output_dims, (Shape{1, 2, 1, 1}));
    const auto hwc = ModelBuilder({1, 2, 1, 3})
                         .node("Relu", {"x"}, "r")
                         .node("MaxPool", {"r"}, "p")
                         .with("kernel_shape", {1, 1})
                         .node("Transpose", {"p"}, "t")
                         .with("perm", {0, 2, 3, 1})
                         .node("ReduceMean", {"t"}, "y")
                         .with("axes", {1, 2});
    expect_near(run(hwc.lower(), {1, 2, 3, 10, 20, 30}), {2, 20});
}

TEST(Lower, WeightsMayBeComputedFromConstants) {
    ModelBuilder builder({1, 2});
    builder.floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).node("Transpose", {"w"}, "wt");
    builder.node("MatMul", {"x", "wt"}, "y");
    expect_near(run(builder.lower(), {1, 10}), {21, 43, 65});
}

TEST(Lower, FlattenByComputedShape) {
    // What PyTorch exports for x.view(x.size(0), -1).
    auto builder = conv_model(14)
                       .node("Shape", {"c"}, "shape")
                       .integers("zero", {0})
                       .node("Gather", {"shape", "zero"}, "batch")
                       .integers("rest", {-1})
                       .node("Concat", {"batch", "rest"}, "target")
                       .with_int("axis", 0)
                       .node("Reshape", {"c", "target"}, "flat")
                       .random("fc", {18, 2})
                       .node("MatMul", {"flat", "fc"}, "y");
    EXPECT_EQ(kinds(builder.lower()), "conv conv");
}

TEST(Lower, UnknownBatchIsOne) {
    for (const int64_t batch : {0, -1}) {
        ModelBuilder builder({batch, 2});
        builder.floats("w", {2, 1}, {1, 1}).node("MatMul", {"x", "w"}, "y");
        const Graph graph = builder.lower();
        EXPECT_EQ(graph.input_dims, (Shape{1, 2}));
        EXPECT_EQ(graph.output_dims, (Shape{1, 1}));
    }
}

}  // namespace
}  // namespace dynbal::compiler
