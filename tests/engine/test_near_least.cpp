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
    int groups = 1;
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
    const auto input = b.input(l.height, l.width, l.channels_in);
    return compile_graph(b.finish(b.conv(input, l.channels_out, window, l.groups)), options);
}

/// In units; of a device that knows nothing of the supply.
double cost_of(const ImageFile& file, PolicyKind policy, uint64_t units) {
    sim::Session session(file);
    sim::BudgetSupply supply(units);
    sim::RunOptions options;
    options.policy = policy;
    const sim::RunResult result = session.run_inference(random_input(file, 1), supply, options);
    EXPECT_TRUE(result.completed()) << units << " units";
    return result.cost_units();
}

class NearLeast : public testing::TestWithParam<Layer> {};

TEST_P(NearLeast, BestIsHardlyDearerThanFixed) {
    const ImageFile file = compile(GetParam());
    const double least = static_cast<double>(sim::least_cycle_cost(file)) / 16 + 1;
    for (int step = 0; step < 8; ++step) {
        const auto units = static_cast<uint64_t>(least * std::pow(2.2, step / 7.0));
        const double fixed = cost_of(file, PolicyKind::fixed, units);
        const double best = cost_of(file, PolicyKind::best, units);
        // A cycle more is luck: where a cycle ends that looked once.
        EXPECT_LT(best, 1.06 * fixed + 1.2 * static_cast<double>(units)) << units << " units";
    }
}

/// A row that `fixed` took for stronger cycles is the table's for weaker ones, too, or hardly dearer: no look is worth a job.
TEST(NearLeastEnergy, WhatIsHardlyDearerIsNotAskedAbout) {
    for (const Layer& layer :
         {Layer{"grouped", 18, 18, 16, 4, 3, 1, 1, 1, 2}, Layer{"dilated", 28, 28, 6, 3, 3, 1, 2, 2}}) {
        const ImageFile file = starting_as_fixed(compile(layer));
        for (const uint64_t units : {72'563U, 83'596U}) {
            const double fixed = cost_of(file, PolicyKind::fixed, units);
            EXPECT_LE(cost_of(file, PolicyKind::best, units), fixed * 1.002) << layer.name << ", " << units << " units";
        }
    }
}

/// A tile that needs some units less than another one may take many times as long: the least energy is that of the quick one.
TEST(NearLeastEnergy, TheLeastEnergyIsWorthRunningWith) {
    for (const Layer& layer :
         {Layer{"point", 36, 36, 24, 24, 1, 1, 1, 2}, Layer{"dense", 1, 1, 128, 128, 1, 1, 1, 2}}) {
        const ImageFile file = compile(layer);
        const uint64_t least = sim::least_cycle_cost(file) / 16 + 1;
        const double slow = cost_of(file, PolicyKind::best, least);
        const double quick = cost_of(file, PolicyKind::best, least + least / 10);
        EXPECT_LT(slow, 4 * quick) << layer.name << ", " << least << " units";
    }
}

/// The same tile stands in two rows, once with the need of a whole job: each third cycle went into a look that found it again.
TEST(NearLeastEnergy, ATileThatIsFoundAgainNeedsWhatItsRowSays) {
    const ImageFile file = starting_as_fixed(compile({"thin", 26, 26, 8, 8, 1, 1, 1, 1}));
    const uint64_t least = sim::least_cycle_cost(file) / 16 + 1;
    EXPECT_LT(cost_of(file, PolicyKind::best, least), 1.1 * cost_of(file, PolicyKind::fixed, least));
}

INSTANTIATE_TEST_SUITE_P(
    Layers, NearLeast,
    testing::Values(Layer{"dilated", 8, 8, 8, 3, 3, 1, 3, 1}, Layer{"point", 8, 8, 16, 8, 1, 1, 1, 2},
                    Layer{"one_channel", 34, 13, 1, 32, 1, 2, 1, 2}, Layer{"dense", 1, 1, 33, 4, 1, 1, 1, 2},
                    Layer{"narrow", 30, 30, 3, 4, 1, 1, 1, 2}, Layer{"wide", 5, 5, 48, 12, 3, 1, 1, 2}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace dynbal::test
