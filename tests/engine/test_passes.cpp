//! Sums that move through NVM and checkpoints inside jobs, through power failures: the paths that
//! networks with strong supplies hardly take. Every test shows that it has taken them.
#include <gtest/gtest.h>

#include <iostream>
#include <memory>

#include "base/random.hpp"
#include "compiler/tile_configs.hpp"
#include "crash_device.hpp"
#include "given_up.hpp"
#include "graphs.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

/// Several stages whose sums can move, with several jobs along pixels and along channels.
compiler::Graph passing_network() {
    GraphBuilder b(21);
    const auto in = b.input(2, 3, 6);
    return b.finish(b.conv(b.conv(b.conv(in, 5, window(1)), 7, window(2)), 4, window(1), 1, false));
}

enum class Passes : uint8_t { sums_move, in_job, both };

/// Tables of nothing but configurations with passes; every second seed knows but one a stage.
ImageFile with_passes(const ImageFile& file, Passes kind, uint64_t seed) {
    return with_tables(file, [&](uint32_t index, uint32_t count) {
        const LoopShape shape = shape_of(file.header(), file.stage(index));
        std::vector<TileConfig> configs = compiler::sampled_configs(shape, file.header().arena_bytes);
        std::erase_if(configs, [&](const TileConfig& config) {
            const bool moves = config.order == LoopOrder::sums_move;
            const bool wanted = kind == Passes::both || moves == (kind == Passes::sums_move);
            return !wanted || !has_passes(shape, config) || config.tile_out == shape.channels_out;
        });
        return sampled(configs, seed % 2 == 0 ? 1 : std::min(count, 8U), seed + index);
    });
}

bool has_order(const sim::RunResult& run, LoopOrder order) {
    return std::any_of(run.activity.stages.begin(), run.activity.stages.end(),
                       [&](const sim::StageActivity& stage) { return stage.first_config.order == order; });
}

class PassCuts : public testing::TestWithParam<Passes> {};

TEST_P(PassCuts, EveryByteOfManyTables) {
    const ImageFile plain = compile_graph(passing_network());
    for (uint64_t seed = 0; seed < 12 / thoroughness_divisor; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ImageFile file = with_passes(plain, GetParam(), seed);
        ASSERT_EQ(validate(file.image), ImageFault::none);
        const CrashResult result = try_all_cuts(file, {.policy = seed % 3 == 0 ? PolicyKind::fixed : PolicyKind::best,
                                                       .second_cut = seed / 2 % 2 == 0 ? 0U : 300U});
        ASSERT_EQ(result.wrong + result.stuck, 0U) << "first failure after " << result.first_failure;
        ASSERT_GT(result.points, 300U);
    }
}

/// A supply so weak that every region takes many power cycles: each must get a little further.
TEST_P(PassCuts, WeakSuppliesGetOn) {
    const ImageFile plain = compile_graph(passing_network());
    for (uint64_t seed = 0; seed < 24 / thoroughness_divisor; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ImageFile file = with_passes(plain, GetParam(), seed);
        sim::Session steady(file);
        sim::SteadySupply none;
        const std::vector<int16_t> inputs[] = {random_input(file, 1), random_input(file, 2)};
        std::vector<std::vector<int16_t>> answers;
        for (const auto& input : inputs) answers.push_back(steady.run_inference(input, none, {}).output);
        const uint64_t least = sim::least_cycle_cost(file) / 16 + 1;
        for (int kind = 0; kind < 4; ++kind) {
            std::unique_ptr<sim::Supply> supply = std::make_unique<sim::BytesSupply>(260);
            if (kind == 1) supply = std::make_unique<sim::RandomSupply>(seed, 210, 420);
            if (kind == 2) supply = std::make_unique<sim::BudgetSupply>(least);
            if (kind == 3) supply = std::make_unique<sim::BudgetSupply>(least + least / 3);
            sim::Session session(file);
            sim::RunOptions options;
            options.policy = kind % 2 == 0 ? PolicyKind::best : PolicyKind::fixed;
            for (size_t n = 0; n < 4; ++n) {
                const sim::RunResult run = session.run_inference(inputs[n % 2], *supply, options);
                ASSERT_TRUE(run.completed()) << "supply " << kind << ": " << run.message;
                ASSERT_EQ(run.output, answers[n % 2]) << "supply " << kind << ", inference " << n;
                ASSERT_GT(run.power_cycles, kind < 2 ? 3U : 1U);
                const Traffic& sums = run.activity.by_class[static_cast<size_t>(TrafficClass::checkpoints)];
                ASSERT_GT(sums.write_bytes, 0U) << "the paths meant were not taken";
                if (GetParam() != Passes::both) {
                    ASSERT_EQ(has_order(run, LoopOrder::sums_move), GetParam() == Passes::sums_move);
                }
            }
        }
    }
}

