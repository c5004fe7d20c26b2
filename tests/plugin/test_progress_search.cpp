// The search for the first unfinished value, and what cycles achieve beside what they should.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "plugin/pace.hpp"
#include "plugin/preservation.hpp"

namespace dynbal {
namespace {

uint32_t looks(uint32_t known, uint32_t values, uint32_t job, uint32_t finished) {
    return static_cast<uint32_t>(looks_of(ProgressSearch(known, values, job), finished).transfers);
}

TEST(ProgressSearch, FindsWhatIsFinishedWithinItsBound) {
    for (uint64_t i = 0; i < 20'000; ++i) {
        const auto values = static_cast<uint32_t>(1 + random64(1, i) % (i % 2 == 0 ? 40 : 100'000));
        const auto known = static_cast<uint32_t>(random64(2, i) % (values + 1));
        const auto finished = static_cast<uint32_t>(known + random64(3, i) % (values - known + 1));
        const auto job = static_cast<uint32_t>(1 + random64(4, i) % values);
        ProgressSearch search(known, values, job);
        uint32_t count = 0;
        for (; !search.ended(); ++count) {
            ASSERT_GE(search.probe(), known);
            ASSERT_LT(search.probe(), values);
            search.tell(search.probe() < finished);
        }
        ASSERT_EQ(search.found(), finished);
        ASSERT_LE(count, ProgressSearch::most_looks(values)) << known << " " << values << " " << job << " " << finished;
        ASSERT_EQ(count, looks(known, values, job, finished));
    }
}

TEST(ProgressSearch, NoProgressTakesOneLookAndAFewJobsTakeFew) {
    EXPECT_EQ(looks(100, 100'000, 64, 100), 1U);
    EXPECT_EQ(looks(100, 100'000, 1, 100), 1U);
    EXPECT_EQ(looks(100, 100, 64, 100), 0U);
    // A job: its first value, its last, one job ahead and what lies between.
    EXPECT_LE(looks(0, 100'000, 64, 64), 3U + 9U);
    EXPECT_LE(looks(0, 100'000, 1, 3), 7U);
}

TEST(Pace, IsTheMeanOfWhatCyclesAchieve) {
    constexpr uint64_t priced = 4096;
    Pace pace;
    // Single cycles say little: half and one and a half times what is priced.
    for (uint32_t i = 0; i < Pace::cycles_to_trust; ++i) {
        EXPECT_FALSE(pace.is_known());
        EXPECT_FALSE(pace.is_too_slow(4 * priced, priced));
        pace.follow(i % 2 == 0 ? priced / 2 : priced + priced / 2);
    }
    EXPECT_TRUE(pace.is_known());
    EXPECT_NEAR(static_cast<double>(pace.share.value()), priced, priced / 50);
    for (int i = 0; i < 200; ++i) pace.follow(priced / 2);
    EXPECT_NEAR(static_cast<double>(pace.share.value()), priced / 2, priced / 20) << "the newest cycles count";
    EXPECT_TRUE(pace.is_too_slow(4 * priced, priced));
    for (int i = 0; i < 999; ++i) pace.follow(0);
    EXPECT_LE(pace.share.value(), 64U);
    for (int i = 0; i < 999; ++i) pace.follow(never);
    EXPECT_GE(pace.share.value(), Pace::whole - Pace::whole / 20);
}

/// A cycle that does a job or none, by turns of five: the mean of eight cycles would be off by a third.
TEST(Pace, DoesNotSwingWithJobsOfSeveralCycles) {
    constexpr uint64_t job = 5000;
    Pace pace;
    for (uint32_t i = 0; i < 300; ++i) {
        pace.follow(i % 5 == 4 ? job : 0);
        if (i > 60) {
            ASSERT_NEAR(static_cast<double>(pace.share.value()), job / 5.0, job / 5.0 * 0.1) << i;
        }
    }
}

/// A job that a cycle has left unfinished may be the next one's: the more cycles, the less that matters.
TEST(Pace, IsBoundedByAJobOverAllCycles) {
    constexpr uint64_t priced = 2000, seen = 1000, job = 1000;
    Pace pace;
    EXPECT_FALSE(pace.is_too_slow(0, priced)) << "nothing was seen";
    for (uint64_t i = 1; i < Pace::cycles_to_trust; ++i) {
        pace.follow(seen);
        EXPECT_EQ(pace.share_at_most(job), seen + job / i);
        EXPECT_EQ(pace.share_at_least(job), seen - job / i);
        EXPECT_EQ(pace.is_too_slow(job, priced), i > 1);
    }
}

TEST(Pace, OnlyWhatFinishedSomethingGotOn) {
    Pace pace;
    EXPECT_FALSE(pace.got_on());
    pace.follow(0);
    EXPECT_FALSE(pace.got_on());
    pace.follow(100);
    EXPECT_TRUE(pace.got_on());
}

}  // namespace
}  // namespace dynbal
