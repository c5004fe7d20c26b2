#include "experiment/oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <mutex>

#include "compiler/tile_configs.hpp"
#include "experiment/stage_bench.hpp"
#include "experiment/stage_image.hpp"
#include "tiny_model.hpp"

namespace dynbal::experiment {
namespace {

constexpr uint64_t no_limit = std::numeric_limits<uint64_t>::max();

const ImageFile& tiny() {
    static const ImageFile file = sim::tiny_image();
    return file;
}

StageView view_of(uint32_t stage) {
    StageView view;
    view.shape = shape_of(tiny().header(), tiny().stage(stage));
    view.model = tiny().header().cost_model;
    view.arena_bytes = tiny().header().arena_bytes;
    return view;
}

std::vector<TileConfig> configs_of(uint32_t stage) {
    return compiler::sampled_configs(view_of(stage).shape, view_of(stage).arena_bytes);
}

/// A supply on which the tiny network fails some tens of times.
constexpr const char* weak_supply = "budget:24000";

TEST(StageImage, EachStageRunsWithItsChoiceUnderAnyPolicy) {
    std::vector<TileConfig> choices;
    for (uint32_t stage = 0; stage < tiny().header().stage_count; ++stage) {
        choices.push_back(configs_of(stage)[configs_of(stage).size() / 2]);
    }
    const ImageFile chosen = with_choices(tiny(), choices);
    for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::best}) {
        sim::Session session(chosen, sim::profile_by_name("cortex-m4"));
        const auto supply = sim::parse_supply(weak_supply);
        sim::RunOptions options;
        options.policy = policy;
        const sim::RunResult result = session.run_inference(sim::tiny_input(chosen), *supply, options);
        ASSERT_TRUE(result.completed()) << result.message;
        EXPECT_GT(result.power_cycles, 3U);
        for (uint32_t stage = 0; stage < choices.size(); ++stage) {
            EXPECT_EQ(result.activity.stages[stage].last_config, choices[stage]) << stage;
        }
    }
}

TEST(StageImage, AStageAloneMovesWhatItsPriceSays) {
    for (uint32_t stage = 0; stage < tiny().header().stage_count; ++stage) {
        const ImageFile alone = stage_alone(tiny(), stage);
        for (const TileConfig& config : configs_of(stage)) {
            const ImageFile chosen = with_choices(alone, std::vector{config});
            sim::Session session(chosen, sim::profile_by_name("cortex-m4"));
            const auto supply = sim::parse_supply("none");
            const sim::RunResult result = session.run_inference(std::vector<int16_t>{0}, *supply, {});
            ASSERT_TRUE(result.completed()) << result.message;
            Traffic moved;
            for (size_t i = 0; i < traffic_class_count; ++i) {
                const auto traffic_class = static_cast<TrafficClass>(i);
                if (traffic_class == TrafficClass::recovery || traffic_class == TrafficClass::control) continue;
                moved += result.activity.by_class[i];
            }
            const Traffic priced = stage_traffic(view_of(stage).shape, config, view_of(stage).arena_bytes);
            ASSERT_EQ(moved.read_bytes, priced.read_bytes) << "stage " << stage;
            ASSERT_EQ(moved.write_bytes, priced.write_bytes) << "stage " << stage;
            ASSERT_EQ(moved.transfers, priced.transfers) << "stage " << stage;
            ASSERT_EQ(result.traffic.macs, priced.macs) << "stage " << stage;
        }
    }
}

/// What makes it safe not to run everything.
TEST(Oracle, NoRunIsCheaperThanOneWithoutFailures) {
    const sim::DeviceProfile& profile = sim::profile_by_name("cortex-m4");
    uint64_t runs = 0;
    for (const char* supply : {weak_supply, "random:3,100,900", "power:2mW"}) {
        for (uint32_t stage = 0; stage < tiny().header().stage_count; ++stage) {
            for (const Measure measure : {Measure::energy, Measure::time}) {
                StageBench bench(tiny(), stage, profile, supply, measure);
                for (const TileConfig& config : configs_of(stage)) {
                    const auto run = bench.run(config, 2);
                    if (!run) continue;
                    ++runs;
                    ASSERT_GE(run->amount, 2 * amount_of(least_cost(tiny(), stage, config, profile), measure));
                }
            }
        }
    }
    EXPECT_GT(runs, 100U);
}

