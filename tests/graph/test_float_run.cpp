// The float runner itself; its arithmetic is checked through the models of the other tests.
#include "graph/float_run.hpp"

#include "base/error.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

TEST(FloatRun, RefusesSamplesOfTheWrongSize) {
    const Graph graph = ModelBuilder({1, 3}).node("Relu", {"x"}, "y").lower();
    FloatRunner runner(graph);
    EXPECT_THROW(runner.run(std::vector<float>{1, 2}), InputError);
}

TEST(FloatRun, RunsAreIndependent) {
    ModelBuilder builder({1, 1, 3});
    builder.node("AveragePool", {"x"}, "y").with("kernel_shape", {2}).with("pads", {1, 1});
    const Graph graph = builder.lower();
    FloatRunner runner(graph);
    runner.run(std::vector<float>{100, 100, 100});
    runner.run(std::vector<float>{1, 3, 5});
    expect_near(runner.output_onnx_order(), {1, 2, 4, 5});
}

TEST(FloatRun, WindowsInWidePaddingGiveTheBias) {
    ModelBuilder builder({1, 1, 5});
    builder.floats("w", {1, 1, 1}, {2}).floats("b", {1}, {0.5F});
    builder.node("Conv", {"x", "w", "b"}, "y").with("pads", {2, 3}).with("strides", {3});
    expect_near(run(builder.lower(), {1, 2, 3, 4, 5}), {0.5F, 4.5F, 10.5F, 0.5F});
}

TEST(FloatRun, PaddingCountsOnlyWhenAsked) {
    ModelBuilder builder({1, 1, 3});
    builder.node("AveragePool", {"x"}, "y")
        .with("kernel_shape", {2})
        .with("pads", {1, 1})
        .with_int("count_include_pad", 1);
    expect_near(run(builder.lower(), {1, 3, 5}), {0.5F, 2, 4, 2.5F});
}

}  // namespace
}  // namespace dynbal::compiler
