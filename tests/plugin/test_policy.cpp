//! Policies and the estimator: best is best, searches end, failures lead to the smallest tile.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iostream>
#include <limits>

#include "compiler/tile_configs.hpp"
#include "graphs.hpp"
#include "plugin/estimator.hpp"
#include "plugin/policy.hpp"
#include "real_networks.hpp"
#include "sim/random.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

constexpr uint64_t never = std::numeric_limits<uint64_t>::max();
constexpr PolicyKind policies[] = {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best};

/// Stages of the networks that are there, small made ones first.
std::vector<compiler::ImageFile> images() {
    std::vector<compiler::ImageFile> files;
    for (const NamedGraph& named : feature_graphs()) {
        files.push_back(compile_graph(named.graph, named.weight_bytes, named.sram_bytes));
    }
    for (const RealNetwork& network : real_networks()) {
        if (thoroughness_divisor == 1 && std::filesystem::exists(network.path)) {
            files.push_back(compile_graph(load_graph(network), network.weight_bytes, 56 * 1024));
        }
    }
    return files;
}

class Policies : public testing::Test {
protected:
    static void SetUpTestSuite() { files_ = new std::vector<compiler::ImageFile>(images()); }
    static void TearDownTestSuite() { delete files_; }

    /// Calls visit(view, table) for each stage.
    template <typename Visit>
    static void for_each_stage(const Visit& visit) {
        for (const compiler::ImageFile& file : *files_) {
            for (uint32_t index = 0; index < file.header().stage_count; ++index) {
                const StageDescriptor stage = file.stage(index);
                const std::vector<Candidate> table = file.candidates(stage);
                StageView view;
                view.shape = shape_of(stage, file.header().sums_area_bytes);
                view.candidates = table;
                view.model = file.header().cost_model;
                view.arena_bytes = file.header().arena_bytes;
                view.importance = stage.importance;
                visit(view);
                if (HasFatalFailure()) return;
            }
        }
    }

    static std::vector<compiler::ImageFile>* files_;
};

std::vector<compiler::ImageFile>* Policies::files_ = nullptr;

/// From a thousand to a billion, evenly in the logarithm.
uint64_t random_energy(uint64_t seed, uint64_t index) {
    const uint64_t random = sim::random64(seed, index);
    return (uint64_t{1} << (10 + random % 21)) + (random >> 32U) % (uint64_t{1} << (10 + random % 21));
}

TEST_F(Policies, BestIsNeverWorseThanARowOfTheTable) {
    for_each_stage([](const StageView& view) {
        for (uint64_t i = 0; i < 100; ++i) {
            const uint64_t energy = random_energy(1, i);
            const Candidate chosen = choose(PolicyKind::best, view, {energy, 0});
            const uint64_t cost = expected_cost(chosen, view.model, energy);
            for (const Candidate& row : view.candidates) {
                ASSERT_LE(cost, expected_cost(row, view.model, energy)) << text_of(view.shape);
            }
        }
    });
}

TEST_F(Policies, TheTableIsWithinOneAndAHalfPercentOfAllConfigurations) {
    double worst = 1;
    uint64_t compared = 0;
    for_each_stage([&](const StageView& view) {
        std::vector<Candidate> all;
        for (const TileConfig& config : compiler::sampled_configs(view.shape, view.arena_bytes)) {
            all.push_back(priced(view, config));
        }
        for (uint64_t i = 0; i < 60; ++i) {
            const uint64_t energy = i == 0 ? 0 : random_energy(2, i);
            uint64_t least = never;
            for (const Candidate& row : all) {
                least = std::min(least, expected_cost(row, view.model, energy));
            }
            uint64_t stored = never;
            for (const Candidate& row : view.candidates) {
                stored = std::min(stored, expected_cost(row, view.model, energy));
            }
            ASSERT_EQ(stored == never, least == never) << "energy " << energy;
            if (least == never) continue;
            const double ratio = static_cast<double>(stored) / static_cast<double>(least);
            ASSERT_LE(ratio, 1.015) << "energy " << energy << ", " << text_of(view.shape);
            worst = std::max(worst, ratio);
            ++compared;
        }
    });
    std::cout << compared << " stage x energy pairs, worst " << worst << " of the optimum\n";
}

