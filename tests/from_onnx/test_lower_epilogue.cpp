// LogSoftmax and ArgMax as the last node, and what may stand behind them.
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

ModelBuilder scores() { return ModelBuilder({1, 4}).node("Relu", {"x"}, "r"); }

ModelBuilder index() { return scores().node("ArgMax", {"r"}, "i").with_int("axis", -1); }

const std::vector<float> given = {-2.0F, -0.5F, 0.5F, 3.0F};

Shape answer_dims(const Graph& graph) { return graph.epilogue.answer_dims(graph.output_dims); }

TEST(LowerEpilogue, LogSoftmaxAndArgMax) {
    const auto logs = scores().node("LogSoftmax", {"r"}, "y").lower();
    expect_near(run(logs, given), {-3.16692F, -3.16692F, -2.66692F, -0.16692F});
    const auto both = ModelBuilder({2, 3}).node("Relu", {"x"}, "r").node("ArgMax", {"r"}, "y").with_int("axis", 1);
    EXPECT_EQ(run(both.lower(), {1, 3, 2, 6, 5, 4}), (std::vector<float>{1, 0}));
    expect_error(scores().node("LogSoftmax", {"r"}, "l").node("Relu", {"l"}, "y"), "supported only at the end");
}

TEST(LowerEpilogue, TheShapeIsThatOfTheAnswer) {
    for (const int axis : {0, 1, 2, 3, -1}) {
        for (const int keep : {0, 1}) {
            ModelBuilder model({1, 2, 3, 4});
            model.node("Relu", {"x"}, "r").node("ArgMax", {"r"}, "y").with_int("axis", axis).with_int("keepdims", keep);
            const Graph graph = model.lower();
            Shape dims = {1, 2, 3, 4};
            const size_t place = axis < 0 ? 3 : static_cast<size_t>(axis);
            if (keep != 0) dims[place] = 1;
            if (keep == 0) dims.erase(dims.begin() + static_cast<int64_t>(place));
            EXPECT_EQ(answer_dims(graph), dims);
            EXPECT_EQ(static_cast<int64_t>(run(graph, random_values(24, 1)).size()),
                      graph.epilogue.answer_values(graph.output_dims));
        }
    }
    const auto shaped =
        scores().node("LogSoftmax", {"r"}, "l").integers("shape", {2, 2}).node("Reshape", {"l", "shape"}, "y");
    EXPECT_EQ(answer_dims(shaped.lower()), (Shape{2, 2}));
    EXPECT_EQ(answer_dims(scores().lower()), (Shape{1, 4}));
}

TEST(LowerEpilogue, TheFirstOfEqualValuesCounts) {
    EXPECT_EQ(run(index().lower(), {1, 2, 2, 0}), (std::vector<float>{1}));
    expect_error(index().with_int("select_last_index", 1), "select_last_index is not supported; without it the first");
}

TEST(LowerEpilogue, TheLargestLogarithm) {
    const auto largest = [](int axis) {
        return scores().node("LogSoftmax", {"r"}, "l").node("ArgMax", {"l"}, "y").with_int("axis", axis);
    };
    const Graph graph = largest(1).lower();
    EXPECT_EQ(run(graph, given), (std::vector<float>{3}));
    EXPECT_EQ(answer_dims(graph), (Shape{1, 1}));
    expect_error(largest(0), "supported only at the end");
}

TEST(LowerEpilogue, CastsThatChangeTheAnswer) {
    for (const int type : {onnx::TensorProto::FLOAT, onnx::TensorProto::INT32, onnx::TensorProto::UINT8}) {
        EXPECT_EQ(run(index().node("Cast", {"i"}, "y").with_int("to", type).lower(), given), (std::vector<float>{3}));
    }
    expect_error(index().node("Cast", {"i"}, "y").with_int("to", onnx::TensorProto::BOOL), "its type cannot hold what");
    expect_error(
        scores().node("LogSoftmax", {"r"}, "l").node("Cast", {"l"}, "y").with_int("to", onnx::TensorProto::INT32),
        "its type cannot hold what it gets");
}

/// As exporters of scikit-learn end a classifier.
TEST(LowerEpilogue, LabelsOfClasses) {
    auto raw = ModelBuilder({1, 4})
                   .node("Softmax", {"x"}, "p")
                   .node("ArgMax", {"p"}, "i")
                   .with_int("axis", 1)
                   .integers("labels", {10, 20, 30, 40})
                   .node("ArrayFeatureExtractor", {"labels", "i"}, "l")
                   .integers("shape", {-1})
                   .node("Reshape", {"l", "shape"}, "y")
                   .raw();
    raw.mutable_graph()->mutable_node(2)->set_domain("ai.onnx.ml");
    prepare_model(raw, "test");
    const Graph graph = lower(raw);
    EXPECT_EQ(run(graph, given), (std::vector<float>{40}));
    EXPECT_EQ(answer_dims(graph), (Shape{1}));
}

TEST(LowerEpilogue, LabelsThatAreNotOneAClass) {
    expect_error(index().integers("labels", {10, 20, 30}).node("Gather", {"labels", "i"}, "y"),
                 "its table of shape [3] does not have one label for each of 4 classes");
    expect_error(index().floats("labels", {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}).node("Gather", {"labels", "i"}, "y"),
                 "its table of shape [4, 2]");
    expect_error(index().integers("labels", {1, 2, 3, int64_t{1} << 40}).node("Gather", {"labels", "i"}, "y"),
                 "label 1099511627776 is too large");
}

}  // namespace
}  // namespace dynbal::compiler
