// Everything that cannot be expressed is refused with a message that names the node and the reason.
#include <limits>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

TEST(LowerErrors, UnknownOperator) {
    const auto builder = ModelBuilder({1, 3}).node("Hardmax", {"x"}, "y");
    expect_error(builder, "node 'y_node' (Hardmax): operator not supported; build the network from");
    const auto recurrent = ModelBuilder({1, 3}).node("LSTM", {"x"}, "y");
    expect_error(recurrent, "(LSTM): operator not supported; there are no recurrent layers");
}

/// Each of them said to fold constants before the export, which QONNX's own tools do not do.
TEST(LowerErrors, AQuantisedNetworkOfQonnxIsToldOnceAndWhatToGiveInstead) {
    auto raw = ModelBuilder({1, 3})
                   .random("w", {3, 2})
                   .floats("s", {1}, {0.1F})
                   .node("Quant", {"w", "s"}, "q1")
                   .node("Quant", {"w", "s"}, "q2")
                   .node("Quant", {"x", "s"}, "q3")
                   .node("MatMul", {"q3", "q1"}, "y")
                   .raw();
    for (auto& node : *raw.mutable_graph()->mutable_node()) {
        if (node.op_type() == "Quant") node.set_domain("qonnx.custom_op.general");
    }
    try {
        (void)lower(raw);
        ADD_FAILURE();
    } catch (const InputError& error) {
        const std::string message = error.what();
        EXPECT_EQ(message.find("things cannot"), std::string::npos) << message;
        EXPECT_NE(message.find("node 'q1_node', node 'q2_node', node 'q3_node' (Quant): operator of domain "
                               "'qonnx.custom_op.general' not supported; give the float model, or one in QDQ form"),
                  std::string::npos)
            << message;
    }
}

/// As onnxmltools writes Keras' layers: transposed, so that the features are the batch.
TEST(LowerErrors, ABatchNormalizationOfTheWrongAxisIsToldWhatToDo) {
    ModelBuilder builder({1, 4});
    builder.node("Transpose", {"x"}, "t").with("perm", {1, 0});
    for (const char* name : {"scale", "bias", "mean", "var"}) builder.floats(name, {4}, {1, 1, 1, 1});
    builder.node("BatchNormalization", {"t", "scale", "bias", "mean", "var"}, "y");
    expect_error(builder,
                 "it has 4 scales, and its input of shape [4, 1] has 1 channels (dimension 1): the exporter took the "
                 "wrong axis; export again");
}

TEST(LowerErrors, AllProblemsAreToldAtOnceOperatorsFirst) {
    const auto builder = ModelBuilder({1, 3, 8, 8})
                             .random("w", {2, 3, 3, 3})
                             .node("Conv", {"x", "w"}, "c")
                             .with_int("group", 2)
                             .node("Hardmax", {"x"}, "r1")
                             .node("Hardmax", {"r1"}, "r2")
                             .node("Pad", {"x"}, "p")
                             .with_text("mode", "edge")
                             .node("Sum", {"c", "r2", "p"}, "y");
    const std::string message = lower_error(builder);
    EXPECT_EQ(
        message.rfind("3 things cannot be compiled:\n  node 'r1_node', node 'r2_node' (Hardmax): operator not", 0), 0U)
        << message;
    EXPECT_NE(message.find("group 2 does not divide"), std::string::npos) << message;
    EXPECT_NE(message.find("'mode' is 'edge'"), std::string::npos) << message;
}

TEST(LowerErrors, WhatFollowsAProblemIsLookedAtToo) {
    const auto builder = ModelBuilder({1, 2, 8, 8})
                             .node("MaxPool", {"x"}, "p")
                             .with("kernel_shape", {2, 2})
                             .with("pads", {2, 2, 0, 0})
                             .random("w", {2, 2, 3, 3})
                             .random("b", {3})
                             .node("Conv", {"p", "w", "b"}, "y");
    const std::string message = lower_error(builder);
    EXPECT_NE(message.find("sees nothing but padding"), std::string::npos) << message;
    EXPECT_NE(message.find("bias has 3 values for 2"), std::string::npos) << message;
}

TEST(LowerErrors, WeightsThatAreNoConstants) {
    const auto builder = ModelBuilder({1, 1, 3, 3}).node("Conv", {"x", "x"}, "y");
    expect_error(builder, "its weights (input 1, 'x') must be a constant");
}

