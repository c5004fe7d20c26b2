#include "networks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/random.hpp"
#include "graphs.hpp"

namespace dynbal::bench {
namespace {

using compiler::PoolKind;
using compiler::TensorId;
using compiler::Window;
using test::GraphBuilder;
using test::window;

constexpr int64_t macs_max = 2'000'000;  // of one layer, so that thousands of runs take minutes
constexpr std::initializer_list<int> any_channels{1, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64};

/// The numbers that make one network.
class Draw {
public:
    Draw(uint64_t seed, uint32_t index) : seed_(random64(seed, index)) {}

    uint64_t seed() const { return seed_; }
    int in(int low, int high) {
        return static_cast<int>(
            in_range(random64(seed_, drawn_++), static_cast<uint64_t>(low), static_cast<uint64_t>(high)));
    }
    int one_of(std::initializer_list<int> values) { return values.begin()[in(0, static_cast<int>(values.size()) - 1)]; }
    bool coin() { return in(0, 1) == 1; }
    int channels() { return one_of(any_channels); }

private:
    uint64_t seed_;
    uint64_t drawn_ = 0;
};

struct Conv {
    int h = 1, w = 1, in = 1, out = 1, groups = 1;
    Window window;
};

int64_t macs_of(const Conv& c) {
    const int64_t pixels = int64_t{c.h} * c.w / (int64_t{c.window.stride_h} * c.window.stride_w);
    return pixels * c.window.kernel_h * c.window.kernel_w * (c.in / c.groups) * c.out;
}

/// Shrinks the map, or else the channels, until the layer is small enough.
void limit(Conv& c) {
    const int least_h = (c.window.kernel_h - 1) * c.window.dilation_h + 1;
    const int least_w = (c.window.kernel_w - 1) * c.window.dilation_w + 1;
    while (macs_of(c) > macs_max) {
        if (c.h > least_h || c.w > least_w) {
            c.h = std::max(least_h, c.h * 3 / 4);
            c.w = std::max(least_w, c.w * 3 / 4);
        } else {
            c.in = (c.in + 1) / 2;
            c.out = (c.out + 1) / 2;
        }
    }
}

std::string text_of(const Conv& c) {
    const Window& w = c.window;
    std::string text = fmt::format("conv{}x{} {}to{} on {}x{}", w.kernel_h, w.kernel_w, c.in, c.out, c.h, c.w);
    if (w.stride_w != 1) text += fmt::format(" stride {}", w.stride_w);
    if (w.dilation_w != 1) text += fmt::format(" dilation {}", w.dilation_w);
    if (c.groups != 1) text += fmt::format(" groups {}", c.groups);
    return text;
}

Network network_of(const Conv& c, uint64_t seed, uint32_t weight_bytes) {
    GraphBuilder b(seed);
    const TensorId in = b.input(c.h, c.w, c.in);
    return {text_of(c), b.finish(b.conv(in, c.out, c.window, c.groups)), weight_bytes};
}

/// "Same" padding for an odd kernel.
Window same(int kernel, int stride = 1, int dilation = 1) {
    return window(kernel, stride, kernel / 2 * dilation, dilation);
}

Window signal(int kernel, int stride, int pad, int dilation = 1) {
    Window w;
    w.kernel_w = kernel, w.stride_w = stride, w.dilation_w = dilation;
    w.pad_left = w.pad_right = pad;
    return w;
}

Conv draw_square(Draw& d, const Window& w) {
    const int side = d.in(8, 40);
    return {side, side, d.channels(), d.channels(), 1, w};
}

Conv draw_grouped(Draw& d) {
    const int groups = d.one_of({2, 3, 4, 8});
    const int side = d.in(6, 28);
    return {side,
            side,
            groups * d.one_of({2, 3, 4, 8}),
            groups * d.one_of({2, 4, 5, 8}),
            groups,
            same(3, d.one_of({1, 2}))};
}

Conv draw_depthwise(Draw& d) {
    const int channels = d.one_of({8, 16, 24, 32, 64, 96, 128});
    const int side = d.in(6, 48);
    return {side, side, channels, channels, channels, same(d.one_of({3, 3, 5, 7}), d.one_of({1, 1, 2}))};
}

Conv draw_signal(Draw& d) {
    const int kernel = d.one_of({3, 5, 9, 16, 31, 64});
    const int dilation = kernel <= 9 ? d.one_of({1, 1, 2, 4}) : 1;
    const int length = (kernel - 1) * dilation + d.in(20, 400);
    return {1,
            length,
            d.channels(),
            d.channels(),
            1,
            signal(kernel, d.one_of({1, 1, 2, 4}), d.coin() ? kernel / 2 : 0, dilation)};
}

Conv draw_dense(Draw& d) {
    return {1, 1,        d.one_of({33, 64, 128, 250, 490, 784, 1024, 2000}), d.one_of({4, 10, 32, 64, 100, 128, 250}),
            1, window(1)};
}

/// Neither map nor kernel is square.
Conv draw_oblong(Draw& d) {
    Window w;
    w.kernel_h = d.one_of({1, 2, 3, 10}), w.kernel_w = d.one_of({1, 3, 4, 7});
    w.stride_w = d.one_of({1, 2});
    w.pad_left = w.kernel_w / 2;
    return {d.in(10, 50), d.in(10, 30), d.channels(), d.channels(), 1, w};
}

Network draw_plain_net(Draw& d) {
    GraphBuilder b(d.seed());
    const int side = d.in(12, 32);
    const int in_channels = d.one_of({1, 3});
    const int width = d.one_of({6, 8, 16});
    TensorId t = b.input(side, side, in_channels);
    t = b.pool(b.conv(t, width, same(d.one_of({3, 5}))), window(2, 2), PoolKind::max);
    t = b.pool(b.conv(t, 2 * width, same(3)), window(2, 2), d.coin() ? PoolKind::max : PoolKind::average);
    if (d.coin()) t = b.dense(t, d.one_of({32, 64}));
    t = b.dense(t, 10, false);
    return {fmt::format("plain net, {}x{}x{}, width {}", side, side, in_channels, width), b.finish(t)};
}

Network draw_separable_net(Draw& d) {
    GraphBuilder b(d.seed());
    const int side = d.in(16, 40);
    int width = d.one_of({8, 16, 24});
    const std::string name = fmt::format("separable net, {}x{}x3, width {}", side, side, width);
    TensorId t = b.conv(b.input(side, side, 3), width, same(3, 2));
    const int blocks = d.in(1, 2);
    for (int block = 0; block < blocks; ++block) {
        t = b.conv(t, width, same(3, block == 0 ? 1 : 2), width);
        width *= 2;
        t = b.conv(t, width, window(1));
    }
    return {name, b.finish(b.dense(t, 10, false))};
}

Network draw_residual_net(Draw& d) {
    GraphBuilder b(d.seed());
    const int side = d.in(8, 20);
    const int width = d.one_of({8, 16, 24});
    const TensorId first = b.conv(b.input(side, side, 3), width, same(3));
    const TensorId second = b.conv(b.conv(first, width, same(3)), width, same(3), 1, false);
    const TensorId sum = b.add(first, second, true);
    const TensorId small = b.pool(sum, window(side), PoolKind::average);
    return {fmt::format("residual net, {}x{}x3, width {}", side, side, width), b.finish(b.dense(small, 10, false))};
}

Network draw_signal_net(Draw& d) {
    GraphBuilder b(d.seed());
    const int length = d.in(64, 256);
    const int channels = d.one_of({1, 3, 6, 9});
    const int width = d.one_of({8, 16, 32});
    const int kernel = d.one_of({3, 5, 9, 15});
    TensorId t = b.conv(b.input(1, length, channels), width, signal(kernel, 1, kernel / 2));
    t = b.conv(b.pool(t, signal(2, 2, 0), PoolKind::max), 2 * width, signal(3, 1, 1));
    t = b.dense(b.pool(t, signal(2, 2, 0), PoolKind::max), 6, false);
    return {fmt::format("signal net, {}x{}, kernel {}, width {}", length, channels, kernel, width), b.finish(t)};
}

constexpr std::array layer_kinds{
    +[](Draw& d) {
        return draw_square(d, same(d.one_of({3, 5, 7})));
    },
    +[](Draw& d) { return draw_square(d, window(1)); },
    +[](Draw& d) {
        return draw_square(d, same(d.one_of({3, 5}), d.one_of({2, 3})));
    },
    +[](Draw& d) {
        return draw_square(d, same(3, 1, d.one_of({2, 3})));
    },
    +[](Draw& d) {
        return draw_square(d, window(d.one_of({2, 4, 8}), d.one_of({1, 4})));
    },
    +[](Draw& d) { return draw_grouped(d); },
    +[](Draw& d) { return draw_depthwise(d); },
    +[](Draw& d) { return draw_signal(d); },
    +[](Draw& d) { return draw_dense(d); },
    +[](Draw& d) { return draw_oblong(d); },
};
constexpr std::array net_kinds{draw_plain_net, draw_separable_net, draw_residual_net, draw_signal_net};

Network published(std::string name, const Conv& conv) {
    Network network = network_of(conv, 1, 1);
    network.name = std::move(name) + ": " + network.name;
    return network;
}

void add_resnet8(std::vector<Network>& all) {
    for (const Conv& c :
         {Conv{32, 32, 3, 16, 1, same(3)}, Conv{32, 32, 16, 16, 1, same(3)}, Conv{32, 32, 16, 32, 1, same(3, 2)},
          Conv{16, 16, 32, 32, 1, same(3)}, Conv{32, 32, 16, 32, 1, window(1, 2)}, Conv{16, 16, 32, 64, 1, same(3, 2)},
          Conv{8, 8, 64, 64, 1, same(3)}, Conv{16, 16, 32, 64, 1, window(1, 2)}, Conv{1, 1, 64, 10, 1, window(1)}}) {
        all.push_back(published("ResNet-8", c));
    }
}

void add_ds_cnn(std::vector<Network>& all) {
    Window first;
    first.kernel_h = 10, first.kernel_w = 4, first.stride_h = first.stride_w = 2;
    first.pad_top = 4, first.pad_bottom = 5, first.pad_left = first.pad_right = 1;
    for (const Conv& c : {Conv{49, 10, 1, 64, 1, first}, Conv{25, 5, 64, 64, 64, same(3)},
                          Conv{25, 5, 64, 64, 1, window(1)}, Conv{1, 1, 64, 12, 1, window(1)}}) {
        all.push_back(published("DS-CNN", c));
    }
}

/// Blocks of MobileNet: a depthwise and a 1x1 convolution.
void add_mobilenet(std::vector<Network>& all) {
    struct Block {
        int side, in, out, stride;
    };
    all.push_back(published("MobileNet", {96, 96, 3, 8, 1, same(3, 2)}));
    for (const Block& b :
         {Block{48, 8, 16, 1}, Block{48, 16, 32, 2}, Block{24, 32, 32, 1}, Block{24, 32, 64, 2}, Block{12, 64, 64, 1},
          Block{12, 64, 128, 2}, Block{6, 128, 128, 1}, Block{6, 128, 256, 2}, Block{3, 256, 256, 1}}) {
        all.push_back(published("MobileNet", {b.side, b.side, b.in, b.in, b.in, same(3, b.stride)}));
        all.push_back(published("MobileNet", {b.side / b.stride, b.side / b.stride, b.in, b.out, 1, window(1)}));
    }
    all.push_back(published("MobileNet", {1, 1, 256, 2, 1, window(1)}));
}

void add_autoencoder(std::vector<Network>& all) {
    for (const auto& [in, out] : {std::pair{640, 128}, {128, 128}, {128, 8}, {8, 128}, {128, 640}}) {
        all.push_back(published("autoencoder", {1, 1, in, out, 1, window(1)}));
    }
}

}  // namespace

Network random_network(uint64_t seed, uint32_t index) {
    Draw draw(seed, index);
    const size_t kind = index % (layer_kinds.size() + net_kinds.size());
    const uint32_t weight_bytes = draw.coin() ? 2 : 1;
    Network network;
    if (kind < layer_kinds.size()) {
        Conv conv = layer_kinds[kind](draw);
        limit(conv);
        network = network_of(conv, draw.seed(), weight_bytes);
    } else {
        network = net_kinds[kind - layer_kinds.size()](draw);
    }
    network.weight_bytes = weight_bytes;
    network.name = fmt::format("{}: {}, int{}", index, network.name, 8 * weight_bytes);
    return network;
}

std::vector<Network> published_layers() {
    std::vector<Network> all;
    add_resnet8(all);
    add_ds_cnn(all);
    add_mobilenet(all);
    add_autoencoder(all);
    return all;
}

Network square_map(int side) { return network_of({side, side, 64, 64, 1, same(3)}, 1, 2); }

}  // namespace dynbal::bench
