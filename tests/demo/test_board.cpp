#include <gtest/gtest.h>

#include <vector>

#include "demo/race.hpp"
#include "demo_fixture.hpp"
#include "sim/supply.hpp"

namespace dynbal::demo {
namespace {

constexpr PolicyKind both[] = {PolicyKind::fixed, PolicyKind::best};

/// So many a second that no time is a round one.
void run(Race& race, double step_s = 0.0123) {
    for (int i = 0; i < 5000 && !race.has_ended(); ++i) race.advance(step_s, step_s / 3);
}

/// A capacitor so small that even the tiny model needs many power cycles.
Network short_lived() {
    sim::DeviceProfile profile = sim::default_profile();
    profile.capacitor.capacitance_f /= 12;
    Network network(sim::tiny_image(), profile);
    network.set_input(tiny_samples(2), "x.npy", 0);
    return network;
}

class Races : public ::testing::TestWithParam<double> {};

TEST_P(Races, AreWhatSimulateSays) {
    const Network network = short_lived();
    Race race(network, both, GetParam());
    run(race);
    for (const auto& board : race.boards()) {
        const auto supply = sim::parse_supply("power:" + std::to_string(GetParam()) + "W", network.profile());
        sim::RunOptions options;
        options.policy = board->policy();
        sim::Session session(network.file(), network.profile());
        const sim::RunResult wanted = session.run_inference(network.input(), *supply, options);
        ASSERT_TRUE(wanted.completed()) << wanted.message;
        ASSERT_TRUE(board->has_ended()) << board->trouble();
        EXPECT_EQ(board->output(), wanted.output);
        EXPECT_EQ(board->power_cycles(), wanted.power_cycles);
        EXPECT_EQ(board->cost_units(), wanted.cost_units());
        EXPECT_NEAR(board->time_s(), wanted.latency_s, 1e-9);
        EXPECT_NEAR(board->energy_j(), wanted.energy_j, 1e-12);
        EXPECT_DOUBLE_EQ(board->values().share(), 1);
    }
    if (GetParam() < 0.005) {
        EXPECT_GT(race.boards()[0]->power_cycles(), 3U);
    }
}

INSTANTIATE_TEST_SUITE_P(Powers, Races, ::testing::Values(0.001, 0.004, 0.02, 0.5));

TEST(Board, AnswersTheSameWhateverIsDoneToIt) {
    const Network network = short_lived();
    Race race(network, both, 4e-3);
    for (int step = 0; step < 20000 && !race.has_ended(); ++step) {
        race.advance(0.0007, 0.0002);
        if (step % 7 == 3) race.set_power(1e-3 * (1 + step % 5));
        if (step % 11 == 5 && race.boards()[0]->totals().kills < 20) race.kill(0);
    }
    for (const auto& board : race.boards()) {
        ASSERT_TRUE(board->has_ended()) << board->trouble();
        EXPECT_TRUE(std::equal(board->output().begin(), board->output().end(), network.expected().begin(),
                               network.expected().end()));
    }
    EXPECT_GT(race.boards()[0]->totals().kills, 0U);
    EXPECT_GT(race.boards()[0]->time_s(), race.boards()[1]->time_s());
}

TEST(Board, ChangesNothingThatHasBeenShown) {
    const Network network = short_lived();
    Race race(network, both, 4e-3), other(network, both, 4e-3);
    race.advance(0.05, 0.001);
    other.advance(0.02, 0.001);
    other.set_power(5e-3);
    other.set_power(4e-3);
    other.advance(0.03, 0.001);
    for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(race.boards()[i]->power_cycles(), other.boards()[i]->power_cycles());
        EXPECT_NEAR(race.boards()[i]->voltage_v(), other.boards()[i]->voltage_v(), 1e-9);
        EXPECT_NEAR(race.boards()[i]->energy_j(), other.boards()[i]->energy_j(), 1e-15);
        EXPECT_EQ(race.boards()[i]->values().finished(), other.boards()[i]->values().finished());
    }
}

TEST(Board, WaitsInTheDarkAndGoesOn) {
    const Network network = short_lived();
    Race race(network, both, 4e-3);
    race.advance(0.01, 0.001);
    race.set_power(0);
    race.advance(1000, 1);
    const Board& board = *race.boards()[0];
    EXPECT_FALSE(board.is_on());
    EXPECT_FALSE(board.has_ended());
    EXPECT_LT(board.voltage_v(), network.profile().capacitor.on_v);
    race.set_power(4e-3);
    run(race);
    EXPECT_TRUE(race.has_ended());
}

TEST(Board, AKillEmptiesTheCapacitor) {
    const Network network = short_lived();
    Race race(network, both, 4e-3);
    Board& board = *race.boards()[0];
    while (!board.is_on()) race.advance(1e-5, 1e-5);
    const uint64_t cycles = board.power_cycles();
    race.kill(0);
    race.advance(1e-4, 1e-5);
    EXPECT_FALSE(board.is_on());
    EXPECT_LT(board.voltage_v(), network.profile().capacitor.off_v + 0.1);
    EXPECT_EQ(board.power_cycles(), cycles);
    // While it charges, what it has is lost as well.
    const double charged_at = board.time_s();
    race.advance(1e-3, 1e-4);
    race.kill(0);
    race.advance(1e-6, 1e-6);
    EXPECT_LT(board.voltage_v(), network.profile().capacitor.off_v + 0.01);
    EXPECT_GT(board.time_s(), charged_at);
    EXPECT_EQ(board.totals().kills, 2U);
}

TEST(Board, AKillIsSeenAtOnce) {
    const Network network = short_lived();
    for (const double more_s : {0.0, 3e-4, 1e-3, 2.1e-3}) {
        Race race(network, both, 4e-3);
        const Board& board = *race.boards()[0];
        while (!board.is_on()) race.advance(1e-5, 1e-5);
        race.advance(more_s, 1e-5);
        if (!board.is_on()) continue;
        race.kill(0);
        race.advance(0, 1e-5);
        EXPECT_FALSE(board.is_on()) << more_s;
        // It charges again since the last thing that it could finish.
        EXPECT_NEAR(board.voltage_v(), network.profile().capacitor.off_v, 0.01) << more_s;
    }
}

TEST(Board, AKillWhileItChargesChangesNothingButTheTime) {
    const Network network = short_lived();
    Race race(network, both, 4e-3);
    for (int step = 0; step < 20000 && !race.has_ended(); ++step) {
        race.advance(0.0007, 0.0007);
        if (step % 13 == 5 && !race.boards()[0]->is_on() && race.boards()[0]->totals().kills < 50) race.kill(0);
    }
    Race other(network, both, 4e-3);
    run(other);
    ASSERT_TRUE(race.has_ended());
    EXPECT_EQ(race.boards()[0]->totals().kills, 50U);
    EXPECT_EQ(race.boards()[0]->power_cycles(), other.boards()[0]->power_cycles());
    EXPECT_EQ(race.boards()[0]->cost_units(), other.boards()[0]->cost_units());
    EXPECT_GT(race.boards()[0]->time_s(), other.boards()[0]->time_s());
}

TEST(Board, ShowsATileInsideOfItsLayer) {
    const Network network = short_lived();
    Race race(network, both, 4e-3);
    for (int step = 0; step < 2000 && !race.has_ended(); ++step) {
        race.advance(0.0005, 0.0005);
        const Board& board = *race.boards()[1];
        const StageDescriptor stage = network.file().stage(static_cast<uint32_t>(board.layer()));
        const Region tile = board.tile();
        EXPECT_LE(tile.pixel_end, uint32_t{stage.out_h} * stage.out_w);
        EXPECT_LE(tile.channel_end, stage.channels_out);
    }
}

}  // namespace
}  // namespace dynbal::demo
