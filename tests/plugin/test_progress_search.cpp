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
    constexpr uint64_t reuse = 1000 * 16, priced = Pace::whole / 4;
    Pace pace;
    // Single cycles say little: half and one and a half times what is priced.
    for (uint32_t i = 0; i < Pace::cycles_to_trust; ++i) {
        EXPECT_FALSE(pace.is_known());
        EXPECT_FALSE(pace.is_too_slow(Pace::whole, priced));
        pace.follow(i % 2 == 0 ? priced / 2 : priced + priced / 2);
    }
    EXPECT_TRUE(pace.is_known());
    EXPECT_NEAR(pace.share(), priced, priced / 50);
    for (int i = 0; i < 60; ++i) pace.follow(priced / 2);
    EXPECT_TRUE(pace.is_too_slow(Pace::whole, priced));
    EXPECT_NEAR(static_cast<double>(cost_at_share(reuse, pace.share())), 8.0 * reuse, 0.3 * reuse);
    for (int i = 0; i < 99; ++i) pace.follow(0);
    EXPECT_GE(cost_at_share(reuse, pace.share()), reuse * 1000);
    for (int i = 0; i < 99; ++i) pace.follow(3 * Pace::whole);
    EXPECT_GE(pace.share(), Pace::most - Pace::most / 50);
}

TEST(Pace, KeepsAShareTo04Percent) {
    for (uint32_t share = 0; share <= Pace::most; ++share) {
        Pace pace;
        pace.set_share(share);
        ASSERT_NEAR(pace.share(), share, share * 0.004 + 1e-9);
        const uint32_t kept = pace.share();
        pace.set_share(kept);
        ASSERT_EQ(pace.share(), kept);
    }
}

/// A job that a cycle has left unfinished may be the next one's: few cycles tell of small jobs alone.
TEST(Pace, FewCyclesBoundItByAJob) {
    constexpr uint64_t priced = 2048, seen = 1024, job = 1024;
    Pace pace;
    EXPECT_FALSE(pace.is_too_slow(0, priced));
    EXPECT_EQ(pace.share_at_most(job), Pace::most);
    EXPECT_EQ(cost_at_share(1000, pace.share_at_least(job)), never) << "nothing was seen";
    for (uint64_t i = 1; i < Pace::cycles_to_trust; ++i) {
        pace.follow(seen);
        EXPECT_EQ(pace.share_at_most(job), seen + job / i);
        EXPECT_EQ(pace.share_at_least(job), seen - job / i);
        EXPECT_EQ(pace.is_too_slow(job, priced), i > 1);
    }
    pace.accept();
    EXPECT_FALSE(pace.is_too_slow(0, priced));
    pace.follow(seen);
    EXPECT_TRUE(pace.is_too_slow(job, priced)) << "all cycles count now: it is asked once more";
    EXPECT_EQ(pace.share_at_most(job), seen);
    EXPECT_EQ(pace.share_at_least(job), seen);
    pace.accept();
    EXPECT_FALSE(pace.is_too_slow(0, priced));
}

TEST(Pace, OnlyWhatFinishedSomethingGotOn) {
    Pace pace;
    EXPECT_FALSE(pace.got_on());
    pace.follow(0);
    EXPECT_FALSE(pace.got_on());
    pace.follow(100);
    EXPECT_TRUE(pace.got_on());
}

TEST(Pace, ThatIsAcceptedStaysSo) {
    Pace pace;
    pace.set_share(Pace::whole / 2);
    pace.cycles = Pace::accepted;
    EXPECT_FALSE(pace.is_known());
    EXPECT_FALSE(pace.is_too_slow(0, Pace::whole));
    const Pace before = pace;
    pace.follow(0);
    EXPECT_EQ(pace, before);
}

}  // namespace
}  // namespace dynbal
