// Windows, and models that reorder their data: results must equal those of a plain computation in
// ONNX's own order, whatever layout the stages use.
#include <numeric>
#include <random>

#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

struct ConvCase {
    int64_t in = 1, out = 1, groups = 1, h = 1, w = 1, kh = 1, kw = 1, sh = 1, sw = 1, dh = 1, dw = 1, top = 0,
            left = 0, bottom = 0, right = 0;

    int64_t out_h() const { return (h + top + bottom - (kh - 1) * dh - 1) / sh + 1; }
    int64_t out_w() const { return (w + left + right - (kw - 1) * dw - 1) / sw + 1; }
};

/// Plain convolution, all in ONNX order.
std::vector<float> plain_conv(const ConvCase& c, const std::vector<float>& x, const std::vector<float>& weights) {
    std::vector<float> result;
    const int64_t per_group = c.in / c.groups;
    for (int64_t n = 0; n < c.out; ++n) {
        for (int64_t at = 0; at < c.out_h() * c.out_w(); ++at) {
            double sum = 0;
            for (int64_t k = 0; k < per_group * c.kh * c.kw; ++k) {
                const int64_t channel = n / (c.out / c.groups) * per_group + k / (c.kh * c.kw);
                const int64_t y = at / c.out_w() * c.sh - c.top + k / c.kw % c.kh * c.dh;
                const int64_t xx = at % c.out_w() * c.sw - c.left + k % c.kw * c.dw;
                if (y < 0 || y >= c.h || xx < 0 || xx >= c.w) continue;
                sum += double{x[static_cast<size_t>((channel * c.h + y) * c.w + xx)]} *
                       double{weights[static_cast<size_t>(n * per_group * c.kh * c.kw + k)]};
            }
            result.push_back(static_cast<float>(sum));
        }
    }
    return result;
}

TEST(LowerLayout, ConvolutionsOfAllShapes) {
    std::mt19937 random(1);
    const auto pick = [&](int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random() % static_cast<uint32_t>(high - low + 1));
    };
    for (int round = 0; round < 200; ++round) {
        ConvCase c;
        c.groups = pick(1, 3);
        c.in = c.groups * pick(1, 3);
        c.out = c.groups * pick(1, 4);
        c.kh = pick(1, 3), c.kw = pick(1, 4), c.sh = pick(1, 3), c.sw = pick(1, 2);
        c.dh = pick(1, 2), c.dw = pick(1, 3);
        c.top = pick(0, 2), c.left = pick(0, 3), c.bottom = pick(0, 2), c.right = pick(0, 1);
        c.h = pick(1, 5) + (c.kh - 1) * c.dh, c.w = pick(1, 6) + (c.kw - 1) * c.dw;
        SCOPED_TRACE("round " + std::to_string(round));
        ModelBuilder builder({1, c.in, c.h, c.w});
        builder.random("w", {c.out, c.in / c.groups, c.kh, c.kw})
            .node("Conv", {"x", "w"}, "y")
            .with_int("group", c.groups)
            .with("strides", {c.sh, c.sw})
            .with("dilations", {c.dh, c.dw})
            .with("pads", {c.top, c.left, c.bottom, c.right});
        const auto x = random_values(static_cast<size_t>(c.in * c.h * c.w), 3);
        const auto weights = random_values(static_cast<size_t>(c.out * c.in / c.groups * c.kh * c.kw), 17);
        expect_near(run(builder.lower(), x), plain_conv(c, x, weights));
    }
}

TEST(LowerLayout, AutoPadding) {
    const auto window = [](const char* mode, int64_t width, int64_t stride) {
        const auto graph = ModelBuilder({1, 1, width})
                               .node("MaxPool", {"x"}, "y")
                               .with("kernel_shape", {4})
                               .with("strides", {stride})
                               .with_text("auto_pad", mode)
                               .lower();
        return graph.stages.at(0).window;
    };
    EXPECT_EQ(window("SAME_UPPER", 7, 1).pad_left, 1);
    EXPECT_EQ(window("SAME_UPPER", 7, 1).pad_right, 2);
    EXPECT_EQ(window("SAME_LOWER", 7, 1).pad_left, 2);
    EXPECT_EQ(window("SAME_LOWER", 7, 1).pad_right, 1);
    EXPECT_EQ(window("SAME_UPPER", 7, 5).pad_left, 1);
    EXPECT_EQ(window("SAME_UPPER", 7, 5).pad_right, 1);
    EXPECT_EQ(window("VALID", 7, 1).pad_right, 0);
}

