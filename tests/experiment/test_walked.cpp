//! What a walk says of a stage under power failures is what the engine does in the simulator, to the unit.
#include <gtest/gtest.h>

#include <cstring>
#include <iostream>

#include "base/random.hpp"
#include "compiler/tile_configs.hpp"
#include "experiment/stage_image.hpp"
#include "graphs.hpp"
#include "nvm/boot_cost.hpp"
#include "plugin/walk.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "stage_rig.hpp"

namespace dynbal::experiment {
namespace {

constexpr uint64_t unit = 16;

const CostModel& prices() {
    static const CostModel model = device::published_profile().cost_model();
    return model;
}

uint64_t walked = 0, failures_walked = 0, without_end = 0;

/// One stage alone with one configuration, run by the engine on a budget.
class OneStage {
public:
    OneStage(const ImageFile& file, uint32_t index)
        : file_(stage_alone(file, index)), shape_(shape_of(file_.header(), file_.stage(0))) {}

    const LoopShape& shape() const { return shape_; }
    uint32_t arena_bytes() const { return file_.header().arena_bytes; }

    sim::RunResult run(const TileConfig& config, uint64_t units) {
        const std::vector<TileConfig> configs{config};
        const ImageFile chosen = with_choices(file_, configs);
        sim::Session session(chosen, device::published_profile());
        sim::BudgetSupply supply(units == 0 ? uint64_t{1} << 40U : units, device::published_profile());
        sim::RunOptions options;
        options.policy = PolicyKind::fixed;
        options.timing_only = true;
        options.stuck_cycles = 8;
        const std::vector<int16_t> input{0};
        return session.run_inference(input, supply, options);
    }

    WalkedStage walked(const TileConfig& config) const {
        return {&shape_, config, arena_bytes(), prices(),
                cost_of(prices(), boot_traffic(file_.stage(0).states.run_count))};
    }

private:
    ImageFile file_;
    LoopShape shape_;
};

/// What the engine spends before the first plan and behind the last one.
struct Frame {
    uint64_t before = 0, behind = 0;
};
constexpr uint64_t last_commit = sizeof(Record);

void check_stage(const ImageFile& file, uint32_t index, size_t count, uint64_t seed) {
    OneStage stage(file, index);
    const std::vector<TileConfig> all = compiler::sampled_configs(stage.shape(), stage.arena_bytes());
    for (const TileConfig& config : test::sampled(all, count, seed)) {
        const WalkedStage walk = stage.walked(config);
        const sim::RunResult steady = stage.run(config, 0);
        ASSERT_TRUE(steady.completed()) << steady.message;
        const uint64_t behind = cost_of(prices(), {0, last_commit, 1, 0, 0});
        const uint64_t inside = cost_of(prices(), stage_traffic(stage.shape(), config, stage.arena_bytes()));
        const uint64_t before = cost_of(prices(), steady.traffic) - inside - behind;
        const uint64_t need = needs_of(walk).step / unit + 1;
        for (uint64_t i = 0; i < 6; ++i) {
            const uint64_t random = random64(seed, index * 1000 + i);
            const uint64_t units = need + random % (i < 3 ? need : inside / unit + need);
            const uint64_t energy = units * unit;
            if (energy <= before) continue;
            const StageWalk expected = walk_stage(walk, energy - before, energy);
            const sim::RunResult run = stage.run(config, units);
            SCOPED_TRACE(test::text_of(config) + " " + test::text_of(stage.shape()) + " budget " +
                         std::to_string(units));
            if (expected.cost == never) {
                ++without_end;  // an engine that gets nowhere looks for another configuration: not what is walked
                continue;
            }
            if (expected.left < behind) continue;  // the last commit needs a power cycle of its own
            if (walk.shape->preservation().kept == Kept::stages && run.power_cycles > 1) {
                // Cycles in vain are the rule here; each second one looks at the table, which may take what it was short of.
                ASSERT_TRUE(run.completed()) << run.message;
                ASSERT_LE(cost_of(prices(), run.traffic), expected.cost + before + behind + 2 * energy);
                ++walked;
                continue;
            }
            ASSERT_TRUE(run.completed()) << run.message;
            ASSERT_EQ(expected.cost + before + behind, cost_of(prices(), run.traffic))
                << run.power_cycles << " power cycles";
            ++walked;
            failures_walked += run.power_cycles - 1;
        }
    }
}

TEST(Walked, EqualsTheSimulatorUnderSteadyBudgets) {
    uint64_t seed = 1;
    for (const test::NamedGraph& named : test::feature_graphs()) {
        SCOPED_TRACE(named.name);
        const ImageFile file = test::compile_graph(named.graph, named.weight_bytes, named.sram_bytes);
        for (uint32_t index = 0; index < file.header().stage_count; ++index) {
            for (uint8_t method = 0; method < method_count; ++method) {
                SCOPED_TRACE(methods[method].name);
                check_stage(test::with_method(file, method), index, method == 0 ? 12 : 6, ++seed);
                if (testing::Test::HasFatalFailure()) return;
            }
        }
    }
    std::cout << walked << " runs, " << failures_walked << " power failures, " << without_end << " without end\n";
    EXPECT_GT(walked, 500U);
}

}  // namespace
}  // namespace dynbal::experiment
