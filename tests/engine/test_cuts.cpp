//! Power failures at every byte: the answer is that of an uninterrupted run, whatever the tiles.
//! And the test itself is tested: engines on NVM that breaks its contract are caught.
#include <gtest/gtest.h>

#include <iostream>

#include "crash_device.hpp"
#include "graphs.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

using compiler::Graph;
using compiler::PoolKind;
using compiler::TensorId;

void expect_all_right(const ImageFile& file, const CrashOptions& options) {
    const CrashResult result = try_all_cuts(file, options);
    EXPECT_EQ(result.wrong, 0U) << "first failure after " << result.first_failure << " bytes";
    EXPECT_EQ(result.stuck, 0U) << "first failure after " << result.first_failure << " bytes";
    EXPECT_GT(result.points, 0U);
}

/// A curve for each channel, one for all, and a product of parts of what lies in one tensor.
Graph gate_network() {
    GraphBuilder b(5);
    const TensorId in = b.curve(b.input(3, 3, 2), true);
    const TensorId both = b.conv(in, 4, window(2), 1, false);
    const TensorId gate = b.curve(b.conv(b.part(both, 2, 2), 2, window(1), 1, false));
    return b.finish(b.multiply(b.part(both, 0, 2), gate));
}

TEST(Cuts, EveryByteOfATinyNetwork) {
    const ImageFile file = compile_graph(tiny_network());
    for (const PolicyKind policy : all_policies) {
        expect_all_right(file, {.policy = policy, .step = thoroughness_divisor});
    }
}

TEST(Cuts, EveryByteOfGatesAndCurves) {
    const ImageFile files[] = {compile_graph(gate_network()), compile_tight(gate_network(), 1)};
    for (const PolicyKind policy : all_policies) {
        for (const ImageFile& file : files) {
            expect_all_right(file, {.policy = policy, .step = thoroughness_divisor});
            expect_all_right(file, {.policy = policy, .step = 2 * thoroughness_divisor, .second_cut = 90});
        }
    }
}

TEST(Cuts, EveryByteWhereStoragesShareMemory) {
    const ImageFile roomy = compile_graph(tiny_network());
    const ImageFile tight = compile_tight(tiny_network());
    ASSERT_LT(tight.header().tensors_bytes, roomy.header().tensors_bytes);
    for (const PolicyKind policy : all_policies) {
        expect_all_right(tight, {.policy = policy, .step = thoroughness_divisor});
    }
}

TEST(Cuts, TwoInARow) {
    const ImageFile file = compile_tight(tiny_network());
    for (const uint64_t distance : {8U, 150U, 400U, 1200U}) {
        expect_all_right(file, {.step = thoroughness_divisor, .second_cut = distance});
    }
}

/// Each stage with configurations drawn from all there are.
TEST(Cuts, AnyTiles) {
    const uint64_t rounds = 24 / thoroughness_divisor;
    for (const Graph& graph : {tiny_network(), channel_network(), gate_network()}) {
        const ImageFile files[] = {compile_graph(graph), compile_tight(graph, 1)};
        for (uint64_t seed = 0; seed < rounds; ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed));
            const ImageFile forced = with_random_tables(files[seed % 2], 1, 1000 * seed + 7);
            ASSERT_EQ(validate(forced.image), ImageFault::none);
            expect_all_right(forced, {.policy = PolicyKind::fixed, .step = 3, .second_cut = seed % 3 == 0 ? 0U : 300U});
            if (HasFailure()) return;
        }
    }
}

/// Tables of random rows at random prices: reconfigurations where no sane table would have them.
TEST(Cuts, AnyReconfiguration) {
    const uint64_t rounds = 16 / thoroughness_divisor;
    for (const Graph& graph : {tiny_network(), channel_network(), gate_network()}) {
        const ImageFile files[] = {compile_graph(graph), compile_tight(graph)};
        for (uint64_t seed = 0; seed < rounds; ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed));
            const ImageFile forced = with_random_tables(files[seed % 2], 6, 1000 * seed + 13);
            expect_all_right(
                forced, {.policy = seed % 4 == 0 ? PolicyKind::paper : PolicyKind::best, .step = 3, .second_cut = 500});
            if (HasFailure()) return;
        }
    }
}

// The mutants: each must be found out, or the tests above prove nothing.

CrashResult with_mutation(Mutation mutation) {
    const ImageFile file = compile_tight(tiny_network());
    return try_all_cuts(file, {.mutation = mutation, .step = thoroughness_divisor});
}

TEST(CutsCatch, BytesInDescendingOrder) {
    const CrashResult result = with_mutation(Mutation::descending);
    EXPECT_GT(result.wrong + result.stuck, 0U);
}

TEST(CutsCatch, AStateThatArrivesBeforeItsValue) {
    const CrashResult result = with_mutation(Mutation::high_byte_first);
    EXPECT_GT(result.wrong, 0U);
}

TEST(CutsCatch, LostRecords) {
    const CrashResult result = with_mutation(Mutation::lost_records);
    EXPECT_GT(result.wrong + result.stuck, 0U);
}

TEST(CutsCatch, TornRecordsThatAreBelieved) {
    const CrashResult result = with_mutation(Mutation::no_checksums);
    EXPECT_GT(result.wrong + result.stuck, 0U);
}

/// No mutant: a record that arrives whole at once is stronger than what the engine asks for.
TEST(CutsCatch, NothingWhereThereIsNothing) {
    const CrashResult result = with_mutation(Mutation::early_record);
    EXPECT_EQ(result.wrong + result.stuck, 0U);
}

}  // namespace
}  // namespace dynbal::test