TEST(LowerLayout, CeilModeIsPaddingAtTheEnd) {
    ModelBuilder builder({1, 1, 6});
    builder.node("AveragePool", {"x"}, "y").with("kernel_shape", {3}).with("strides", {2}).with_int("ceil_mode", 1);
    const Graph graph = builder.lower();
    EXPECT_EQ(graph.stages[0].window.pad_right, 1);
    expect_near(run(graph, {1, 2, 3, 4, 5, 6}), {2, 4, 5.5F});
}

TEST(LowerLayout, ChannelsLastModels) {
    // The TensorFlow way: input [1, H, W, C], transposed before and after each convolution.
    ModelBuilder builder({1, 4, 5, 2});
    builder.floats("k", {}, {0.5F})
        .node("Sub", {"x", "k"}, "centred")
        .node("Transpose", {"centred"}, "chw")
        .with("perm", {0, 3, 1, 2})
        .random("w", {3, 2, 2, 2})
        .node("Conv", {"chw", "w"}, "c")
        .node("Transpose", {"c"}, "hwc")
        .with("perm", {0, 2, 3, 1})
        .node("Relu", {"hwc"}, "r")
        .integers("shape", {1, 36})
        .node("Reshape", {"r", "shape"}, "flat")
        .random("fc", {36, 2})
        .node("MatMul", {"flat", "fc"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv conv conv");
    const Tensor& input = graph.tensors[static_cast<size_t>(graph.input)];
    EXPECT_EQ(input.c, 2);
    EXPECT_EQ(input.h, 4);
    for (size_t i = 0; i < graph.input_order.size(); ++i) EXPECT_EQ(graph.input_order[i], i);
    const auto fc = random_values(72, 20);
    for (size_t i = 0; i < graph.stages[2].weights.size() / 2; ++i) {
        EXPECT_EQ(graph.stages[2].weights[i], fc[2 * i]);
    }
}

TEST(LowerLayout, OneDimensionalIdioms) {
    // Convolution along one axis, pooling along another, as in some exports of 1-D networks.
    ModelBuilder builder({1, 2, 8});
    builder.integers("two", {2})
        .integers("three", {3})
        .node("Unsqueeze", {"x", "two"}, "row")
        .random("w", {3, 2, 1, 2})
        .node("Conv", {"row", "w"}, "c")
        .node("Squeeze", {"c", "two"}, "line")
        .node("Unsqueeze", {"line", "three"}, "column")
        .node("MaxPool", {"column"}, "p")
        .with("kernel_shape", {2, 1})
        .with("strides", {2, 1})
        .node("Squeeze", {"p", "three"}, "y");
    const Graph graph = builder.lower();
    ASSERT_EQ(kinds(graph), "conv pool");
    for (const Tensor& tensor : graph.tensors) EXPECT_EQ(tensor.h, 1);
    EXPECT_EQ(graph.stages[1].window.kernel_w, 2);
    EXPECT_EQ(graph.stages[1].window.stride_w, 2);
    EXPECT_EQ(graph.output_dims, (Shape{1, 3, 3}));
}

TEST(LowerLayout, AColumnIsARow) {
    ModelBuilder builder({1, 2, 8, 1});
    builder.random("w", {3, 2, 3, 1}).node("Conv", {"x", "w"}, "y").with("pads", {1, 0, 1, 0});
    const Graph graph = builder.lower();
    EXPECT_EQ(graph.tensors[0].h, 1);
    EXPECT_EQ(graph.stages[0].window.kernel_w, 3);
    EXPECT_EQ(graph.stages[0].window.pad_left, 1);
    const ConvCase c{.in = 2, .out = 3, .h = 8, .w = 1, .kh = 3, .top = 1, .bottom = 1};
    const auto x = random_values(16, 3);
    expect_near(run(graph, x), plain_conv(c, x, random_values(18, 17)));
}

TEST(LowerLayout, TransposedImage) {
    // Height and width exchanged between two convolutions with an asymmetric kernel.
    ModelBuilder builder({1, 1, 4, 6});
    builder.floats("one", {1, 1, 1, 1}, {1})
        .node("Conv", {"x", "one"}, "a")
        .node("Relu", {"a"}, "r")
        .node("Transpose", {"r"}, "t")
        .with("perm", {0, 1, 3, 2})
        .random("w", {2, 1, 3, 2})
        .node("Conv", {"t", "w"}, "y")
        .with("strides", {1, 2});
    std::vector<float> x(24), transposed(24);
    std::iota(x.begin(), x.end(), 0.0F);
    for (size_t i = 0; i < 24; ++i) transposed[i % 6 * 4 + i / 6] = x[i];
    const ConvCase c{.in = 1, .out = 2, .h = 6, .w = 4, .kh = 3, .kw = 2, .sh = 1, .sw = 2};
    expect_near(run(builder.lower(), x), plain_conv(c, transposed, random_values(12, 18)));
}

TEST(LowerLayout, ChannelShuffle) {
    // Reordered channels cost nothing before a convolution over all channels, and pools keep them.
    ModelBuilder builder({1, 4, 2, 1});
    builder.floats("one", {4, 1, 1, 1}, {1, 1, 1, 1})
        .node("Conv", {"x", "one"}, "c")
        .with_int("group", 4)
        .integers("split", {1, 2, 2, 2, 1})
        .node("Reshape", {"c", "split"}, "g")
        .node("Transpose", {"g"}, "t")
        .with("perm", {0, 2, 1, 3, 4})
        .integers("join", {1, 4, 2, 1})
        .node("Reshape", {"t", "join"}, "s")
        .node("MaxPool", {"s"}, "p")
        .with("kernel_shape", {1, 1})
        .floats("w", {1, 4, 1, 1}, {1, 10, 100, 1000})
        .node("Conv", {"p", "w"}, "y");
    const Graph graph = builder.lower();
    EXPECT_EQ(kinds(graph), "conv pool conv");
    // channels 0 1 2 3 come out as 0 2 1 3
    expect_near(run(graph, {1, 5, 2, 6, 3, 7, 4, 8}), {4231, 8675}, 1e-2F);
}

TEST(LowerLayout, RowsOfAMatrix) {
    ModelBuilder builder({1, 3, 2});
    builder.floats("w", {2, 2}, {1, 10, 100, 1000}).node("MatMul", {"x", "w"}, "m");
    builder.node("Softmax", {"m"}, "s").node("Relu", {"m"}, "r").node("Add", {"s", "r"}, "y");
    const Graph graph = builder.lower();
    EXPECT_EQ(graph.tensors[0].w, 3);
    EXPECT_EQ(graph.tensors[0].c, 2);
    EXPECT_EQ(kinds(graph), "conv softmax pool add");
    expect_near(run(graph, {1, 2, 3, 4, 5, 6}), {201, 2011, 403, 4031, 605, 6051}, 1e-2F);
}

TEST(LowerLayout, ConstantLeftMatrix) {
    ModelBuilder builder({1, 2, 3});
    builder.floats("w", {1, 2}, {1, 10}).node("MatMul", {"w", "x"}, "y");
    const Graph graph = builder.lower();
    expect_near(run(graph, {1, 2, 3, 4, 5, 6}), {41, 52, 63});
    EXPECT_EQ(graph.output_dims, (Shape{1, 1, 3}));
}

TEST(LowerLayout, ImageAsRowsForAFullyConnectedLayer) {
    ModelBuilder builder({1, 2, 2, 2});
    builder.random("w", {3, 2, 1, 1})
        .node("Conv", {"x", "w"}, "c")
        .node("Transpose", {"c"}, "t")
        .with("perm", {0, 2, 3, 1})
        .integers("shape", {4, 3})
        .node("Reshape", {"t", "shape"}, "rows")
        .random("fc", {3, 2})
        .node("MatMul", {"rows", "fc"}, "y");
    const Graph graph = builder.lower();
    EXPECT_EQ(kinds(graph), "conv conv");
    EXPECT_EQ(graph.output_dims, (Shape{4, 2}));
    EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.output)].h, 2);
}

