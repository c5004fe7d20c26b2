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
    constexpr uint64_t cost = 1000 * 16, energy = 100 * 16, whole = 500;
    Pace pace;
    // Single cycles say little: half and one and a half times what is priced.
    for (uint32_t i = 0; i < Pace::cycles_to_trust; ++i) {
        EXPECT_FALSE(pace.is_known());
        EXPECT_FALSE(pace.is_too_slow(Pace::as_priced));
        pace = follow(pace, cost, energy, i % 2 == 0 ? 25 : 75, whole);
    }
    EXPECT_TRUE(pace.is_known());
    EXPECT_NEAR(pace.share, Pace::as_priced, Pace::as_priced / 100);
    for (int i = 0; i < 60; ++i) pace = follow(pace, cost, energy, 25, whole);
    EXPECT_TRUE(pace.is_too_slow(Pace::as_priced));
    EXPECT_NEAR(static_cast<double>(at_pace(cost, pace.share)), 2.0 * cost, 0.03 * cost);
    for (int i = 0; i < 99; ++i) pace = follow(pace, cost, energy, 0, whole);
    EXPECT_GE(at_pace(cost, pace.share), cost * 100);
    for (int i = 0; i < 99; ++i) pace = follow(pace, cost, energy, 5000, whole);
    EXPECT_GE(pace.share, Pace::most - Pace::cycles_to_trust);
}

/// A job that a cycle has left unfinished may be the next one's: few cycles tell of small jobs alone.
TEST(Pace, FewCyclesBoundItByAJob) {
    constexpr uint64_t cost = 1000 * 16, energy = 100 * 16, whole = 500;
    Pace pace;
    EXPECT_FALSE(pace.is_too_slow(0));
    for (uint64_t i = 1; i < Pace::cycles_to_trust; ++i) {
        pace = follow(pace, cost, energy, 25, whole);
        EXPECT_EQ(pace.share_at_most(512), 512 + 512 / i);
        EXPECT_EQ(pace.is_too_slow(512), i > 1);
    }
    pace.accept();
    EXPECT_FALSE(pace.is_too_slow(0));
    pace = follow(pace, cost, energy, 25, whole);
    EXPECT_TRUE(pace.is_too_slow(Pace::as_priced)) << "all cycles count now: it is asked once more";
    pace.accept();
    EXPECT_FALSE(pace.is_too_slow(0));
}

TEST(Pace, ThatIsAcceptedStaysSo) {
    Pace pace;
    pace.share = Pace::as_priced / 2;
    pace.cycles = Pace::accepted;
    EXPECT_FALSE(pace.is_known());
    EXPECT_FALSE(pace.is_too_slow(0));
    EXPECT_EQ(follow(pace, 1000, 100, 0, 500), pace);
}

}  // namespace
}  // namespace dynbal
