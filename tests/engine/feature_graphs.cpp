#include "graphs.hpp"

namespace dynbal::test {

using compiler::Graph;
using compiler::PoolKind;
using compiler::TensorId;
using compiler::Window;

namespace {

Window signal(int kernel, int stride = 1, int pad = 0, int dilation = 1) {
    Window w;
    w.kernel_w = kernel;
    w.stride_w = stride;
    w.pad_left = w.pad_right = pad;
    w.dilation_w = dilation;
    return w;
}

Graph one_conv(int h, int w, int c, int out, const Window& win, int groups = 1) {
    GraphBuilder b;
    const TensorId in = b.input(h, w, c);
    return b.finish(b.conv(in, out, win, groups));
}

Graph one_pool(int h, int w, int c, const Window& win, PoolKind kind, bool with_pad = false) {
    GraphBuilder b;
    const TensorId in = b.input(h, w, c);
    return b.finish(b.pool(in, win, kind, with_pad));
}

Graph conv_pool(int h, int w, int c, int out, const Window& win, const Window& pool, PoolKind kind) {
    GraphBuilder b;
    const TensorId in = b.input(h, w, c);
    return b.finish(b.pool(b.conv(in, out, win), pool, kind));
}

/// Two branches side by side in one tensor, read whole and in part.
Graph slices() {
    GraphBuilder b;
    const TensorId in = b.input(6, 7, 3);
    const TensorId left = b.conv(in, 5, window(1));
    const TensorId right = b.conv(in, 4, window(3, 1, 1));
    const TensorId both = b.concat({left, right});
    const TensorId from_part = b.conv(right, 9, window(3, 1, 1));
    const TensorId from_both = b.conv(both, 9, window(1));
    return b.finish(b.pool(b.add(from_part, from_both), window(2, 2), PoolKind::average));
}

/// An addition and a pool that read and write slices.
Graph sliced_elementwise() {
    GraphBuilder b;
    const TensorId in = b.input(5, 5, 4);
    const TensorId a = b.conv(in, 6, window(1));
    const TensorId c = b.conv(in, 6, window(3, 1, 1), 2);
    b.concat({a, c});
    const TensorId sum = b.add(a, c, true);
    const TensorId most = b.pool(c, window(3, 1, 1), PoolKind::max);
    return b.finish(b.concat({sum, most}));
}

/// A gate: half of the channels decide what the other half lets through.
Graph gated() {
    GraphBuilder b;
    const TensorId in = b.input(5, 6, 4);
    const TensorId both = b.conv(in, 10, window(3, 1, 1), 1, false);
    const TensorId gate = b.curve(b.conv(b.part(both, 5, 5), 5, window(1), 1, false));
    return b.finish(b.multiply(b.part(both, 0, 5), gate));
}

/// Maps of different size as one vector: each stage writes its map to its place in it.
Graph joined_flat() {
    GraphBuilder b;
    const TensorId in = b.input(4, 5, 3);
    const TensorId map = b.conv(in, 4, window(3, 1, 1));
    const TensorId mean = b.pool(map, Window{.kernel_h = 4, .kernel_w = 5}, PoolKind::average);
    return b.finish(b.dense(b.concat_flat({map, b.dense(in, 3), mean}), 6));
}

Window uneven() {
    Window w = window(3, 2);
    w.pad_top = 2, w.pad_bottom = 1, w.pad_right = 2;
    w.stride_w = 1;
    w.dilation_h = 2;
    return w;
}

/// Windows at both ends, or at one, that see nothing but padding: they give the bias.
Window lopsided_signal() {
    Window w = signal(1, 3);
    w.pad_left = 5;
    return w;
}

}  // namespace

std::vector<NamedGraph> feature_graphs() {
    std::vector<NamedGraph> graphs;
    const auto add = [&](const char* name, Graph graph, uint32_t weight_bytes = 2, uint32_t sram_bytes = 64 * 1024) {
        graphs.push_back({name, std::move(graph), weight_bytes, sram_bytes});
    };
    add("plain", one_conv(9, 8, 6, 10, window(3)));
    add("stride", one_conv(11, 10, 5, 7, window(3, 2)));
    add("stride_beyond_kernel", one_conv(13, 12, 4, 6, window(2, 3)));
    add("padding", one_conv(7, 9, 4, 8, window(5, 1, 2)), 1);
    add("padding_uneven", one_conv(9, 7, 3, 6, uneven()));
    add("padding_beyond_kernel", one_conv(6, 5, 9, 7, window(1, 1, 2)));
    add("padding_beyond_kernel_signal", one_conv(1, 22, 6, 8, lopsided_signal()), 1);
    add("padding_beyond_kernel_dilated", one_conv(5, 6, 4, 5, window(2, 1, 4, 2)), 1);
    add("padding_beyond_kernel_groups", one_conv(6, 6, 6, 6, window(1, 2, 3), 6), 2, 2048 + 1024);
    add("padding_beyond_kernel_pool", conv_pool(5, 5, 4, 6, window(1, 1, 2), window(2, 2), PoolKind::average));
    add("dilation", one_conv(12, 11, 4, 5, window(3, 1, 2, 2)));
    add("dilation_stride", one_conv(15, 14, 3, 7, window(3, 2, 1, 3)), 1);
    add("groups", one_conv(7, 6, 12, 18, window(3, 1, 1), 3));
    add("depthwise", one_conv(8, 9, 10, 10, window(3, 1, 1), 10));
    add("depthwise_stride", one_conv(9, 9, 6, 6, window(3, 2, 1), 6), 1);
    add("depthwise_multiplier", one_conv(6, 6, 5, 10, window(3, 1, 1), 5));
    add("one_by_one", one_conv(6, 6, 16, 12, window(1)));
    add("dense", one_conv(1, 1, 60, 20, window(1)));
    add("dense_int8_odd", one_conv(1, 1, 61, 17, window(1)), 1);
    add("dense_rows", one_conv(5, 1, 24, 9, window(1)));
    add("dense_over_map", one_conv(4, 5, 3, 11, Window{.kernel_h = 4, .kernel_w = 5}));
    add("signal", one_conv(1, 50, 6, 8, signal(5, 2, 2)));
    add("signal_dilated", one_conv(1, 40, 3, 8, signal(3, 1, 0, 4)), 1);
    add("fused_max", conv_pool(10, 10, 4, 8, window(3), window(2, 2), PoolKind::max));
    add("fused_average", conv_pool(9, 9, 3, 6, window(2), window(2, 2), PoolKind::average));
    add("fused_signal", conv_pool(1, 46, 4, 6, signal(3, 1, 1), signal(2, 2), PoolKind::max), 1);
    add("global_average", conv_pool(6, 6, 5, 9, window(1), window(6), PoolKind::average));
    add("overlapping_max", conv_pool(12, 12, 3, 5, window(3), window(3, 2), PoolKind::max));
    add("overlapping_average", one_pool(9, 11, 7, window(3, 2), PoolKind::average));
    add("padded_max", one_pool(8, 7, 6, window(3, 2, 1), PoolKind::max));
    add("padded_average", one_pool(8, 7, 6, window(3, 1, 1), PoolKind::average));
    add("padded_average_counted", one_pool(8, 8, 4, window(3, 2, 1), PoolKind::average, true));
    add("pool_signal", one_pool(1, 33, 5, signal(4, 3, 1), PoolKind::max));
    add("slices", slices());
    add("sliced_elementwise", sliced_elementwise());
    // Little SRAM: most tiles do not fit, inputs are fetched again, nothing stays resident.
    add("little_sram", one_conv(16, 16, 16, 16, window(3, 1, 1)), 2, 2048 + 3072);
    add("little_sram_pool", conv_pool(16, 16, 8, 12, window(3, 1, 1), window(2, 2), PoolKind::max), 2, 2048 + 2048);
    add("little_sram_dense", one_conv(1, 1, 300, 40, window(1)), 2, 2048 + 1024);
    {
        GraphBuilder b;
        const TensorId in = b.input(3, 4, 5);
        add("softmax_pixels", b.finish(b.softmax(in)));
    }
    {
        GraphBuilder b;
        const TensorId in = b.input(6, 5, 7);
        const TensorId a = b.conv(in, 7, window(3, 1, 1), 7);
        add("add", b.finish(b.add(in, a)));
    }
    {
        GraphBuilder b;
        const TensorId in = b.input(6, 5, 7);
        add("curve", b.finish(b.curve(in)));
    }
    {
        GraphBuilder b;
        const TensorId in = b.input(6, 5, 7);
        add("curve_per_channel", b.finish(b.curve(in, true)), 1);
    }
    add("gated", gated());
    add("joined_flat", joined_flat());
    add("tiny_network", tiny_network());
    return graphs;
}

Graph tiny_network(uint64_t seed) {
    GraphBuilder b(seed);
    const TensorId in = b.input(6, 6, 2);
    const TensorId first = b.pool(b.conv(in, 4, window(3, 1, 1)), window(2, 2), PoolKind::max);
    const TensorId left = b.conv(first, 3, window(1));
    const TensorId right = b.conv(first, 3, window(3, 1, 1));
    const TensorId both = b.concat({left, right});
    const TensorId mixed = b.conv(both, 6, window(3, 1, 1), 6);
    const TensorId sum = b.add(mixed, both);
    const TensorId small = b.pool(sum, window(3, 2, 1), PoolKind::average, true);
    return b.finish(b.softmax(b.dense(small, 5, false)));
}

Graph channel_network() {
    GraphBuilder b(3);
    const TensorId in = b.input(3, 3, 4);
    return b.finish(b.dense(b.conv(b.conv(in, 6, window(2)), 5, window(1)), 4, false));
}

}  // namespace dynbal::test
