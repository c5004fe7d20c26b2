//! Counting without computing must count the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "base/random.hpp"
#include "compiler/compile.hpp"
#include "real_networks.hpp"
#include "sim/session.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {
namespace {

void expect_same_counts(const RunResult& full, const RunResult& counted, const std::string& what) {
    EXPECT_EQ(full.outcome, counted.outcome) << what;
    EXPECT_EQ(full.traffic, counted.traffic) << what;
    EXPECT_EQ(full.power_cycles, counted.power_cycles) << what;
    EXPECT_EQ(full.cost_units(), counted.cost_units()) << what;
    EXPECT_EQ(full.latency_s, counted.latency_s) << what;
    EXPECT_EQ(full.charging_s, counted.charging_s) << what;
    EXPECT_EQ(full.energy_j, counted.energy_j) << what;
    EXPECT_EQ(full.activity.by_class, counted.activity.by_class) << what;
    EXPECT_EQ(full.activity.shrinks, counted.activity.shrinks) << what;
    EXPECT_EQ(full.activity.reconfigurations, counted.activity.reconfigurations) << what;
    EXPECT_TRUE(counted.output.empty()) << what;
}

/// Several inferences on one NVM and one supply, in both ways.
void compare(const ImageFile& file, const std::vector<int16_t>& input, const std::string& supply_text,
             PolicyKind policy, int inferences) {
    Session full(file), counting(file);
    const auto full_supply = parse_supply(supply_text);
    const auto counting_supply = parse_supply(supply_text);
    RunOptions options;
    options.policy = policy;
    RunOptions timing = options;
    timing.timing_only = true;
    for (int i = 0; i < inferences; ++i) {
        const RunResult expected = full.run_inference(input, *full_supply, options);
        const RunResult counted = counting.run_inference(input, *counting_supply, timing);
        expect_same_counts(expected, counted, file.host.model_name + " " + supply_text + " " + name_of(policy));
        if (!expected.completed()) break;
        EXPECT_FALSE(expected.output.empty());
    }
}

RC_GTEST_PROP(TimingOnly, CountsTheSameAsTheFullRun, ()) {
    static const ImageFile file = tiny_image();
    const uint64_t seed = *rc::gen::arbitrary<uint32_t>();
    const auto number = [](int low, int high) { return std::to_string(*rc::gen::inRange(low, high)); };
    const std::string low = number(150, 500);
    const std::string text = *rc::gen::element<std::string>(
        "none", "bytes:" + number(250, 4000), "budget:" + number(12'000, 200'000),
        "random:" + std::to_string(seed) + "," + low + "," + std::to_string(std::stoi(low) + 700),
        "power:" + number(50, 20'000) + "uW", "once:" + number(0, 3000) + "+budget:" + number(15'000, 50'000));
    const PolicyKind policy = *rc::gen::element(PolicyKind::fixed, PolicyKind::paper, PolicyKind::best);
    compare(file, tiny_input(file, seed), text, policy, 3);
}

class TimingOnlyOfRealNetworks : public ::testing::TestWithParam<test::RealNetwork> {};

TEST_P(TimingOnlyOfRealNetworks, CountsTheSameAsTheFullRun) {
    const test::RealNetwork& network = GetParam();
    if (!std::filesystem::exists(network.path)) GTEST_SKIP() << network.path << " is not here";
    compiler::CompileOptions options;
    options.weight_bytes = network.weight_bytes;
    options.device = compiler::device_by_name("cortex-m4");
    options.model_name = network.name;
    const compiler::Graph graph = test::load_graph(network);
    std::vector<float> sample(graph.input_order.size());
    for (size_t i = 0; i < sample.size(); ++i) {
        sample[i] = static_cast<float>(random64(1, i) >> 40U) / 16777216.0F;
    }
    const ImageFile file = compiler::compile(
        graph, [&](const auto& visit) { visit(sample); }, options);
    const std::vector<int16_t> input = file.quantise_input(sample);
    compare(file, input, "budget:250000", PolicyKind::best, 1);
    compare(file, input, "power:4mW", PolicyKind::paper, 1);
}

INSTANTIATE_TEST_SUITE_P(All, TimingOnlyOfRealNetworks, ::testing::ValuesIn(test::real_networks()),
                         [](const auto& network) { return network.param.name; });

}  // namespace
}  // namespace dynbal::sim