/// Found by fuzzing: the ONNX library's inference crashed.
TEST(LowerErrors, WeightsOfAnotherRankThanTheInput) {
    const auto builder = ModelBuilder({1, 4}).random("w", {3, 4, 3, 3}).node("Conv", {"x", "w"}, "y");
    expect_error(builder, "its input has the shape [1, 4]; supported are");
}

TEST(LowerErrors, WeightsThatAreNoNumbers) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        const auto builder = ModelBuilder({1, 2}).floats("weird", {2, 1}, {1, bad}).node("MatMul", {"x", "weird"}, "y");
        expect_error(builder, "'weird' holds NaN or infinite values");
    }
}

TEST(LowerErrors, WeightsThatOverflowWhenMerged) {
    const auto builder = ModelBuilder({1, 2})
                             .floats("w", {2, 1}, {1e30F, 1})
                             .floats("k", {}, {1e30F})
                             .node("MatMul", {"x", "w"}, "m")
                             .node("Mul", {"m", "k"}, "y");
    expect_error(builder, "gives infinite values");
}

TEST(LowerErrors, Groups) {
    const auto builder =
        ModelBuilder({1, 3, 4, 4}).random("w", {2, 1, 1, 1}).node("Conv", {"x", "w"}, "y").with_int("group", 2);
    expect_error(builder, "group 2 does not divide");
}

TEST(LowerErrors, ChannelsOfWeights) {
    const auto builder = ModelBuilder({1, 3, 4, 4}).random("w", {2, 2, 1, 1}).node("Conv", {"x", "w"}, "y");
    expect_error(builder, "expect 2 input channels, but there are 3");
}

TEST(LowerErrors, KernelShapeAndWeightsDiffer) {
    const auto builder =
        ModelBuilder({1, 3, 4, 4}).random("w", {2, 3, 1, 1}).node("Conv", {"x", "w"}, "y").with("kernel_shape", {3, 3});
    expect_error(builder, "kernel_shape [3, 3] differs");
}

TEST(LowerErrors, BiasOfWrongSize) {
    const auto builder =
        ModelBuilder({1, 3, 4, 4}).random("w", {2, 3, 1, 1}).random("b", {3}).node("Conv", {"x", "w", "b"}, "y");
    expect_error(builder, "bias has 3 values for 2 output channels");
}

TEST(LowerErrors, NegativePadding) {
    const auto builder =
        ModelBuilder({1, 3, 4, 4}).node("MaxPool", {"x"}, "y").with("kernel_shape", {2, 2}).with("pads", {0, 0, -1, 0});
    expect_error(builder, "'pads' has the value -1");
}

TEST(LowerErrors, ZeroStride) {
    const auto builder =
        ModelBuilder({1, 3, 4, 4}).node("MaxPool", {"x"}, "y").with("kernel_shape", {2, 2}).with("strides", {0, 1});
    expect_error(builder, "'strides' has the value 0");
}

TEST(LowerErrors, WindowLargerThanInput) {
    const auto builder = ModelBuilder({1, 3, 4, 4}).node("MaxPool", {"x"}, "y").with("kernel_shape", {5, 5});
    expect_error(builder, "");
}

TEST(LowerErrors, WindowsOfPaddingOnly) {
    const auto builder =
        ModelBuilder({1, 1, 4}).node("MaxPool", {"x"}, "y").with("kernel_shape", {2}).with("pads", {2, 0});
    expect_error(builder, "sees nothing but padding");
}

TEST(LowerErrors, CountedPaddingWithCeilMode) {
    const auto builder = ModelBuilder({1, 1, 4})
                             .node("AveragePool", {"x"}, "y")
                             .with("kernel_shape", {3})
                             .with("strides", {2})
                             .with_int("ceil_mode", 1)
                             .with_int("count_include_pad", 1);
    expect_error(builder, "count_include_pad together with ceil_mode");
}

TEST(LowerErrors, ThreeDimensionalConvolution) {
    const auto builder = ModelBuilder({1, 1, 4, 4, 4}).random("w", {1, 1, 1, 1, 1}).node("Conv", {"x", "w"}, "y");
    expect_error(builder, "supported are [1, C, W] and [1, C, H, W]");
}

TEST(LowerErrors, Batches) {
    const auto builder = ModelBuilder({2, 1, 4, 4}).random("w", {1, 1, 1, 1}).node("Conv", {"x", "w"}, "y");
    expect_error(builder, "batch of 2");
}

