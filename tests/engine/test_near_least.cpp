//! Single layers near the least energy of their jobs, where a percent of energy doubles what a stage costs and a look at the tile
//! table is a large part of a cycle: `best` is not to lose there what it wins elsewhere.
#include <gtest/gtest.h>

#include <cmath>

#include "device/profile.hpp"
#include "graphs.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::test {
namespace {

/// A convolution without ReLU; padded so that each position has a value.
struct Layer {
    const char* name;
    int height, width, channels_in, channels_out, kernel, stride, dilation;
    uint32_t weight_bytes;
};

void PrintTo(const Layer& layer, std::ostream* os) { *os << layer.name; }

ImageFile compile(const Layer& l) {
    compiler::Window window;
    window.kernel_h = window.kernel_w = l.kernel;
    window.pad_top = window.pad_bottom = window.pad_left = window.pad_right = l.kernel / 2 * l.dilation;
    window.stride_h = window.stride_w = l.stride;
    window.dilation_h = window.dilation_w = l.dilation;
    GraphBuilder b;
    compiler::CompileOptions options;
    options.device = compiler::limits_of(device::default_profile());
    options.weight_bytes = l.weight_bytes;
    return compile_graph(b.finish(b.conv(b.input(l.height, l.width, l.channels_in), l.channels_out, window)), options);
}

class NearLeast : public testing::TestWithParam<Layer> {};

TEST_P(NearLeast, BestIsHardlyDearerThanFixed) {
    const ImageFile file = compile(GetParam());
    const double least = static_cast<double>(sim::least_cycle_cost(file)) / 16 + 1;
    const auto cost = [&](PolicyKind policy, uint64_t units) {
        sim::Session session(file);  // whose memory knows nothing of the supply
        sim::BudgetSupply supply(units);
        sim::RunOptions options;
        options.policy = policy;
        const sim::RunResult result = session.run_inference(random_input(file, 1), supply, options);
        EXPECT_TRUE(result.completed()) << units << " units";
        return result.cost_units();
    };
    for (int step = 0; step < 8; ++step) {
        const auto units = static_cast<uint64_t>(least * std::pow(2.2, step / 7.0));
        const double fixed = cost(PolicyKind::fixed, units);
        const double best = cost(PolicyKind::best, units);
        // A cycle more is luck: where a cycle ends that looked once.
        EXPECT_LT(best, 1.06 * fixed + 1.2 * static_cast<double>(units)) << units << " units";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, NearLeast,
    testing::Values(Layer{"dilated", 8, 8, 8, 3, 3, 1, 3, 1}, Layer{"point", 8, 8, 16, 8, 1, 1, 1, 2},
                    Layer{"one_channel", 34, 13, 1, 32, 1, 2, 1, 2}, Layer{"dense", 1, 1, 33, 4, 1, 1, 1, 2},
                    Layer{"narrow", 30, 30, 3, 4, 1, 1, 1, 2}, Layer{"wide", 5, 5, 48, 12, 3, 1, 1, 2}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace dynbal::test
