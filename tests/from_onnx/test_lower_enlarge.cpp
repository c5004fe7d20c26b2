// Maps that grow: ConvTranspose against its definition, Resize and Upsample against repeated values.
#include <array>
#include <random>

#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

struct Side {
    int64_t in = 3, kernel = 2, stride = 2, dilation = 1, pad_begin = 0, pad_end = 0, more = 0;
    int64_t out() const { return (in - 1) * stride + (kernel - 1) * dilation + 1 + more - pad_begin - pad_end; }
};

/// Each input value goes to the places that its weights say.
std::vector<float> scattered(const std::vector<float>& input, const std::vector<float>& weights, int64_t groups,
                             int64_t ins, int64_t outs_each, const Side& h, const Side& w) {
    std::vector<float> result(static_cast<size_t>(groups * outs_each * h.out() * w.out()), 0.0F);
    for (int64_t in = 0; in < ins; ++in) {
        for (int64_t out = 0; out < outs_each; ++out) {
            for (int64_t i = 0; i < h.in * w.in; ++i) {
                for (int64_t k = 0; k < h.kernel * w.kernel; ++k) {
                    const int64_t y = i / w.in * h.stride + k / w.kernel * h.dilation - h.pad_begin;
                    const int64_t x = i % w.in * w.stride + k % w.kernel * w.dilation - w.pad_begin;
                    if (y < 0 || y >= h.out() || x < 0 || x >= w.out()) continue;
                    const int64_t channel = in / (ins / groups) * outs_each + out;
                    result[static_cast<size_t>((channel * h.out() + y) * w.out() + x)] +=
                        input[static_cast<size_t>(in * h.in * w.in + i)] *
                        weights[static_cast<size_t>((in * outs_each + out) * h.kernel * w.kernel + k)];
                }
            }
        }
    }
    return result;
}

