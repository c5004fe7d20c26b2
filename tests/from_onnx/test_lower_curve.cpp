// Functions of one value, pairs of tensors, and what the host does at the end.
#include <cmath>
#include <functional>

#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

const std::vector<float> four{-2, -0.5F, 0.5F, 3};

std::vector<float> answer(ModelBuilder builder) { return run(builder.lower(), four); }
ModelBuilder vector(int opset = 20) { return ModelBuilder({1, 4}, opset); }

TEST(LowerCurve, Functions) {
    expect_near(answer(vector().node("LeakyRelu", {"x"}, "y").with_float("alpha", 0.1F)), {-0.2F, -0.05F, 0.5F, 3});
    expect_near(answer(vector().node("Sigmoid", {"x"}, "y")), {0.119203F, 0.377541F, 0.622459F, 0.952574F});
    expect_near(answer(vector().node("Tanh", {"x"}, "y")), {-0.964028F, -0.462117F, 0.462117F, 0.995055F});
    expect_near(answer(vector().node("HardSwish", {"x"}, "y")), {-0.333333F, -0.208333F, 0.291667F, 3});
    expect_near(answer(vector().node("Elu", {"x"}, "y")), {-0.864665F, -0.393469F, 0.5F, 3});
    expect_near(answer(vector().node("Gelu", {"x"}, "y")), {-0.0455F, -0.154269F, 0.345731F, 2.99595F});
    expect_near(answer(vector().node("Neg", {"x"}, "y")), {2, 0.5F, -0.5F, -3});
    const auto cubed = vector().floats("three", {}, {3}).node("Pow", {"x", "three"}, "y");
    expect_near(answer(cubed), {-8, -0.125F, 0.125F, 27});
}

/// The installed ONNX may be older than these: its own cases (test_gelu_*, test_swish), with values by their definition.
TEST(LowerCurve, GeluAndSwishAsTheirOpsetsDefineThem) {
    const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
    const auto gelu = [](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); };
    const auto gelu_tanh = [](double x) {
        return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    };
    std::vector<float> x;
    for (int i = 0; i < 60; ++i) x.push_back(-6 + 0.2F * static_cast<float>((i * 37) % 60));
    const auto expect = [&](ModelBuilder model, const std::function<double(double)>& definition) {
        std::vector<float> expected;
        for (const float value : x) expected.push_back(static_cast<float>(definition(static_cast<double>(value))));
        expect_near(run(model.lower(), x), expected);
    };
    const auto image = [](int opset) { return ModelBuilder({1, 3, 4, 5}, opset); };
    expect(image(20).node("Gelu", {"x"}, "y"), gelu);
    expect(image(20).node("Gelu", {"x"}, "y").with_text("approximate", "tanh"), gelu_tanh);
    expect(image(24).node("Swish", {"x"}, "y"), [&](double v) { return v * logistic(v); });
    expect(image(24).node("Swish", {"x"}, "y").with_float("alpha", 1.5F),
           [&](double v) { return v * logistic(1.5 * v); });
    expect_error(image(20).node("Gelu", {"x"}, "y").with_text("approximate", "sigmoid"), "approximate");
}

TEST(LowerCurve, ASlopeForEachChannel) {
    const auto graph =
        ModelBuilder({1, 2, 1, 2}).floats("s", {2, 1, 1}, {0.5F, -1}).node("PRelu", {"x", "s"}, "y").lower();
    EXPECT_TRUE(graph.stages.at(0).curve.per_channel);
    expect_near(run(graph, {-2, 4, -3, 5}), {-1, 4, 3, 5});
    const auto by_position = ModelBuilder({1, 1, 1, 2})
                                 .node("MaxPool", {"x"}, "p")
                                 .with("kernel_shape", {1, 1})
                                 .floats("s", {2}, {0.5F, -1})
                                 .node("PRelu", {"p", "s"}, "y");
    expect_error(by_position, "differs between positions");
}

/// The layout of the input is free: a constant for each index of one axis makes that axis the channels.
TEST(LowerCurve, ConstantsOfChannelsLastInputs) {
    const auto graph = ModelBuilder({1, 1, 2, 2})
                           .floats("s", {2}, {1, 10})
                           .floats("b", {1, 1, 1, 2}, {5, 7})
                           .node("Mul", {"x", "s"}, "m")
                           .node("Add", {"m", "b"}, "y")
                           .lower();
    expect_near(run(graph, {1, 2, 3, 4}), {6, 27, 8, 47});
}