TEST(LowerErrors, BiasPerPosition) {
    const auto builder = ModelBuilder({1, 1, 2, 2})
                             .random("w", {1, 1, 1, 1})
                             .random("b", {1, 1, 2, 2})
                             .node("Conv", {"x", "w"}, "c")
                             .node("Add", {"c", "b"}, "y");
    expect_error(builder, "'b' of shape [1, 1, 2, 2] differs between positions of one channel");
}

TEST(LowerErrors, BroadcastThatEnlarges) {
    const auto builder = ModelBuilder({1, 1}).random("b", {1, 3}).node("Add", {"x", "b"}, "y");
    expect_error(builder, "would enlarge the activations");
}

TEST(LowerErrors, AddOfDifferentShapes) {
    const auto builder = ModelBuilder({1, 2, 3, 3})
                             .node("MaxPool", {"x"}, "m")
                             .with("kernel_shape", {1, 2})
                             .node("Add", {"x", "m"}, "y");
    expect_error(builder, "its operands have the shapes [1, 2, 3, 3] and [1, 2, 3, 2], which do not fit each other");
}

TEST(LowerErrors, AddOfDifferentOrders) {
    const auto builder = ModelBuilder({1, 1, 3, 3})
                             .node("Relu", {"x"}, "r")
                             .node("Transpose", {"x"}, "t")
                             .with("perm", {0, 1, 3, 2})
                             .node("Add", {"r", "t"}, "y");
    expect_error(builder, "arranged differently in memory");
}

TEST(LowerErrors, QuotientOfActivations) {
    const auto builder = ModelBuilder({1, 3}).node("Relu", {"x"}, "r").node("Div", {"x", "r"}, "y");
    expect_error(builder, "divided by activations");
}

TEST(LowerErrors, DivisionByZero) {
    const auto builder = ModelBuilder({1, 3}).floats("k", {}, {0}).node("Div", {"x", "k"}, "y");
    expect_error(builder, "divides by zero");
}

TEST(LowerErrors, SoftmaxOverPositions) {
    const auto builder = ModelBuilder({1, 2, 3, 3})
                             .node("MaxPool", {"x"}, "p")
                             .with("kernel_shape", {1, 1})
                             .node("Softmax", {"p"}, "y")
                             .with_int("axis", 3);
    expect_error(builder, "only over the channels of each position");
}

TEST(LowerErrors, ReshapeBetweenWindows) {
    const auto builder = ModelBuilder({1, 2, 4, 4})
                             .node("MaxPool", {"x"}, "p")
                             .with("kernel_shape", {2, 2})
                             .integers("shape", {1, 2, 1, 9})
                             .node("Reshape", {"p", "shape"}, "s")
                             .node("MaxPool", {"s"}, "y")
                             .with("kernel_shape", {1, 3});
    expect_error(builder, "reshaped or transposed");
}

TEST(LowerErrors, GroupedConvolutionAfterAShuffle) {
    const auto builder = ModelBuilder({1, 4, 1, 1})
                             .node("Relu", {"x"}, "r")
                             .node("MaxPool", {"r"}, "p")
                             .with("kernel_shape", {1, 1})
                             .integers("split", {1, 2, 2})
                             .node("Reshape", {"p", "split"}, "g")
                             .node("Transpose", {"g"}, "t")
                             .with("perm", {0, 2, 1})
                             .integers("join", {1, 4, 1, 1})
                             .node("Reshape", {"t", "join"}, "s")
                             .random("w", {2, 2, 1, 1})
                             .node("Conv", {"s", "w"}, "y")
                             .with_int("group", 2);
    expect_error(builder, "reordered channels");
}

TEST(LowerErrors, TransposedGemmInput) {
    const auto builder = ModelBuilder({1, 1}).random("w", {1, 2}).node("Gemm", {"x", "w"}, "y").with_int("transA", 1);
    expect_error(builder, "transA is not supported");
}

TEST(LowerErrors, HugeTensors) {
    const auto wide = ModelBuilder({1, 1, 70000}).node("Relu", {"x"}, "y");
    expect_error(wide, "side of 70000 values");
    const auto large = ModelBuilder({1, 8, 2000, 2000}).node("Relu", {"x"}, "y");
    expect_error(large, "2^24");
    const auto grown = ModelBuilder({1, 1, 4000, 4000}).random("w", {2, 1, 1, 1}).node("Conv", {"x", "w"}, "y");
    expect_error(grown, "larger than 2^24 values");
}