TEST(LowerLayout, PointwiseConvolutionOnReshapedPixels) {
    ModelBuilder builder({1, 2, 2, 3});
    builder.node("MaxPool", {"x"}, "p")
        .with("kernel_shape", {1, 1})
        .integers("shape", {1, 2, 6})
        .node("Reshape", {"p", "shape"}, "line")
        .random("w", {3, 2, 1})
        .random("b", {3})
        .node("Conv", {"line", "w", "b"}, "y");
    const Graph graph = builder.lower();
    EXPECT_EQ(graph.output_dims, (Shape{1, 3, 6}));
    const ConvCase c{.in = 2, .out = 3, .h = 2, .w = 3};
    const auto x = random_values(12, 3);
    auto expected = plain_conv(c, x, random_values(6, 18));
    for (size_t i = 0; i < expected.size(); ++i) expected[i] += random_values(3, 19)[i / 6];
    expect_near(run(graph, x), expected);
}

TEST(LowerLayout, AWindowThatWouldBeginBehindTheValuesIsNone) {
    // Padding of 1 and ceil_mode: the third window of stride 3 would begin at value 6 of 5.
    ModelBuilder model({1, 1, 5});
    model.node("MaxPool", {"x"}, "y").with("kernel_shape", {2}).with("strides", {3}).with("pads", {1, 1});
    const Graph graph = model.with_int("ceil_mode", 1).lower();
    EXPECT_EQ(graph.output_dims, (Shape{1, 1, 2}));
    expect_near(run(graph, {1, 2, 3, 4, 5}), {1, 4});
}

}  // namespace
}  // namespace dynbal::compiler
