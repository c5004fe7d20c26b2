#include "sim/campaign.hpp"

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>

#include "base/error.hpp"
#include "device/nvm_class.hpp"
#include "sim/parallel.hpp"
#include "sim/soak.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {
namespace {

class Campaign : public ::testing::Test {
protected:
    CampaignResult run(const std::string& cuts, PolicyKind policy, uint32_t jobs = 0, Defect defect = Defect::none,
                       const std::string& rest = "none") {
        CampaignOptions options;
        options.cuts = parse_cuts(cuts);
        options.policy = policy;
        options.jobs = jobs;
        options.defect = defect;
        options.profile.nvm.nvm_class = nvm_class_;
        options.rest_supply = rest;
        return run_campaign(file_, tiny_input(file_), options);
    }
    static std::string first_failure(const CampaignResult& result) {
        return result.failures.empty() ? "" : result.failures[0].supply + ": " + result.failures[0].reason;
    }

    const ImageFile file_ = tiny_image();
    NvmClass nvm_class_;
};

TEST_F(Campaign, EveryCutOfATinyNetworkIsRightUnderEachPolicy) {
    for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best}) {
        const CampaignResult result = run("all", policy);
        EXPECT_EQ(result.points, result.bytes_written);
        EXPECT_GT(result.points, 1000U);
        EXPECT_EQ(result.wrong, 0U) << name_of(policy) << " " << first_failure(result);
        EXPECT_EQ(result.stuck, 0U) << name_of(policy) << " " << first_failure(result);
    }
}

TEST_F(Campaign, EveryCutFollowedByFurtherFailuresIsRight) {
    for (const char* rest : {"budget:25000", "random:1,250,500"}) {
        const CampaignResult result = run("sample:500", PolicyKind::best, 0, Defect::none, rest);
        EXPECT_EQ(result.points, 500U);
        EXPECT_EQ(result.wrong + result.stuck, 0U) << first_failure(result);
    }
}

TEST_F(Campaign, RandomFailuresAreRight) {
    for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best}) {
        const CampaignResult result = run("random:1,300", policy);
        EXPECT_EQ(result.points, 300U);
        EXPECT_EQ(result.wrong + result.stuck, 0U) << first_failure(result);
    }
}

TEST_F(Campaign, NoticesAMemoryThatBreaksItsContract) {
    const CampaignResult result = run("all", PolicyKind::best, 0, Defect::descending_writes);
    EXPECT_GT(result.wrong + result.stuck, 0U);
    ASSERT_FALSE(result.failures.empty());
    EXPECT_LE(result.failures.size(), 10U);
    EXPECT_FALSE(result.failures[0].reason.empty());
}

TEST_F(Campaign, EveryCutIsRightOnEachClassOfMemoryThatIsAccepted) {
    for (const char* name : {"byte,torn=new", "line4", "line8", "line16", "line4,torn=new", "line16,torn=new"}) {
        nvm_class_ = device::parse_nvm_class(name);
        const CampaignResult result = run("all", PolicyKind::best);
        EXPECT_EQ(result.points, result.bytes_written);
        EXPECT_EQ(result.wrong + result.stuck, 0U) << name << " " << first_failure(result);
        for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best}) {
            const CampaignResult often = run("random:1,200", policy);
            EXPECT_EQ(often.wrong + often.stuck, 0U) << name << " " << name_of(policy) << first_failure(often);
        }
    }
}

/// Refused, and rightly: said to be byte FRAM, they give wrong answers.
TEST_F(Campaign, AClassOfMemoryThatIsRefusedWouldBeWrong) {
    for (const char* name : {"byte,torn=garbage", "line4,torn=garbage", "line16,torn=garbage", "byte,order=any",
                             "line4,order=any", "line16,order=any", "line8,torn=new,order=any"}) {
        nvm_class_ = device::parse_nvm_class(name);
        EXPECT_THROW(run("sample:1", PolicyKind::best), InputError) << name;
        const CampaignResult result = run("all", PolicyKind::best, 0, Defect::undeclared_class);
        EXPECT_GT(result.wrong + result.stuck, 0U) << name;
    }
}

TEST_F(Campaign, NoticesASupplyThatIsTooWeak) {
    const CampaignResult result = run("sample:20", PolicyKind::best, 0, Defect::none, "bytes:20");
    EXPECT_GT(result.stuck, 0U);
    EXPECT_EQ(result.failures[0].verdict, Verdict::stuck);
}

TEST_F(Campaign, ResultDoesNotDependOnTheNumberOfThreads) {
    const CampaignResult one = run("all", PolicyKind::best, 1, Defect::descending_writes);
    const CampaignResult many = run("all", PolicyKind::best, 7, Defect::descending_writes);
    EXPECT_GT(one.wrong, 0U);
    EXPECT_EQ(one.wrong, many.wrong);
    EXPECT_EQ(one.stuck, many.stuck);
    ASSERT_EQ(one.failures.size(), many.failures.size());
    for (size_t i = 0; i < one.failures.size(); ++i) {
        EXPECT_EQ(one.failures[i].point, many.failures[i].point);
        EXPECT_EQ(one.failures[i].supply, many.failures[i].supply);
    }
}

