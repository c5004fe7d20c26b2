#include <gtest/gtest.h>

#include "base/error.hpp"
#include "sim/session.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {
namespace {

class SessionTest : public ::testing::Test {
protected:
    RunResult run(Session& session, const std::string& supply_text, PolicyKind policy, bool expose_input = false) {
        RunOptions options;
        options.policy = policy;
        options.expose_input = expose_input;
        const auto supply = parse_supply(supply_text);
        return session.run_inference(tiny_input(file_), *supply, options);
    }
    RunResult run(const std::string& supply, PolicyKind policy = PolicyKind::best) {
        Session session(file_);
        return run(session, supply, policy);
    }

    const ImageFile file_ = tiny_image();
};

TEST_F(SessionTest, SteadyPowerTakesOnePowerCycle) {
    const RunResult result = run("none");
    ASSERT_TRUE(result.completed()) << result.message;
    EXPECT_EQ(result.power_cycles, 1U);
    EXPECT_EQ(result.output.size(), 5U);
    EXPECT_GT(result.traffic.macs, 1000U);
    EXPECT_LE(result.traffic.macs, file_.host.ideal_macs) << "taps in the padding cost nothing";
    EXPECT_GT(result.latency_s, 0.005) << "one boot";
    EXPECT_GT(result.energy_j, 0);
    EXPECT_EQ(result.activity.stages.size(), file_.header().stage_count);
}

TEST_F(SessionTest, CountsTheSameAsTheEngineWithoutFailures) {
    const RunResult result = run("none");
    Traffic stages;
    for (const StageActivity& stage : result.activity.stages) stages += stage.traffic;
    EXPECT_EQ(stages, result.traffic);
    Traffic classes;
    for (const Traffic& traffic : result.activity.by_class) classes += traffic;
    EXPECT_EQ(classes, result.traffic);
}

TEST_F(SessionTest, TheAnswerDependsOnNeitherSupplyNorPolicy) {
    const RunResult expected = run("none", PolicyKind::fixed);
    ASSERT_TRUE(expected.completed()) << expected.message;
    for (const char* supply : {"none", "bytes:300", "budget:20000", "budget:60000", "power:1mW", "random:3,200,900",
                               "once:700+random:1,200,400"}) {
        for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best}) {
            const RunResult result = run(supply, policy);
            ASSERT_TRUE(result.completed()) << supply << " " << name_of(policy) << ": " << result.message;
            EXPECT_EQ(result.output, expected.output) << supply << " " << name_of(policy);
        }
    }
}

TEST_F(SessionTest, IsDeterministic) {
    const RunResult first = run("random:5,200,600");
    const RunResult second = run("random:5,200,600");
    EXPECT_GT(first.power_cycles, 3U);
    EXPECT_EQ(first.power_cycles, second.power_cycles);
    EXPECT_EQ(first.traffic, second.traffic);
    EXPECT_EQ(first.energy_j, second.energy_j);
}

TEST_F(SessionTest, HarvestedPowerTakesTimeToCharge) {
    const RunResult steady = run("none");
    const RunResult weak = run("power:1mW");
    const RunResult strong = run("power:4mW");
    ASSERT_TRUE(weak.completed()) << weak.message;
    EXPECT_EQ(steady.charging_s, 0);
    const DeviceProfile& profile = default_profile();
    const double first_s = profile.capacitor.cycle_energy_j() / (1e-3 * profile.converter_efficiency);
    EXPECT_GE(weak.charging_s, first_s * (1 - 1e-9));
    EXPECT_GT(weak.latency_s, strong.latency_s);
    EXPECT_GT(strong.latency_s, steady.latency_s);
}

TEST_F(SessionTest, SaysWhenItIsStuckAndWhatWouldHelp) {
    for (const char* supply : {"budget:500", "bytes:20", "power:1uW"}) {
        const RunResult result = run(supply);
        if (std::string(supply).starts_with("power")) {
            EXPECT_TRUE(result.completed()) << "the capacitor holds the same at any power";
            continue;
        }
        EXPECT_EQ(result.outcome, Outcome::stuck) << supply;
        EXPECT_EQ(result.power_cycles, RunOptions{}.stuck_cycles) << supply;
        EXPECT_NE(result.message.find("power cycles in a row made no progress"), std::string::npos) << result.message;
        EXPECT_NE(result.message.find("and more always get on (budget:E"), std::string::npos);
    }
}

