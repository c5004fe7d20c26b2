#include "compiler/fuse_pool.hpp"

#include <algorithm>
#include <cmath>

#include "image/format.hpp"

namespace dynbal::compiler {
namespace {

/// Fusing must pay off without failures (`never`) and at these energies of a power cycle, in 1/16 units.
const std::vector<uint64_t> judged_at{never, 300000ULL * 16, 100000ULL * 16, 50000ULL * 16};

const Tensor& tensor(const Graph& graph, TensorId id) { return graph.tensors[static_cast<size_t>(id)]; }

int consumers_of(const Graph& graph, TensorId id) {
    int count = id == graph.output ? 1 : 0;
    for (const Stage& stage : graph.stages) {
        count += static_cast<int>(std::count(stage.inputs.begin(), stage.inputs.end(), id));
    }
    for (const Tensor& other : graph.tensors) {
        count += other.parent == id ? 1 : 0;
    }
    return count;
}

bool is_unlimited(const Clamp& clamp) { return clamp.low == Clamp{}.low && clamp.high == Clamp{}.high; }

bool can_fuse(const Graph& graph, const Stage& conv, const Stage& pool) {
    const Window& w = pool.window;
    const Tensor& in = tensor(graph, conv.output);
    const Tensor& out = tensor(graph, pool.output);
    const bool simple = w.pad_top == 0 && w.pad_left == 0 && w.pad_bottom == 0 && w.pad_right == 0 &&
                        w.dilation_h == 1 && w.dilation_w == 1 && is_unlimited(pool.clamp);
    const bool whole_windows =
        (out.h - 1) * w.stride_h + w.kernel_h <= in.h && (out.w - 1) * w.stride_w + w.kernel_w <= in.w;
    // Steps of both together, and the window of one in the other, must be within the format: else they stay apart.
    const auto reach = [](int stride, int kernel, int dilation, int pool_stride, int pool_kernel) {
        return int64_t{stride} * std::max(pool_stride, pool_kernel) + int64_t{kernel} * dilation;
    };
    const Window& c = conv.window;
    const bool within = reach(c.stride_h, c.kernel_h, c.dilation_h, w.stride_h, w.kernel_h) <= stage_extent_max &&
                        reach(c.stride_w, c.kernel_w, c.dilation_w, w.stride_w, w.kernel_w) <= stage_extent_max &&
                        int64_t{w.kernel_h} * w.kernel_w <= fused_window_max;
    return within && conv.kind == StageKind::conv && pool.kind == StageKind::pool && pool.inputs[0] == conv.output &&
           simple && whole_windows && in.parent == no_tensor && consumers_of(graph, conv.output) == 1;
}

/// Is one fused stage at most as dear as the two apart, for all judged supplies?
bool pays_off(const LoopShape& fused, const LoopShape& conv, const LoopShape& pool, const StagePrices& prices,
              uint32_t arena_bytes) {
    const std::vector<double> together = least_costs(fused, prices, arena_bytes, judged_at);
    const std::vector<double> first = least_costs(conv, prices, arena_bytes, judged_at);
    const std::vector<double> second = least_costs(pool, prices, arena_bytes, judged_at);
    for (size_t i = 0; i < judged_at.size(); ++i) {
        if (!(together[i] <= first[i] + second[i])) {
            return false;
        }
    }
    return std::isfinite(together[0]);
}

}  // namespace

LoopShape shape_of(const Graph& graph, const PlannedStage& planned, uint32_t weight_bytes) {
    const Stage& stage = planned.stage;
    const Tensor& in = tensor(graph, stage.inputs[0]);
    const Tensor& out = tensor(graph, planned.output());
    const auto u = [](int value) { return static_cast<uint32_t>(value); };
    LoopShape shape;
    shape.in_h = u(in.h), shape.in_w = u(in.w), shape.channels_in = u(in.c);
    shape.out_h = u(out.h), shape.out_w = u(out.w), shape.channels_out = u(out.c);
    if (stage.kind == StageKind::curve && !stage.curve.per_channel) {
        // One table for all values: they are seen as pixels of one channel.
        shape.in_w = shape.out_w = u(in.w) * u(in.c);
        shape.channels_in = shape.channels_out = 1;
    }
    shape.operands = static_cast<uint32_t>(stage.inputs.size());
    shape.input_packed =
        std::all_of(stage.inputs.begin(), stage.inputs.end(), [&](TensorId id) { return is_packed(graph, id); });
    shape.output_packed = is_packed(graph, planned.output());
    if (stage.kind == StageKind::conv || stage.kind == StageKind::pool) {
        const Window& w = stage.window;
        shape.kernel_h = u(w.kernel_h), shape.kernel_w = u(w.kernel_w);
        shape.stride_h = u(w.stride_h), shape.stride_w = u(w.stride_w);
        shape.dilation_h = u(w.dilation_h), shape.dilation_w = u(w.dilation_w);
        shape.pad_top = u(w.pad_top), shape.pad_left = u(w.pad_left);
    }
    if (planned.fused) {
        const Window& w = planned.pool.window;
        shape.pool_h = u(w.kernel_h), shape.pool_w = u(w.kernel_w);
        shape.pool_stride_h = u(w.stride_h), shape.pool_stride_w = u(w.stride_w);
    }
    shape.counts_macs = stage.kind == StageKind::conv;
    shape.groups =
        stage.kind == StageKind::conv ? u(stage.groups) : (stage.kind == StageKind::softmax ? 1 : shape.channels_in);
    shape.header_bytes = shape.counts_macs ? sizeof(ChannelHeader) : 0;
    shape.weight_bytes = shape.counts_macs ? weight_bytes : 0;
    if (stage.kind == StageKind::curve) {
        shape.header_bytes = sizeof(ChannelHeader);
        shape.weight_bytes = curve_row_bytes(u(stage.curve.pieces_log2));
    }
    return shape;
}

std::vector<PlannedStage> fuse_pools(const Graph& graph, const StagePrices& prices, uint32_t arena_bytes,
                                     uint32_t weight_bytes) {
    std::vector<PlannedStage> planned;
    std::vector<bool> gone(graph.stages.size(), false);
    for (size_t i = 0; i < graph.stages.size(); ++i) {
        if (gone[i]) {
            continue;
        }
        PlannedStage alone{graph.stages[i], false, {}};
        for (size_t j = i + 1; j < graph.stages.size(); ++j) {
            if (!can_fuse(graph, graph.stages[i], graph.stages[j])) {
                continue;
            }
            const PlannedStage together{graph.stages[i], true, graph.stages[j]};
            const PlannedStage pool_alone{graph.stages[j], false, {}};
            if (pays_off(shape_of(graph, together, weight_bytes), shape_of(graph, alone, weight_bytes),
                         shape_of(graph, pool_alone, weight_bytes), prices, arena_bytes)) {
                alone = together;
                gone[j] = true;
            }
            break;
        }
        planned.push_back(alone);
    }
    return planned;
}

}  // namespace dynbal::compiler