TEST_F(Policies, TheTableHoldsTheLeastNeedAndTheMostReuse) {
    for_each_stage([](const StageView& view) {
        uint32_t least_need = view.candidates[0].need;
        for (const Candidate& row : view.candidates) {
            ASSERT_TRUE(is_valid(view.shape, row.config, view.arena_bytes));
            ASSERT_LE(view.candidates[0].reuse, row.reuse);
            const Candidate again = priced(view, row.config);
            ASSERT_EQ(again.reuse, row.reuse);
            ASSERT_EQ(again.refetch, row.refetch);
            ASSERT_EQ(again.need, row.need);
            least_need = std::min(least_need, row.need);
        }
        for (const TileConfig& config : sampled(compiler::sampled_configs(view.shape, view.arena_bytes), 500, 4)) {
            const Candidate row = priced(view, config);
            ASSERT_LE(least_need, row.need) << text_of(config);
            ASSERT_LE(view.candidates[0].reuse, row.reuse) << text_of(config);
        }
        ASSERT_EQ(compiler::importance_of(view.shape), view.importance);
    });
}

TEST_F(Policies, WhateverIsChosenIsValid) {
    for_each_stage([](const StageView& view) {
        for (const PolicyKind policy : policies) {
            for (uint64_t i = 0; i < 40; ++i) {
                const Supply supply{i % 3 == 0 ? 0 : random_energy(3, i), i % 4 == 0 ? random_energy(4, i) : 0};
                const Candidate chosen = choose(policy, view, supply);
                ASSERT_TRUE(is_valid(view.shape, chosen.config, view.arena_bytes)) << text_of(chosen.config) << "\n"
                                                                                   << text_of(view.shape);
                ASSERT_EQ(priced(view, chosen.config).need, chosen.need);
            }
        }
    });
}

/// Cycle after cycle without progress: the smallest tile comes, from any state of knowledge.
TEST_F(Policies, FailuresLeadToTheLeastNeed) {
    uint64_t most = 0;
    for_each_stage([&](const StageView& view) {
        uint32_t least_need = std::numeric_limits<uint32_t>::max();
        for (const Candidate& row : view.candidates) least_need = std::min(least_need, row.need);
        for (const PolicyKind policy : policies) {
            for (uint64_t i = 0; i < 20; ++i) {
                Supply supply{i == 0 ? 0 : random_energy(5, i), i % 2 == 0 ? 0 : random_energy(6, i)};
                Candidate chosen = choose(policy, view, supply);
                uint64_t failures = 0;
                for (; chosen.need != least_need && failures < 200; ++failures) {
                    supply = learn(supply, {1000, 0, chosen.refetch, chosen.need, false});
                    chosen = choose(policy, view, supply);
                }
                ASSERT_EQ(chosen.need, least_need) << text_of(view.shape);
                most = std::max(most, failures);
            }
        }
    });
    EXPECT_LE(most, 60U);
    std::cout << "at most " << most << " failures\n";
}

TEST(Learn, ConvergesUnderASteadyBudget) {
    for (const uint64_t budget : {1000U, 50000U, 3000000U}) {
        for (const uint64_t start : {uint64_t{0}, uint64_t{1}, budget / 100, budget * 100}) {
            Supply supply{start, 0};
            for (int cycle = 0; cycle < 60; ++cycle) {
                const uint64_t refetch = budget / 10;
                supply = learn(supply, {budget / 2, budget - budget / 2 - refetch, refetch, budget / 3, true});
            }
            EXPECT_GE(supply.cycle_cost + budget / 100000 + 4, budget);
            EXPECT_LE(supply.cycle_cost, budget + budget / 100000 + 4);
        }
    }
}

TEST(Learn, OneOddCycleCountsAQuarter) {
    const Supply supply = learn({1000, 0}, {2000, 0, 0, 10, true});
    EXPECT_EQ(supply.cycle_cost, 1250U);
}

TEST(Learn, AFailureLimitsTheNeedBelowTheOneThatFailed) {
    for (uint64_t need = 2; need < 5000000; need += need / 3 + 1) {
        const Supply supply = learn({need * 3, 0}, {0, 0, 0, need, false});
        EXPECT_GT(supply.need_limit, 0U);
        EXPECT_TRUE(supply.need_limit < need || need < 4) << need;
    }
}

LoopShape flat_shape(uint32_t in, uint32_t out) {
    LoopShape shape;
    shape.channels_in = in;
    shape.channels_out = out;
    shape.counts_macs = true;
    shape.weight_bytes = 2;
    return shape;
}