TEST(LowerErrors, ClipBounds) {
    const auto crossed =
        ModelBuilder({1, 3}, 9).node("Clip", {"x"}, "y").with_float("min", 2.0F).with_float("max", 1.0F);
    expect_error(crossed, "min is greater than its max");
}

TEST(LowerErrors, TrainingMode) {
    auto builder = ModelBuilder({1, 2}, 15).floats("v", {2}, {1, 1});
    builder.node("BatchNormalization", {"x", "v", "v", "v", "v"}, "y").with_int("training_mode", 1);
    lower_error(builder);
}

/// Before opset 14 further outputs meant training mode.
TEST(LowerErrors, TrainingModeOfOldOpsets) {
    auto builder = ModelBuilder({1, 2}, 9).floats("v", {2}, {1, 1});
    builder.node("BatchNormalization", {"x", "v", "v", "v", "v"}, "y");
    onnx::ModelProto model = builder.build();
    for (const char* more : {"", "", "", ""}) model.mutable_graph()->mutable_node(0)->add_output(more);
    EXPECT_NO_THROW(lower(model));
    model.mutable_graph()->mutable_node(0)->set_output(1, "mean");
    EXPECT_THROW(lower(model), InputError);
}

TEST(LowerErrors, TrainingModeOfOpset6) {
    auto builder =
        ModelBuilder({1, 2}, 6).floats("v", {2}, {1, 1}).node("BatchNormalization", {"x", "v", "v", "v", "v"}, "n");
    EXPECT_NO_THROW(builder.with_int("is_test", 1).lower());
    expect_error(builder.node("Dropout", {"n"}, "y").with_int("is_test", 0),
                 "(Dropout): training mode is not supported");
}

TEST(LowerErrors, ConcatThatSaysNoAxis) {
    expect_error(ModelBuilder({1, 2}).node("Concat", {"x", "x"}, "y"), "it does not say along which axis");
}

TEST(LowerErrors, PaddingStatedTwice) {
    const auto builder = ModelBuilder({1, 1, 4, 4})
                             .node("MaxPool", {"x"}, "y")
                             .with("kernel_shape", {2, 2})
                             .with("pads", {1, 1, 0, 0})
                             .with_text("auto_pad", "SAME_UPPER");
    expect_error(builder, "its 'pads' [1, 1, 0, 0] and its auto_pad 'SAME_UPPER' contradict each other");
}

TEST(LowerErrors, ScalesOfBlocks) {
    auto builder = ModelBuilder({1, 2}, 21).integers("q", {1, 2}).floats("s", {1}, {1});
    builder.node("DequantizeLinear", {"q", "s"}, "b").with_int("block_size", 2).node("Add", {"x", "b"}, "y");
    expect_error(builder, "scales for blocks of an axis are not supported");
}

TEST(LowerErrors, OutputThatIsConstant) {
    const auto builder = ModelBuilder({1, 2}).random("w", {2, 2}).node("Transpose", {"w"}, "y");
    expect_error(builder, "does not depend on the input");
}

TEST(LowerErrors, OutputThatIsTheInput) {
    onnx::ModelProto model = ModelBuilder({1, 2}).node("Relu", {"x"}, "y").raw();
    model.mutable_graph()->mutable_output(0)->set_name("x");
    EXPECT_THROW(prepare_model(model, "test"), InputError);
}

TEST(LowerErrors, EpsilonThatIsNoNumber) {
    const auto builder = ModelBuilder({1, 1})
                             .floats("one", {1}, {1})
                             .node("BatchNormalization", {"x", "one", "one", "one", "one"}, "y")
                             .with_float("epsilon", std::numeric_limits<float>::quiet_NaN());
    expect_error(builder, "its epsilon is not a finite number");
}

TEST(LowerErrors, NegativeVariance) {
    const auto builder = ModelBuilder({1, 1})
                             .floats("one", {1}, {1})
                             .floats("variance", {1}, {-1})
                             .node("BatchNormalization", {"x", "one", "one", "one", "variance"}, "y");
    expect_error(builder, "'variance' is negative");
}

}  // namespace
}  // namespace dynbal::compiler