/// Footprints count over all passes, values do not: what an inference that is given up has noted in one must not count as values.
TEST(PassesGivenUp, LeaveNoFootprintThatCounts) {
    uint8_t hawaii = 0;
    while (std::string(methods[hawaii].name) != "hawaii") ++hawaii;
    const ImageFile plain = with_method(compile_graph(passing_network()), hawaii);
    uint64_t given_up = 0;
    for (uint64_t seed = 0; seed < 16 / thoroughness_divisor; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ImageFile file = with_passes(plain, Passes::sums_move, 2 * seed);
        sim::Session steady(file);
        sim::SteadySupply none;
        ASSERT_TRUE(steady.run_inference(random_input(file, 1), none, {}).completed());
        for (uint64_t cycle = 1; cycle < 24; ++cycle) {
            sim::Session session(file);
            const sim::RunResult run = give_up(session, file, cycle, random64(seed, cycle) % 32);
            if (run.outcome != sim::Outcome::abandoned) continue;
            ++given_up;
            ASSERT_EQ(states_of(session, file), states_of(steady, file)) << "given up in cycle " << cycle;
        }
    }
    EXPECT_GT(given_up, 20U / thoroughness_divisor);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PassCuts, testing::Values(Passes::sums_move, Passes::in_job, Passes::both),
                         [](const auto& kind) {
                             return kind.param == Passes::sums_move ? "SumsMove"
                                                                    : (kind.param == Passes::in_job ? "InJob" : "Both");
                         });

/// One job a stage, of the same size in each: only the stage tells their checkpoints apart.
TEST(Passes, OfOneJobAStage) {
    GraphBuilder b(9);
    const auto in = b.input(1, 2, 4);
    const ImageFile plain =
        compile_graph(b.finish(b.conv(b.conv(b.conv(in, 4, window(1)), 4, window(1)), 4, window(1), 1, false)));
    const ImageFile file = with_tables(plain, [&](uint32_t index, uint32_t) {
        const LoopShape shape = shape_of(plain.header(), plain.stage(index));
        std::vector<TileConfig> configs = compiler::sampled_configs(shape, plain.header().arena_bytes);
        std::erase_if(configs, [&](const TileConfig& config) {
            return !has_passes_in_job(shape, config) || config.tile_in != 2 || config.tile_out != 4 ||
                   config.tile_pixels != 2;
        });
        return std::vector<TileConfig>{configs.at(0)};
    });
    const CrashResult result = try_all_cuts(file, {.policy = PolicyKind::fixed});
    EXPECT_EQ(result.wrong + result.stuck, 0U) << "first failure after " << result.first_failure;
}

/// The compiler's own tables: with many channels and a weak supply, policy `best` itself takes these paths.
TEST(Passes, AreChosenWhenTheSupplyIsWeak) {
    GraphBuilder b(5);
    const auto in = b.input(4, 4, 64);
    const ImageFile file = compile_graph(b.finish(b.conv(b.conv(in, 48, window(3, 1, 1)), 40, window(1), 1, false)));
    const std::vector<int16_t> inputs[] = {random_input(file, 1), random_input(file, 2)};
    sim::Session steady(file);
    sim::SteadySupply none;
    std::vector<std::vector<int16_t>> answers;
    for (const auto& input : inputs) answers.push_back(steady.run_inference(input, none, {}).output);
    bool moved = false;
    bool in_job = false;
    const uint64_t least = sim::least_cycle_cost(file) / 16 + 1;
    for (uint64_t units = least; units < 5 * least; units += least / (20 / thoroughness_divisor + 1)) {
        sim::Session session(file);
        sim::BudgetSupply supply(units);
        for (size_t n = 0; n < 3; ++n) {
            const sim::RunResult run = session.run_inference(inputs[n % 2], supply, {});
            ASSERT_TRUE(run.completed()) << units << " units: " << run.message;
            ASSERT_EQ(run.output, answers[n % 2]) << units << " units, inference " << n;
            for (uint32_t index = 0; index < file.header().stage_count; ++index) {
                const sim::StageActivity& stage = run.activity.stages[index];
                for (const TileConfig& config : {stage.first_config, stage.last_config}) {
                    moved = moved || config.order == LoopOrder::sums_move;
                    in_job = in_job || has_passes_in_job(shape_of(file.stage(index)), config);
                }
            }
        }
    }
    EXPECT_TRUE(moved) << "sums never moved";
    EXPECT_TRUE(in_job) << "no job was ever summed up in passes";
}

}  // namespace
}  // namespace dynbal::test