/// Pieces are spread over the range of the input: it is kept to where the function changes, if nothing else reads it.
TEST(LowerCurve, InputsOfFlatFunctionsAreClamped) {
    const auto with = [](const char* function, bool read_twice) {
        auto builder = ModelBuilder({1, 4}).random("w", {4, 4}).node("MatMul", {"x", "w"}, "m");
        builder.node(function, {"m"}, read_twice ? "f" : "y");
        if (read_twice) builder.node("Mul", {"m", "f"}, "y");
        return builder.lower().stages.at(0).clamp;
    };
    const double half_step = 0.5 / 16384;
    EXPECT_LT(1 - std::tanh(static_cast<double>(with("Tanh", false).high)), half_step);
    EXPECT_LT(with("Tanh", false).high, 6);
    EXPECT_EQ(with("Tanh", false).low, -with("Tanh", false).high);
    EXPECT_LT(with("Sigmoid", false).high, 12);
    EXPECT_TRUE(std::isinf(with("Sigmoid", true).high)) << "the product reads all of it";
    EXPECT_TRUE(std::isinf(with("Softplus", false).high)) << "flat on one side only";
}

TEST(LowerCurve, AHardSigmoidIsALineBetweenTwoLimits) {
    const auto graph = ModelBuilder({1, 4})
                           .random("w", {4, 4})
                           .node("MatMul", {"x", "w"}, "m")
                           .node("HardSigmoid", {"m"}, "y")
                           .lower();
    EXPECT_EQ(kinds(graph), "conv");
    expect_near(answer(vector().node("HardSigmoid", {"x"}, "y")), {0.1F, 0.4F, 0.6F, 1});
}

TEST(LowerCurve, MinAndMaxAreClips) {
    const auto graph = ModelBuilder({1, 4})
                           .floats("six", {}, {2})
                           .floats("zero", {1}, {-1})
                           .node("Min", {"x", "six"}, "m")
                           .node("Max", {"zero", "m"}, "y")
                           .lower();
    EXPECT_EQ(run(graph, four), (std::vector<float>{-1, -0.5F, 0.5F, 2}));
    expect_error(ModelBuilder({1, 2}).floats("b", {2}, {1, 2}).node("Min", {"x", "b"}, "y"), "one constant number");
    expect_error(ModelBuilder({1, 2}).node("Max", {"x", "x"}, "y"), "one constant number");
}

TEST(LowerPair, SumOfThreeAndDifference) {
    const auto graph =
        vector().node("Relu", {"x"}, "r").node("Sum", {"x", "r", "x"}, "s").node("Sub", {"s", "r"}, "y").lower();
    EXPECT_EQ(kinds(graph), "pool add add add");
    EXPECT_EQ(run(graph, four), (std::vector<float>{-4, -1, 1, 6}));
}

TEST(LowerPair, GatesForChannelsAndForPositions) {
    const auto channels = ModelBuilder({1, 2, 2, 1})
                              .node("Relu", {"x"}, "r")
                              .node("GlobalMaxPool", {"x"}, "g")
                              .node("Mul", {"r", "g"}, "y")
                              .lower();
    EXPECT_EQ(run(channels, {1, 2, 3, 5}), (std::vector<float>{2, 4, 15, 25}));
    const auto positions = ModelBuilder({1, 2, 2, 1})
                               .node("Relu", {"x"}, "r")
                               .floats("w", {1, 2, 1, 1}, {1, 10})
                               .node("Conv", {"x", "w"}, "g")
                               .node("Add", {"g", "r"}, "y")
                               .lower();
    EXPECT_EQ(run(positions, {1, 2, 3, 5}), (std::vector<float>{32, 54, 34, 57}));
}

/// A vector was one slope a channel then.
TEST(LowerCurve, SlopesOfOldOpsets) {
    const auto graph = ModelBuilder({1, 2, 1, 2}, 6).floats("s", {2}, {2, 3}).node("PRelu", {"x", "s"}, "y").lower();
    expect_near(run(graph, {-1, 1, -1, 1}), {-2, 1, -3, 1});
}

/// Exporters leave out a Relu that the range of the integers implies.
TEST(LowerQuantised, TheRangeIsPartOfTheMeaning) {
    auto raw = vector(13)
                   .floats("scale", {}, {0.01F})
                   .integers("zero", {0})
                   .node("QuantizeLinear", {"x", "scale", "zero"}, "q")
                   .node("DequantizeLinear", {"q", "scale", "zero"}, "y")
                   .raw();
    auto& zero = *raw.mutable_graph()->mutable_initializer(1);
    zero.set_data_type(onnx::TensorProto::UINT8);
    zero.clear_int64_data();
    zero.clear_dims();
    zero.add_int32_data(0);
    prepare_model(raw, "test");
    const Graph graph = lower(raw);
    expect_near(run(graph, four), {0, 0, 0.5F, 2.55F});
    EXPECT_EQ(graph.notes.size(), 1U);
}

}  // namespace
}  // namespace dynbal::compiler