/// The shortcut (NVM put together from the recorded bytes) must meet what a whole run meets.
TEST_F(Campaign, TheReplayOfAPointMeetsTheSameResult) {
    const std::vector<int16_t> input = tiny_input(file_);
    Session clean(file_);
    const auto steady = parse_supply("none");
    const std::vector<int16_t> expected = clean.run_inference(input, *steady, {}).output;
    for (const char* name : {"byte", "byte,torn=garbage", "line16,torn=garbage", "line4,order=any"}) {
        nvm_class_ = device::parse_nvm_class(name);
        const Defect defect = name == std::string("byte") ? Defect::descending_writes : Defect::undeclared_class;
        const CampaignResult result = run("all", PolicyKind::best, 0, defect);
        ASSERT_FALSE(result.failures.empty());
        DeviceProfile profile = default_profile();
        profile.nvm.nvm_class = nvm_class_;
        for (const PointFailure& failure : result.failures) {
            if (failure.second) continue;
            Session session(file_, profile, defect);
            if (failure.warm) session.run_inference(other_input(input), *steady, {});
            const auto supply = parse_supply(failure.supply);
            RunOptions options;
            options.expose_input = true;
            const RunResult replayed = session.run_inference(input, *supply, options);
            EXPECT_FALSE(replayed.completed() && replayed.output == expected) << name << " " << failure.supply;
        }
    }
}

TEST_F(Campaign, RefusesASupplyBesideRandomCuts) {
    EXPECT_THROW(run("random:1,5", PolicyKind::best, 0, Defect::none, "bytes:500"), InputError);
}

TEST_F(Campaign, SoakFindsEachAnswerRightAndTheNvmAlive) {
    SoakOptions options;
    options.inferences = 300;
    options.supply = "random:4,250,2000";
    options.abandon_every = 5;
    const SoakResult result = run_soak(file_, {tiny_input(file_, 1), tiny_input(file_, 2)}, options);
    EXPECT_EQ(result.inferences, 300U);
    EXPECT_EQ(result.wrong + result.stuck, 0U) << result.reason;
    EXPECT_GT(result.abandoned, 10U);
    EXPECT_GT(result.power_cycles, 600U);
}

TEST_F(Campaign, SoakStopsAtADeadNvm) {
    SoakOptions options;
    options.inferences = 300;
    options.supply = "bytes:20";
    const SoakResult result = run_soak(file_, {tiny_input(file_)}, options);
    EXPECT_EQ(result.inferences, 1U);
    EXPECT_EQ(result.stuck, 1U);
    EXPECT_FALSE(result.reason.empty());
}

TEST(Cuts, AreReadStrictly) {
    EXPECT_EQ(parse_cuts("all").kind, CutKind::all);
    EXPECT_EQ(parse_cuts("sample:20").count, 20U);
    EXPECT_EQ(parse_cuts("random:7,20").seed, 7U);
    for (const char* text : {"", "ALL", "all:1", "sample", "sample:", "sample:0", "sample:-1", "sample:2x", "random:5",
                             "random:,5", "random:1,0", "random:1,2,3"}) {
        EXPECT_THROW(parse_cuts(text), InputError) << text;
    }
}

TEST(Cuts, SamplesAreDistinctAscendingAndSpread) {
    const std::vector<uint64_t> points = cut_points(parse_cuts("sample:100"), 12345);
    ASSERT_EQ(points.size(), 100U);
    for (size_t i = 1; i < points.size(); ++i) {
        EXPECT_LT(points[i - 1], points[i]);
        EXPECT_LT(points[i] - points[i - 1], 2 * 124U);
    }
    EXPECT_LT(points.back(), 12345U);
    EXPECT_EQ(cut_points(parse_cuts("sample:100"), 10).size(), 10U) << "no more than there are";
    EXPECT_EQ(cut_points(parse_cuts("all"), 10).back(), 9U);
}

TEST(Cuts, OtherInputDiffers) {
    const std::vector<int16_t> input{0, 5, -16384, 16383};
    EXPECT_EQ(other_input(input), (std::vector<int16_t>{-5, 16383, -16383, 1}));
}

TEST(Workers, DoEachItemOnceAndPassOnExceptions) {
    std::atomic<uint64_t> sum{0};
    WorkQueue queue(1000, 7);
    run_workers(queue, 4, [&](WorkQueue& work) {
        while (const auto piece = work.next()) {
            for (uint64_t i = piece->begin; i < piece->end; ++i) sum += i;
        }
    });
    EXPECT_EQ(sum.load(), 499500U);
    WorkQueue failing(1000, 1);
    EXPECT_THROW(run_workers(failing, 4, [](WorkQueue&) { throw InputError("no"); }), InputError);
}

TEST(Workers, WithoutThreadsTheCallerDoesTheWork) {
    pthread_attr_t usual, too_large;
    ASSERT_EQ(::pthread_getattr_default_np(&usual), 0);
    ASSERT_EQ(::pthread_getattr_default_np(&too_large), 0);
    // No thread with such a stack can be had, as under a limit of processes.
    ASSERT_EQ(::pthread_attr_setstacksize(&too_large, size_t{1} << 47U), 0);
    ASSERT_EQ(::pthread_setattr_default_np(&too_large), 0);
    uint64_t sum = 0;
    WorkQueue queue(100, 1);
    run_workers(queue, 1024, [&](WorkQueue& work) {
        while (const auto piece = work.next()) sum += piece->begin;
    });
    ::pthread_setattr_default_np(&usual);
    EXPECT_EQ(sum, 4950U);
}

}  // namespace
}  // namespace dynbal::sim
