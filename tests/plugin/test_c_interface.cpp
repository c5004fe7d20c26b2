//! The plugin through its C header: from C, by an engine that is not ours, and against the C++ one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/price_tiles.hpp"
#include "plugin/estimator.hpp"
#include "plugin/policy.hpp"
#include "toy_engine.hpp"

extern "C" {
#include "plugin/dynbal_plugin.h"
int dynbal_test_from_c(void);
}

namespace dynbal::test {
namespace {

TEST(CInterface, WorksFromC) { EXPECT_EQ(dynbal_test_from_c(), 0); }

TEST(ToyEngine, IsRightUnderAnyBudgetAndCheaperThanFixedTiles) {
    const ToyEngine toy(48, 96, 5);
    const std::vector<int32_t> expected = toy.expected();
    const ToyResult steady = toy.run(UINT64_MAX / 2, ToyTiles::fixed_largest);
    ASSERT_TRUE(steady.completed);
    ASSERT_EQ(steady.y, expected);
    int cheaper = 0;
    int compared = 0;
    for (uint64_t budget = 60000; budget < 2 * steady.spent; budget += budget / 4) {
        const ToyResult adaptive = toy.run(budget, ToyTiles::plugin);
        ASSERT_TRUE(adaptive.completed) << "budget " << budget;
        ASSERT_EQ(adaptive.y, expected) << "budget " << budget;
        const ToyResult fixed = toy.run(budget, ToyTiles::fixed_largest);
        ++compared;
        cheaper += !fixed.completed || adaptive.spent < fixed.spent ? 1 : 0;
        if (fixed.completed) {
            EXPECT_EQ(fixed.y, expected);
            // Learning costs a few cycles at most.
            EXPECT_LE(adaptive.spent, fixed.spent + 4 * budget) << "budget " << budget;
        }
    }
    EXPECT_GT(cheaper, compared / 2);
    EXPECT_GT(cheaper, 3);
}

uint32_t drawn(uint32_t low, uint32_t high) { return *rc::gen::inRange(low, high + 1); }

RC_GTEST_PROP(CInterfaceRandom, SaysWhatTheCppInterfaceSays, ()) {
    LoopShape shape;
    shape.channels_in = drawn(1, 12), shape.channels_out = drawn(1, 12);
    shape.kernel_h = drawn(1, 3), shape.kernel_w = drawn(1, 3);
    shape.out_h = drawn(1, 6), shape.out_w = drawn(1, 6);
    shape.in_h = shape.out_h + shape.kernel_h - 1, shape.in_w = shape.out_w + shape.kernel_w - 1;
    shape.counts_macs = true;
    shape.weight_bytes = drawn(1, 2);
    shape.header_bytes = 8;
    shape.sums_area_bytes = drawn(0, 1) * 65536;
    dynbal_shape c_shape{};
    c_shape.out_h = shape.out_h, c_shape.out_w = shape.out_w;
    c_shape.channels_out = shape.channels_out, c_shape.channels_in = shape.channels_in;
    c_shape.in_h = shape.in_h, c_shape.in_w = shape.in_w;
    c_shape.kernel_h = shape.kernel_h, c_shape.kernel_w = shape.kernel_w;
    c_shape.stride_h = c_shape.stride_w = c_shape.dilation_h = c_shape.dilation_w = 1;
    c_shape.pool_h = c_shape.pool_w = c_shape.pool_stride_h = c_shape.pool_stride_w = 1;
    c_shape.groups = c_shape.operands = c_shape.counts_macs = 1;
    c_shape.input_packed = c_shape.output_packed = 1;
    c_shape.weight_bytes = shape.weight_bytes;
    c_shape.header_bytes = shape.header_bytes;
    c_shape.sums_area_bytes = shape.sums_area_bytes;

    StageView stage;
    stage.shape = shape;
    stage.arena_bytes = 8192;
    stage.model.boot = 5000;
    const dynbal_cost_model c_model{stage.model.mac,      stage.model.read_byte, stage.model.write_byte,
                                    stage.model.transfer, stage.model.job,       stage.model.boot};
    const compiler::StageTable made = compiler::tile_table(shape, {stage.model, stage.model.boot}, stage.arena_bytes);
    RC_PRE(!made.rows.empty());
    TableInMemory table(made.rows, made.froms, made.least_need, made.start);
    stage.table = &table;
    stage.boot = stage.model.boot;
    const auto same_config = [](const dynbal_config& a, const TileConfig& b) {
        return a.tile_out == b.tile_out && a.tile_in == b.tile_in && a.tile_pixels == b.tile_pixels &&
               a.run_pixels == b.run_pixels && a.order == static_cast<uint32_t>(b.order);
    };
    std::vector<dynbal_candidate> c_table;
    for (size_t i = 0; i < made.rows.size(); ++i) {
        const Candidate& row = made.rows[i];
        const dynbal_config config{row.config.tile_out, row.config.tile_in, row.config.tile_pixels,
                                   row.config.run_pixels, static_cast<uint32_t>(row.config.order)};
        dynbal_candidate priced_row{};
        RC_ASSERT(dynbal_is_valid(&c_shape, &config, stage.arena_bytes) == 1);
        RC_ASSERT(dynbal_price(&c_shape, &config, &c_model, stage.arena_bytes, never, &priced_row) == DYNBAL_OK);
        // A table's row may need less than a whole job, where it was walked with less; none says less than the one of least need.
        const uint64_t need = std::max(priced_row.need, made.rows[made.least_need].need.value());
        RC_ASSERT(priced_row.reuse == row.reuse.value() && need >= row.need.value());
        priced_row.need = row.need.value();
        priced_row.from = made.froms[i].value();
        priced_row.lost = row.lost.value();
        c_table.push_back(priced_row);
    }
    for (uint32_t policy = DYNBAL_FIXED; policy <= DYNBAL_BEST; ++policy) {
        const uint64_t low = drawn(0, 3000000);
        const dynbal_bounds supply{low, drawn(0, 3) == 0 ? never : low + drawn(1, 900000)};
        dynbal_candidate chosen{};
        RC_ASSERT(dynbal_choose(policy, &c_shape, c_table.data(), static_cast<uint32_t>(c_table.size()), &c_model,
                                stage.arena_bytes, supply, &chosen) == DYNBAL_OK);
        const Choice expected = choose(static_cast<PolicyKind>(policy), stage, {supply.low, supply.high});
        RC_ASSERT(same_config(chosen.config, expected.row.config));
        const dynbal_bounds cycle{drawn(0, 100000), 100000 + drawn(1, 100000)};
        const dynbal_bounds next = dynbal_learn(supply, cycle);
        const Supply known = learn(age({supply.low, supply.high}), {cycle.low, cycle.high});
        RC_ASSERT(next.low == known.low && next.high == known.high);
    }
}

TEST(CInterface, RefusesNonsense) {
    dynbal_shape shape{};
    const dynbal_config config{1, 1, 1, 1, 0};
    dynbal_candidate row{};
    const dynbal_cost_model model{16, 232, 232, 0, 0, 0};
    EXPECT_EQ(dynbal_is_valid(&shape, &config, 4096), 0);
    EXPECT_EQ(dynbal_price(&shape, &config, &model, 4096, 0, &row), DYNBAL_BAD_SHAPE);
    EXPECT_EQ(dynbal_price(nullptr, &config, &model, 4096, 0, &row), DYNBAL_NULL);
}

}  // namespace
}  // namespace dynbal::test