TEST_F(SessionTest, RefusesTheNextInferenceOnNvmThatIsStuck) {
    Session session(file_);
    // Enough to start, not enough to go on after it.
    const RunResult stuck = run(session, "once:300+bytes:20", PolicyKind::best);
    ASSERT_EQ(stuck.outcome, Outcome::stuck) << stuck.message;
    const RunResult next = run(session, "none", PolicyKind::best);
    EXPECT_EQ(next.outcome, Outcome::refused);
    EXPECT_FALSE(next.message.empty());
}

TEST_F(SessionTest, LoadsTheInputUnderFailuresIfAsked) {
    const RunResult expected = run("none");
    Session session(file_);
    const RunResult result = run(session, "random:4,250,400", PolicyKind::best, true);
    ASSERT_TRUE(result.completed()) << result.message;
    EXPECT_EQ(result.output, expected.output);
    EXPECT_GT(result.traffic.write_bytes, run("random:4,250,400").traffic.write_bytes);
    // Power fails inside the input: the host pays for loading it again.
    Session weak(file_);
    const RunResult reloaded = run(weak, "once:100+bytes:300", PolicyKind::best, true);
    ASSERT_TRUE(reloaded.completed()) << reloaded.message;
    EXPECT_EQ(reloaded.output, expected.output);
    Session hopeless(file_);
    const RunResult never = run(hopeless, "bytes:20", PolicyKind::best, true);
    EXPECT_EQ(never.outcome, Outcome::stuck);
    EXPECT_NE(never.message.find("at the start"), std::string::npos) << never.message;
}

TEST_F(SessionTest, ManyInferencesShareOneNvm) {
    Session session(file_);
    const auto supply = parse_supply("random:9,200,800");
    for (uint64_t i = 0; i < 20; ++i) {
        const std::vector<int16_t> input = tiny_input(file_, i % 3);
        Session fresh(file_);
        const auto steady = parse_supply("none");
        const RunResult expected = fresh.run_inference(input, *steady, {});
        RunOptions options;
        if (i % 4 == 3) options.abandon_at_cycle = i % 5;
        const RunResult result = session.run_inference(input, *supply, options);
        if (options.abandon_at_cycle && result.outcome == Outcome::abandoned) continue;
        ASSERT_TRUE(result.completed()) << i << ": " << result.message;
        EXPECT_EQ(result.output, expected.output) << i;
    }
}

TEST_F(SessionTest, GivesUpWhenAsked) {
    Session session(file_);
    RunOptions options;
    options.abandon_at_cycle = 2;
    const auto supply = parse_supply("bytes:300");
    const RunResult given_up = session.run_inference(tiny_input(file_), *supply, options);
    EXPECT_EQ(given_up.outcome, Outcome::abandoned) << given_up.message;
    EXPECT_TRUE(given_up.output.empty());
    const RunResult next = run(session, "none", PolicyKind::best);
    ASSERT_TRUE(next.completed()) << next.message;
    EXPECT_EQ(next.output, run("none").output);
}

TEST_F(SessionTest, RefusesAnInputOfAnotherSize) {
    Session session(file_);
    const auto supply = parse_supply("none");
    const RunResult result = session.run_inference(std::vector<int16_t>(3), *supply, {});
    EXPECT_EQ(result.outcome, Outcome::refused);
    EXPECT_NE(result.message.find("number of values"), std::string::npos) << result.message;
}

TEST_F(SessionTest, RefusesAnImageWhoseNvmIsTooSmallForIt) {
    ImageFile broken = file_;
    auto* header = reinterpret_cast<ImageHeader*>(broken.image.data());
    header->nvm_bytes = header->image_bytes - 4;
    EXPECT_THROW(Session{broken}, InputError);
    header->nvm_bytes = UINT32_MAX;
    EXPECT_THROW(Session{broken}, InputError);
}

TEST(Policy, HasNames) {
    EXPECT_EQ(parse_policy("paper"), PolicyKind::paper);
    EXPECT_STREQ(name_of(PolicyKind::fixed), "fixed");
    EXPECT_THROW(parse_policy("Best"), InputError);
}

}  // namespace
}  // namespace dynbal::sim