/// All sizes, and energies for which the formulas are flat in one dimension or both.
TEST(Paper, TheSearchEnds) {
    for (uint32_t in = 1; in <= 70; ++in) {
        for (uint32_t out = 1; out <= 70; out += in % 3 + 1) {
            StageView view;
            view.shape = flat_shape(in, out);
            view.arena_bytes = 56 * 1024;
            TileConfig whole;
            whole.tile_out = static_cast<uint16_t>(out);
            whole.tile_in = static_cast<uint16_t>(in);
            const std::vector<Candidate> table{priced(view, whole)};
            view.candidates = table;
            for (const uint64_t energy : {uint64_t{1}, uint64_t{16}, uint64_t{5000}, never / 4}) {
                for (const Importance importance : {Importance::out_first, Importance::in_first}) {
                    view.importance = importance;
                    const Candidate chosen = choose(PolicyKind::paper, view, {energy, 0});
                    ASSERT_TRUE(is_valid(view.shape, chosen.config, view.arena_bytes));
                }
            }
        }
    }
}

TEST(Paper, DistinctTilesAreTheSizesWhereTheNumberOfStepsChanges) {
    for (uint32_t size = 1; size <= 600; ++size) {
        const uint32_t count = distinct_tiles(size);
        std::vector<uint32_t> steps;
        for (uint32_t i = 0; i < count; ++i) {
            const uint32_t tile = distinct_tile(size, i);
            ASSERT_GE(tile, 1U);
            ASSERT_LE(tile, size);
            // The smallest tile with so many steps: none smaller does with as few.
            ASSERT_TRUE(tile == 1 || i == 0 || ceil_div(size, tile - 1) > ceil_div(size, tile));
            steps.push_back(ceil_div(size, tile));
        }
        ASSERT_EQ(distinct_tile(size, 0), size);
        ASSERT_EQ(distinct_tile(size, count - 1), 1U);
        uint32_t expected = 0;
        uint32_t last = 0;
        for (uint32_t tile = size; tile >= 1; --tile) {
            expected += ceil_div(size, tile) != last ? 1U : 0U;
            last = ceil_div(size, tile);
        }
        ASSERT_EQ(count, expected) << size;
        ASSERT_TRUE(std::is_sorted(steps.begin(), steps.end()));
        ASSERT_TRUE(std::adjacent_find(steps.begin(), steps.end()) == steps.end());
    }
}

RC_GTEST_PROP(ExpectedCost, FallsWithEnergyAndRisesWithPrices, ()) {
    const auto below = [](uint64_t limit) { return *rc::gen::inRange<uint64_t>(0, limit); };
    const uint64_t reuse = below(1ULL << 40U);
    const uint64_t refetch = below(1ULL << 24U);
    const uint64_t need = below(1ULL << 25U);
    const uint64_t boot = below(1ULL << 18U);
    const uint64_t energy = 1 + below(1ULL << 28U);
    const auto cost = [&](uint64_t more_reuse, uint64_t more_refetch, uint64_t more_need, uint64_t more_energy) {
        return expected_cost(reuse + more_reuse, refetch + more_refetch, need + more_need, boot, energy + more_energy);
    };
    const uint64_t now = cost(0, 0, 0, 0);
    RC_ASSERT(now >= reuse);
    RC_ASSERT(cost(0, 0, 0, 1 + below(1ULL << 27U)) <= now);
    RC_ASSERT(cost(1 + below(1ULL << 30U), 0, 0, 0) >= now);
    RC_ASSERT(cost(0, 1 + below(1ULL << 20U), 0, 0) >= now);
    RC_ASSERT(cost(0, 0, 1 + below(1ULL << 20U), 0) >= now);
    RC_ASSERT(expected_cost(reuse, refetch, need, boot, 0) == reuse);
    // All of a cycle that affords just the need is lost, and no less than refetch of any cycle.
    const long double afforded = static_cast<long double>(energy) - static_cast<long double>(boot);
    const long double least = need > boot ? static_cast<long double>(need - boot) : 0;
    const auto flat = static_cast<long double>(refetch);
    const long double share = least / afforded;
    const long double lost = least > flat ? flat + (least - flat) * share * share : flat;
    if (need <= energy && boot + refetch < energy && afforded - lost > 2) {
        const long double most = static_cast<long double>(reuse) * static_cast<long double>(energy) / (afforded - lost);
        const long double fewest =
            static_cast<long double>(reuse) * static_cast<long double>(energy) / (afforded - lost + 2);
        RC_ASSERT(static_cast<long double>(now) > fewest - 2 && static_cast<long double>(now) < most + 2);
    } else if (need > energy || boot + refetch >= energy) {
        RC_ASSERT(now == never);
    }
}

}  // namespace
}  // namespace dynbal::test