Side random_side(std::mt19937& random) {
    const auto from = [&](int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    Side side{.in = from(1, 5), .kernel = from(1, 5), .stride = from(1, 3)};
    if (side.stride == 1) side.dilation = from(1, 2);
    side.pad_begin = from(0, 2), side.pad_end = from(0, 2), side.more = from(0, side.stride - 1);
    if (side.out() < 1) side.pad_begin = side.pad_end = 0;
    return side;
}

TEST(Enlarge, ConvTransposeIsItsDefinition) {
    for (uint32_t seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const Side h = random_side(random), w = random_side(random);
        const int64_t groups = 1 + seed % 2, ins = 4, outs_each = 1 + seed % 3;
        SCOPED_TRACE(seed);
        const std::vector<float> weights =
            random_values(static_cast<size_t>(ins * outs_each * h.kernel * w.kernel), seed);
        ModelBuilder model({1, ins, h.in, w.in});
        model.floats("w", {ins, outs_each, h.kernel, w.kernel}, weights).node("ConvTranspose", {"x", "w"}, "y");
        model.with("strides", {h.stride, w.stride}).with("dilations", {h.dilation, w.dilation});
        model.with("pads", {h.pad_begin, w.pad_begin, h.pad_end, w.pad_end}).with("output_padding", {h.more, w.more});
        model.with_int("group", groups);
        const Graph graph = model.lower();
        expect_valid(graph);
        EXPECT_EQ(graph.output_dims, (Shape{1, groups * outs_each, h.out(), w.out()}));
        const std::vector<float> input = random_values(static_cast<size_t>(ins * h.in * w.in), seed + 1000);
        expect_near(run(graph, input), scattered(input, weights, groups, ins, outs_each, h, w));
    }
}

TEST(Enlarge, ConvTransposeGoesOn) {
    // 1-D, with a bias, a layout with channels last before it, and a convolution behind.
    const std::vector<float> weights = random_values(24, 1), next = random_values(18, 2);
    ModelBuilder model({1, 5, 2});
    model.node("Transpose", {"x"}, "t").with("perm", {0, 2, 1});
    model.floats("w", {2, 3, 4}, weights).floats("b", {3}, {0.5F, -0.5F, 0});
    model.node("ConvTranspose", {"t", "w", "b"}, "u").with("strides", {2}).with("pads", {1, 1});
    model.node("Relu", {"u"}, "r").floats("v", {2, 3, 3}, next).node("Conv", {"r", "v"}, "y");
    const Graph graph = model.lower();
    expect_valid(graph);

    const std::vector<float> input = random_values(10, 3);
    std::vector<float> turned(10);
    for (size_t i = 0; i < 10; ++i) turned[i % 2 * 5 + i / 2] = input[i];
    const Side row{.in = 1, .kernel = 1, .stride = 1}, side{.in = 5, .kernel = 4, .pad_begin = 1, .pad_end = 1};
    std::vector<float> middle = scattered(turned, weights, 1, 2, 3, row, side);
    for (size_t i = 0; i < middle.size(); ++i)
        middle[i] = std::max(0.0F, middle[i] + std::array{0.5F, -0.5F, 0.0F}[i / 10]);
    const Graph last = ModelBuilder({1, 3, 10}).floats("v", {2, 3, 3}, next).node("Conv", {"x", "v"}, "y").lower();
    expect_near(run(graph, input), run(last, middle));
}

std::vector<float> repeated(const std::vector<float>& input, int64_t channels, int64_t h, int64_t w, int64_t times_h,
                            int64_t times_w) {
    std::vector<float> result;
    for (int64_t c = 0; c < channels; ++c) {
        for (int64_t y = 0; y < h * times_h; ++y) {
            for (int64_t x = 0; x < w * times_w; ++x)
                result.push_back(input[static_cast<size_t>((c * h + y / times_h) * w + x / times_w)]);
        }
    }
    return result;
}

TEST(Enlarge, ResizeRepeatsValues) {
    const std::vector<float> input = random_values(24, 5);
    for (const auto& [h, w] : {std::pair<int64_t, int64_t>{2, 2}, {1, 3}, {3, 1}, {2, 4}, {1, 1}}) {
        for (const char* coordinates : {"asymmetric", "half_pixel", "pytorch_half_pixel"}) {
            ModelBuilder model({1, 2, 3, 4});
            model.floats("s", {4}, {1, 1, static_cast<float>(h), static_cast<float>(w)});
            model.node("Resize", {"x", "", "s"}, "y").with_text("coordinate_transformation_mode", coordinates);
            if (coordinates == std::string("asymmetric")) model.with_text("nearest_mode", "floor");
            const Graph graph = model.lower();
            expect_valid(graph);
            expect_near(run(graph, input), repeated(input, 2, 3, 4, h, w));
        }
    }
    ModelBuilder sizes({1, 6, 4});
    sizes.integers("n", {1, 6, 12}).node("Resize", {"x", "", "", "n"}, "y");
    expect_near(run(sizes.lower(), input), repeated(input, 6, 1, 4, 1, 3));
    ModelBuilder old({1, 2, 3, 4}, 9);
    old.floats("s", {4}, {1, 1, 2, 2}).node("Upsample", {"x", "s"}, "y");
    expect_near(run(old.lower(), input), repeated(input, 2, 3, 4, 2, 2));
}

TEST(Enlarge, ResizeThatChangesNothingMayBeOfAnyMode) {
    const std::vector<float> input = random_values(24, 5);
    for (const char* mode : {"nearest", "linear", "cubic"}) {
        for (const char* coordinates : {"asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"}) {
            ModelBuilder model({1, 2, 3, 4});
            model.floats("s", {4}, {1, 1, 1, 1}).node("Resize", {"x", "", "s"}, "y").with_text("mode", mode);
            expect_near(run(model.with_text("coordinate_transformation_mode", coordinates).lower(), input), input);
        }
        ModelBuilder sizes({2, 12});
        sizes.integers("n", {2, 12}).node("Resize", {"x", "", "", "n"}, "y").with_text("mode", mode);
        expect_near(run(sizes.lower(), input), input);
    }
}

/// As behind a global pooling.
TEST(Enlarge, BetweenAValueAndItselfEveryModeGivesIt) {
    for (const char* mode : {"nearest", "linear", "cubic"}) {
        ModelBuilder model({1, 3, 1, 2});
        model.floats("s", {4}, {1, 1, 4, 1}).node("Resize", {"x", "", "s"}, "y").with_text("mode", mode);
        expect_near(run(model.lower(), {1, 2, 3, 4, 5, 6}), repeated({1, 2, 3, 4, 5, 6}, 3, 1, 2, 4, 1));
    }
}

/// The size is rounded, the scale is not: with 2.1, value 2 of the output is value 0 of the input.
TEST(Enlarge, ScalesAreNotTakenFromRoundedSizes) {
    for (const float scale : {2.1F, 1.1F}) {
        ModelBuilder model({1, 1, 3, 3});
        model.floats("s", {4}, {1, 1, scale, scale}).node("Resize", {"x", "", "s"}, "y");
        model.with_text("coordinate_transformation_mode", "asymmetric").with_text("nearest_mode", "floor");
        expect_error(model, "it does not repeat each as often as the others");
    }
    ModelBuilder linear({1, 1, 3, 3});
    linear.floats("s", {4}, {1, 1, 1.1F, 1}).node("Resize", {"x", "", "s"}, "y").with_text("mode", "linear");
    expect_error(linear, "mode 'linear' is not supported where it changes a size");
}

TEST(Enlarge, ResizeBetweenConvolutions) {
    // Beside a skip connection, as in networks that label each pixel.
    ModelBuilder model({1, 2, 4, 4});
    model.random("w", {3, 2, 3, 3}).node("Conv", {"x", "w"}, "a").with("pads", {1, 1, 1, 1}).node("Relu", {"a"}, "r");
    model.node("MaxPool", {"r"}, "p").with("kernel_shape", {2, 2}).with("strides", {2, 2});
    model.floats("s", {4}, {1, 1, 2, 2}).node("Resize", {"p", "", "s"}, "u");
    model.node("Concat", {"u", "r"}, "c").with_int("axis", 1);
    model.random("v", {2, 6, 3, 3}).node("Conv", {"c", "v"}, "y").with("pads", {1, 1, 1, 1});
    const Graph graph = model.lower();
    expect_valid(graph);
    EXPECT_EQ(graph.output_dims, (Shape{1, 2, 4, 4}));
    EXPECT_EQ(run(graph, random_values(32, 9)).size(), 32U);
}

TEST(Enlarge, WhatRepeatsNothingIsRefused) {
    ModelBuilder linear({1, 2, 3, 4});
    linear.floats("s", {4}, {1, 1, 2, 2}).node("Resize", {"x", "", "s"}, "y").with_text("mode", "linear");
    expect_error(linear, "(Resize): mode 'linear' is not supported");
    ModelBuilder half({1, 2, 3, 4});
    half.floats("s", {4}, {1, 1, 1, 1.5F}).node("Resize", {"x", "", "s"}, "y");
    expect_error(half, "from 4 to 6 values it does not repeat each as often as the others");
    ModelBuilder corners({1, 2, 3, 4});
    corners.floats("s", {4}, {1, 1, 1, 3}).node("Resize", {"x", "", "s"}, "y");
    expect_error(corners.with_text("coordinate_transformation_mode", "align_corners"), "it does not repeat each");
    ModelBuilder crop({1, 2, 3, 4});
    crop.floats("s", {4}, {1, 1, 2, 2}).node("Resize", {"x", "", "s"}, "y");
    expect_error(crop.with_text("coordinate_transformation_mode", "tf_crop_and_resize"), "is not supported; use 'asym");
    ModelBuilder channels({1, 2, 3, 4});
    expect_error(channels.floats("s", {4}, {1, 2, 2, 2}).node("Resize", {"x", "", "s"}, "y"), "it enlarges channels");
    ModelBuilder few({1, 2, 3, 4});
    expect_error(few.floats("s", {2}, {2, 2}).node("Resize", {"x", "", "s"}, "y"), "differ in number");
    ModelBuilder both({1, 2, 3, 4});
    both.random("w", {2, 2, 2, 2}).node("ConvTranspose", {"x", "w"}, "y");
    expect_error(both.with("strides", {2, 2}).with("dilations", {2, 2}), "strides together with dilations");
}

}  // namespace
}  // namespace dynbal::compiler