TEST(Oracle, FindsWhatTryingEverythingFinds) {
    const sim::DeviceProfile& profile = sim::profile_by_name("cortex-m4");
    const char* const limiting = "power:2mW,capacitance=200uF";  // several charges an inference
    for (const char* supply : {weak_supply, limiting}) {
        const Oracle oracle = find_oracle(tiny(), profile, supply);
        EXPECT_EQ(oracle.supply_limits, supply == limiting) << supply;
        const Measure measure = oracle.supply_limits ? Measure::energy : Measure::time;
        ASSERT_EQ(oracle.stages.size(), tiny().header().stage_count);
        for (uint32_t stage = 0; stage < oracle.stages.size(); ++stage) {
            const StageChoice& choice = oracle.stages[stage];
            EXPECT_EQ(choice.configs, configs_of(stage).size());
            EXPECT_LE(choice.tried, choice.configs);
            StageBench bench(tiny(), stage, profile, supply, measure);
            uint64_t least = no_limit;
            for (const TileConfig& config : configs_of(stage)) {
                const auto run = bench.run(config, choice.inferences);
                if (run) least = std::min(least, run->amount);
            }
            const auto winner = bench.run(choice.config, choice.inferences);
            ASSERT_TRUE(winner) << supply << " stage " << stage;
            EXPECT_EQ(winner->amount, least) << supply << " stage " << stage;
        }
    }
}

TEST(Oracle, EndsWhenItsEffortIsSpentAndTellsItsProgress) {
    const sim::DeviceProfile& profile = sim::profile_by_name("cortex-m4");
    const Oracle whole = find_oracle(tiny(), profile, weak_supply);
    for (const uint32_t jobs : {1U, 3U}) {
        double done = 0;
        std::mutex telling;
        OracleOptions options;
        options.jobs = jobs;
        options.on_progress = [&](double share) {
            const std::lock_guard lock(telling);
            EXPECT_GE(share, 0);
            done += share;
        };
        EXPECT_EQ(find_oracle(tiny(), profile, weak_supply, options).configs(), whole.configs());
        EXPECT_NEAR(done, 1, 1e-9);
        options.payments_max = 8'000;
        done = 0;
        const Oracle hasty = find_oracle(tiny(), profile, weak_supply, options);
        EXPECT_NEAR(done, 1, 1e-9);
        for (size_t stage = 0; stage < hasty.stages.size(); ++stage) {
            EXPECT_TRUE(whole.stages[stage].complete);
            EXPECT_LE(hasty.stages[stage].tried, whole.stages[stage].tried);
            EXPECT_GE(hasty.stages[stage].cost, 0);
        }
        EXPECT_TRUE(std::any_of(hasty.stages.begin(), hasty.stages.end(), [](const auto& s) { return !s.complete; }));
    }
}

TEST(StageBench, StopsAtTheLimit) {
    StageBench bench(tiny(), 0, sim::profile_by_name("cortex-m4"), weak_supply, Measure::time);
    const TileConfig row = tiny().candidates(tiny().stage(0)).front().config;
    const auto run = bench.run(row, 3);
    ASSERT_TRUE(run);
    EXPECT_FALSE(bench.run(row, 3, {.amount = run->amount - 1}));
    EXPECT_EQ(bench.run(row, 3, {.amount = run->amount})->amount, run->amount);
    const uint64_t before = bench.payments();
    EXPECT_TRUE(bench.run(row, 3));
    const uint64_t payments = bench.payments() - before;
    EXPECT_TRUE(bench.run(row, 3, {.payments = payments}));
    EXPECT_FALSE(bench.run(row, 3, {.payments = payments - 1}));
}

}  // namespace
}  // namespace dynbal::experiment
