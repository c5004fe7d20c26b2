//! Operations against a plain reference, over random shapes; every configuration gives these bits.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "compiler/tile_configs.hpp"
#include "graphs.hpp"
#include "reference.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

using compiler::Graph;
using compiler::PoolKind;
using compiler::TensorId;
using compiler::Window;

constexpr uint32_t large_sram = 64 * 1024;
constexpr uint32_t little_sram = 2048 + 2048;

/// Runs every stage of an image, each with all or a sample of its configurations. Returns what is
/// wrong, or nothing.
std::string fault_of(const ImageFile& file, size_t configs_max, uint64_t seed) {
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        StageRig rig(file, index, seed);
        const auto all = compiler::sampled_configs(rig.shape(), rig.header.arena_bytes);
        if (all.empty()) return "no configuration";
        const std::vector<int16_t> expected = reference_output(rig.memory(), rig.stage);
        const int tolerance = rig.stage.op == StageOp::softmax ? 2 : 0;
        for (const TileConfig& config : sampled(all, configs_max, seed)) {
            const StageRun run = rig.run(config);
            const std::string where = text_of(config) + "\n" + text_of(rig.shape());
            if (run.traffic != stage_traffic(rig.shape(), config, rig.header.arena_bytes)) {
                return "traffic: " + where;
            }
            for (size_t i = 0; i < expected.size(); ++i) {
                if (std::abs(run.output.at(i) - expected[i]) > tolerance) {
                    return "value " + std::to_string(i) + " is " + std::to_string(run.output[i]) + ", not " +
                           std::to_string(expected[i]) + "\n" + where;
                }
            }
        }
    }
    return {};
}

TEST(Operations, EveryFeatureGivesTheBitsOfTheReference) {
    for (const NamedGraph& named : feature_graphs()) {
        SCOPED_TRACE(named.name);
        const ImageFile file = compile_graph(named.graph, named.weight_bytes, named.sram_bytes);
        EXPECT_EQ(fault_of(file, 400 / thoroughness_divisor, 3), "");
    }
}

/// Draws from small ranges; RapidCheck's own sizes would seldom give a whole window.
int draw(int low, int high) { return *rc::gen::inRange(low, high + 1); }

Window random_window(int in_h, int in_w, bool for_pool) {
    Window w;
    w.dilation_h = draw(1, 2), w.dilation_w = draw(1, 3);
    w.kernel_h = draw(1, 3), w.kernel_w = draw(1, 4);
    w.stride_h = draw(1, 3), w.stride_w = draw(1, 2);
    const int span_h = (w.kernel_h - 1) * w.dilation_h;
    const int span_w = (w.kernel_w - 1) * w.dilation_w;
    // For a convolution the first windows may lie in padding alone; pools have no answer there.
    w.pad_top = draw(0, for_pool ? w.kernel_h - 1 : span_h + 1);
    w.pad_left = draw(0, for_pool ? w.kernel_w - 1 : span_w + 1);
    w.pad_bottom = draw(0, for_pool ? w.kernel_h - 1 : span_h);
    w.pad_right = draw(0, for_pool ? w.kernel_w - 1 : span_w);
    RC_PRE((w.kernel_h - 1) * w.dilation_h + 1 <= in_h + w.pad_top + w.pad_bottom);
    RC_PRE((w.kernel_w - 1) * w.dilation_w + 1 <= in_w + w.pad_left + w.pad_right);
    return w;
}

void check_graph(const Graph& graph) {
    const auto weight_bytes = static_cast<uint32_t>(draw(1, 2));
    const uint32_t sram = draw(0, 1) != 0 ? large_sram : little_sram;
    const auto seed = *rc::gen::arbitrary<uint32_t>();
    const size_t configs_max = 24 / std::min(thoroughness_divisor, size_t{3});
    RC_ASSERT(fault_of(compile_graph(graph, weight_bytes, sram), configs_max, seed) == std::string{});
}

