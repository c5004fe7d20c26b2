//! One NVM for ever: many inferences with failures, some given up, storages that share memory.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash_device.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

std::vector<int16_t> answer_of(const ImageFile& file, const std::vector<int16_t>& input) {
    sim::Session session(file);
    sim::SteadySupply steady;
    return session.run_inference(input, steady, {}).output;
}

/// `inferences` on one NVM; power fails every few hundred bytes, every third inference is given up
/// at a random moment. Returns how many were.
uint64_t live_long(const ImageFile& file, PolicyKind policy, uint64_t inferences, uint64_t seed) {
    sim::Session session(file);
    std::vector<std::vector<int16_t>> inputs;
    std::vector<std::vector<int16_t>> answers;
    for (uint64_t i = 0; i < 4; ++i) {
        inputs.push_back(random_input(file, seed + i));
        answers.push_back(answer_of(file, inputs.back()));
    }
    uint64_t given_up = 0;
    for (uint64_t n = 0; n < inferences; ++n) {
        const uint64_t random = random64(seed, n);
        const uint64_t low = 200 + random % 300;
        sim::RandomSupply supply(random, low, low + (random >> 20U) % 1500);
        sim::RunOptions options;
        options.policy = policy;
        if (n % 3 == 2) options.abandon_at_cycle = (random >> 40U) % 12;
        const sim::RunResult result = session.run_inference(inputs[n % 4], supply, options);
        if (result.outcome == sim::Outcome::abandoned) {
            ++given_up;
            continue;
        }
        EXPECT_TRUE(result.completed()) << "inference " << n << ": " << result.message;
        EXPECT_EQ(result.output, answers[n % 4]) << "inference " << n;
        if (testing::Test::HasFailure()) break;
    }
    return given_up;
}

constexpr uint64_t inferences = 50;

TEST(ManyInferences, OnOneNvmWhereStoragesShareMemory) {
    const ImageFile file = compile_tight(tiny_network());
    uint32_t runs = 0;
    bool both_parities[2] = {false, false};
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        const StateRuns states = file.stage(index).states;
        runs = std::max(runs, states.run_count);
        for (uint32_t i = 0; i < states.run_count; ++i) {
            StateRun run;
            std::memcpy(&run, file.image.data() + states.runs_offset + i * sizeof(run), sizeof(run));
            both_parities[run.odd_writes & 1U] = true;
        }
    }
    // Or the test would not meet what it is for.
    ASSERT_GT(runs, 1U);
    ASSERT_TRUE(both_parities[0] && both_parities[1]);
    for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best}) {
        EXPECT_GT(live_long(file, policy, inferences, 100), 0U);
        if (HasFailure()) return;
    }
}

TEST(ManyInferences, OnOneNvmWithRoomForAll) {
    EXPECT_GT(live_long(compile_graph(tiny_network()), PolicyKind::best, inferences, 200), 0U);
}

TEST(ManyInferences, WithAnyTilesAndReconfigurations) {
    const ImageFile files[] = {compile_tight(tiny_network()), compile_graph(tiny_network(5), 1)};
    for (uint32_t seed = 0; seed < 60 / thoroughness_divisor; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        live_long(with_random_tables(files[seed % 2], 1 + seed % 6, seed), PolicyKind::best, 12, seed);
        if (HasFailure()) return;
    }
}

/// NVM that is formatted again holds checkpoints and footprints of its former life, made from other
/// inputs. None of them may count.
TEST(ManyInferences, FormattingAgainForgetsEverything) {
    GraphBuilder b(3);
    const auto in = b.input(3, 3, 4);
    const ImageFile plain = compile_graph(b.finish(b.dense(b.conv(b.conv(in, 6, window(2)), 5, window(1)), 4, false)));
    for (uint64_t seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ImageFile file = with_random_tables(plain, 1, seed);
        const std::vector<int16_t> first = random_input(file, 1);
        const std::vector<int16_t> second = random_input(file, 2);
        const std::vector<int16_t> answer = answer_of(file, second);
        for (uint64_t cut = 300; cut < 3000; cut += 37) {
            sim::Session session(file);
            sim::RunOptions options;
            options.policy = PolicyKind::fixed;
            options.stuck_cycles = 1;
            options.cycles_max = 1;
            sim::BytesSupply once(cut);
            session.run_inference(first, once, options);
            sim::SteadySupply steady;
            std::vector<std::byte> sram(Engine::sram_bytes_of(file.header()));
            PlainTrace trace;
            session.nvm().power_up(steady);
            Engine engine(session.nvm(), session.nvm(), trace, sram, PolicyKind::fixed);
            ASSERT_EQ(engine.boot(), Status::ok);
            ASSERT_EQ(engine.format(), Status::ok);
            options.cycles_max = 100;
            options.stuck_cycles = 50;
            // Fails again before anything of the second inference has been noted.
            sim::OnceSupply supply(cut % 500 + 110, std::make_unique<sim::SteadySupply>());
            const sim::RunResult result = session.run_inference(second, supply, options);
            ASSERT_TRUE(result.completed()) << result.message;
            ASSERT_EQ(result.output, answer) << "cut " << cut;
        }
    }
}

}  // namespace
}  // namespace dynbal::test
