//! Inferences in a row.
#include "sim/series.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "series_runs.hpp"

namespace dynbal::sim {
namespace {

TEST(Series, OneAfterTheOtherOrOneAPeriod) {
    const SeriesResult row = run("power:2mW", {.period_s = 0, .count = 10});
    ASSERT_EQ(row.ended(), 10U) << row.stuck;
    EXPECT_EQ(row.missed(), 0U);
    EXPECT_NEAR(row.duration_s, row.mean_s() * 10, 1e-9);
    EXPECT_LE(row.median_s(), row.worst_s());
    const double period_s = 2 * row.worst_s();
    const SeriesResult spaced = run("power:2mW", {.period_s = period_s, .deadline_s = period_s, .count = 10});
    EXPECT_EQ(spaced.ended(), 10U);
    EXPECT_EQ(spaced.missed(), 0U);
    EXPECT_NEAR(spaced.duration_s, 10 * period_s, 1e-9);
    EXPECT_LT(spaced.mean_s(), row.mean_s()) << "the capacitor has been charged meanwhile";
}

/// What the capacitor holds above its off voltage is there for the next inference: it need not be charged to the on voltage first.
TEST(Series, AnInferenceThatFindsTheDeviceOnBeginsAtOnce) {
    const std::string full = "power:1nW,start_voltage=2.99V,capacitance=10mF";
    for (const double period_s : {0.0, 10.0}) {
        const SeriesResult row = run(full, {.period_s = period_s, .count = 3});
        EXPECT_EQ(row.ended(), 3U) << row.stuck;
        EXPECT_DOUBLE_EQ(row.latencies_s.front(), row.latencies_s.back()) << "nothing was waited for";
    }
}

/// But if its sleep has taken what was there the device is off, and the on voltage is needed again.
TEST(Series, AnInferenceThatFindsTheDeviceOffWaitsForTheOnVoltage) {
    const SeriesResult dark = run("power:1nW,start_voltage=2.99V,sleep=1mW", {.period_s = 10, .count = 3});
    EXPECT_EQ(dark.ended(), 1U);
    EXPECT_NE(dark.stuck.find("again: it stopped when its capacitor of 970 uF fell to 2.8 V (off_voltage), and starts "
                              "at 2.99 V (on_voltage); after "),
              std::string::npos)
        << dark.stuck;
    const SeriesResult lit =
        run("markov:power=10mW,on=10s,off=10s,start_voltage=2.99V,sleep=1mW", {.period_s = 10, .count = 20});
    EXPECT_EQ(lit.ended() + lit.left_out, 20U) << lit.stuck;
    EXPECT_GT(lit.worst_s(), 2 * lit.latencies_s.front());
}

TEST(Series, WhatIsDueWhileAnotherRunsIsMissed) {
    const SeriesResult row = run("power:2mW", {.period_s = 0, .count = 1});
    const double period_s = row.worst_s() / 2.5;
    const SeriesResult late = run("power:2mW", {.period_s = period_s, .deadline_s = period_s, .count = 9});
    EXPECT_EQ(late.due, 9U);
    EXPECT_GT(late.left_out, 3U);
    EXPECT_EQ(late.due, late.ended() + late.left_out);
    const auto too_late = [&](double latency_s) { return latency_s > period_s; };
    EXPECT_EQ(late.late, std::count_if(late.latencies_s.begin(), late.latencies_s.end(), too_late));
    EXPECT_EQ(late.missed(), late.late + late.left_out);
    const SeriesResult given_up =
        run("power:2mW", {.period_s = period_s, .deadline_s = period_s, .count = 9, .missed_max = 1});
    EXPECT_TRUE(given_up.gave_up);
    EXPECT_LT(given_up.due, 9U);
}

/// What is due behind one that never ends is missed, too.
TEST(Series, OneWithoutAnEndHoldsTheDeviceForEver) {
    const SeriesResult dark = run("power:1nW,start_voltage=2.99V,sleep=1mW", {.period_s = 10, .count = 3});
    EXPECT_EQ(dark.due, 3U);
    EXPECT_EQ(dark.ended(), 1U);
    EXPECT_EQ(dark.never_ends, 2U);
    EXPECT_EQ(dark.missed(), 2U);
    EXPECT_GE(dark.duration_s, 30);  // an inference a minute would be two
}

/// Power cycles that bring nothing at dawn say nothing about noon. What gets on nowhere is known at once, and said.
TEST(Series, WhatComesLaterIsWaitedFor) {
    int waited = 0, hopeless = 0;
    for (int micro = 8; micro < 56; micro += 6) {
        const std::string capacitor = ",capacitance=" + std::to_string(micro) + "uF";
        const Series one{.period_s = 0, .count = 1};
        if (run("power:100uW" + capacitor, one).ended() == 1) continue;
        const SeriesResult day = run("daynight:peak=20mW,period=50s" + capacitor, one);
        const bool says_why = day.stuck.find("with the most power that this supply ever brings") != std::string::npos;
        EXPECT_NE(says_why, day.ended() == 1) << capacitor << ": " << day.stuck;
        ++(day.ended() == 1 ? waited : hopeless);
        // What no power of that day can do is not waited for.
        const bool ends_at_noon = run("power:20mW" + capacitor, one).ended() == 1;
        EXPECT_TRUE(ends_at_noon || says_why) << capacitor;
    }
    EXPECT_GT(waited, 0);
    EXPECT_GT(hopeless, 0);
}

/// Who waits is told how long: of each time of waiting, shares that rise, and then its end.
TEST(Series, TellsHowLongItIsWaited) {
    const ImageFile file = tiny_image();
    int told = 0;
    for (const std::string capacitor : {"8", "14", "20", "26", "32", "38", "44", "50"}) {
        std::vector<double> shares;
        RunOptions options;
        options.on_waiting = [&](double share) { shares.push_back(share); };
        Session session(file);
        const auto supply = parse_supply("daynight:peak=20mW,period=50s,capacitance=" + capacitor + "uF");
        const RunResult result = session.run_inference(input_of(file), *supply, options);
        if (shares.empty()) continue;
        ++told;
        EXPECT_EQ(shares.back(), 1) << capacitor << result.message;
        for (size_t i = 1; i < shares.size(); ++i) {
            EXPECT_TRUE(shares[i] >= shares[i - 1] || shares[i - 1] == 1) << shares[i - 1] << " " << shares[i];
        }
        EXPECT_GT(std::count_if(shares.begin(), shares.end(), [](double share) { return share < 1; }), 0);
    }
    EXPECT_GT(told, 0);
}

/// A year is more picoseconds than 64 bits hold: it was taken for a round of nothing.
TEST(Series, ARoundMayBeLongerThanARun) {
    const std::string capacitor = ",capacitance=32uF";
    ASSERT_EQ(run("power:2mW" + capacitor, {.count = 1}).ended(), 0U);
    for (const std::string supply :
         {"markov:power=20mW,on=5s,off=2000s,low=2mW,seed=3", "daynight:peak=20mW,period=220d"}) {
        Series first{.period_s = 0, .count = 1};
        const ImageFile file = tiny_image();
        Session session(file);
        RunOptions options;
        options.idle_cycles_max = 400;
        const auto made = parse_supply(supply + capacitor);
        const SeriesResult row = run_series(session, input_of(file), *made, options, first);
        if (row.ended() == 1) continue;
        EXPECT_NE(row.stuck.find("were waited; more power may come later"), std::string::npos) << row.stuck;
    }
}

/// A recording of 12,000 steps of 100 ms lasts as long as one of 1,200 s.
TEST(Series, HowManyAreDueIsNoQuestionOfRounding) {
    double sum_s = 0;
    for (int i = 0; i < 12'000; ++i) sum_s += 0.1;
    EXPECT_NE(sum_s, 1200);
    const Series series{.period_s = 30, .count = 1'000'000, .until_s = sum_s};
    EXPECT_EQ(series.due_count(), 40U);
}

/// An inference that takes too long need not end before it is known that too many are missed.
TEST(Series, IsGivenUpInTheMiddleOfAnInference) {
    const std::string many_cycles = "power:2mW,capacitance=60uF";
    const double alone_s = run(many_cycles, {.period_s = 0, .count = 1}).worst_s();
    Series series{.period_s = alone_s / 50, .deadline_s = alone_s / 50, .count = 55, .missed_max = 10};
    const SeriesResult given_up = run(many_cycles, series);
    EXPECT_TRUE(given_up.gave_up);
    EXPECT_EQ(given_up.ended(), 0U);
    EXPECT_LT(given_up.duration_s, alone_s / 2);
    // With as many as one inference leaves out it goes on.
    series.missed_max = 54;
    EXPECT_GE(run(many_cycles, series).ended(), 1U);
}

TEST(Series, NoneLastsLongerThanARunMay) {
    EXPECT_NO_THROW(check_length({.period_s = 86400.0, .count = 180}));
    EXPECT_THROW(check_length({.period_s = 86400.0, .count = 181}), InputError);
    EXPECT_THROW(check_length({.period_s = 1e300, .count = 2}), InputError);
}

/// Those that cannot be in time need not be waited for; what ends in time all the same counts.
TEST(Series, IsGivenUpWhenTooManyAreHopeless) {
    Series series{.period_s = 2, .deadline_s = 2, .count = 6, .missed_max = 2, .hopeless = {0, 0, 1, 1, 1, 1}};
    const SeriesResult given_up = run("power:2mW", series);
    EXPECT_TRUE(given_up.gave_up);
    EXPECT_EQ(given_up.due, 1U);
    series.hopeless = {0, 0, 0, 0, 1, 1};
    const SeriesResult whole = run("power:2mW", series);
    EXPECT_FALSE(whole.gave_up);
    EXPECT_EQ(whole.in_time(), 6U);
}

}  // namespace
}  // namespace dynbal::sim