RC_GTEST_PROP(OperationsRandom, Convolution, ()) {
    GraphBuilder b(*rc::gen::arbitrary<uint32_t>());
    const int groups = draw(0, 2) == 0 ? draw(2, 4) : 1;
    const int group_in = draw(1, 4);
    const int group_out = draw(1, 4);
    const int h = draw(1, 9);
    const int wide = draw(1, 9);
    const TensorId in = b.input(h, wide, groups * group_in);
    const Window w = random_window(h, wide, false);
    check_graph(b.finish(b.conv(in, groups * group_out, w, groups, draw(0, 1) != 0)));
}

RC_GTEST_PROP(OperationsRandom, Pooling, ()) {
    GraphBuilder b(*rc::gen::arbitrary<uint32_t>());
    const int h = draw(3, 10);
    const int w = draw(4, 10);
    const TensorId in = b.input(h, w, draw(1, 6));
    const Window win = random_window(h, w, true);
    const bool average = draw(0, 1) != 0;
    check_graph(b.finish(b.pool(in, win, average ? PoolKind::average : PoolKind::max, average && draw(0, 1) != 0)));
}

RC_GTEST_PROP(OperationsRandom, AddAndSoftmax, ()) {
    GraphBuilder b(*rc::gen::arbitrary<uint32_t>());
    const TensorId in = b.input(draw(1, 6), draw(1, 6), draw(1, 12));
    const TensorId other = b.pool(in, window(1), PoolKind::max);
    check_graph(b.finish(b.softmax(b.add(in, other, draw(0, 1) != 0))));
}

RC_GTEST_PROP(OperationsRandom, MultiplyAndCurve, ()) {
    GraphBuilder b(*rc::gen::arbitrary<uint32_t>());
    const TensorId in = b.input(draw(1, 6), draw(1, 6), draw(1, 12));
    const TensorId curved = b.curve(in, draw(0, 1) != 0);
    check_graph(b.finish(b.multiply(curved, in)));
}

/// Fused pooling is the compiler's choice; here the descriptor is changed so that any window can
/// be fused, overlapping ones and those with gaps too.
RC_GTEST_PROP(OperationsRandom, FusedPooling, ()) {
    GraphBuilder b(*rc::gen::arbitrary<uint32_t>());
    const TensorId in = b.input(draw(4, 9), draw(4, 9), draw(1, 5));
    const int kernel = draw(1, 3);
    const Window w = window(kernel, draw(1, 2), draw(0, kernel > 1 ? 1 : 0));
    const auto weight_bytes = static_cast<uint32_t>(draw(1, 2));
    const auto seed = *rc::gen::arbitrary<uint32_t>();
    const ImageFile file = compile_graph(b.finish(b.conv(in, draw(1, 7), w, 1, false)), weight_bytes,
                                         draw(0, 1) != 0 ? large_sram : little_sram);
    StageRig rig(file, 0, seed);
    StageDescriptor& s = rig.stage;
    s.fused_pool = draw(0, 1) != 0 ? FusedPool::average : FusedPool::max;
    s.pool_h = static_cast<uint16_t>(draw(1, std::min<int>(s.out_h, 3)));
    s.pool_w = static_cast<uint16_t>(draw(1, std::min<int>(s.out_w, 3)));
    s.pool_stride_h = static_cast<uint16_t>(draw(1, 3));
    s.pool_stride_w = static_cast<uint16_t>(draw(1, 3));
    s.out_h = static_cast<uint16_t>((s.out_h - s.pool_h) / s.pool_stride_h + 1);
    s.out_w = static_cast<uint16_t>((s.out_w - s.pool_w) / s.pool_stride_w + 1);
    const std::vector<int16_t> expected = reference_output(rig.memory(), s);
    const auto all = compiler::sampled_configs(rig.shape(), rig.header.arena_bytes);
    for (const TileConfig& config : sampled(all, 24, seed)) {
        const StageRun run = rig.run(config);
        RC_ASSERT(run.output == expected);
        RC_ASSERT(run.traffic == stage_traffic(rig.shape(), config, rig.header.arena_bytes));
    }
}

}  // namespace
}  // namespace dynbal::test
