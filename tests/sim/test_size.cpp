//! What size finds, held against trying everything.
#include "sim/size.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iostream>

#include "series_runs.hpp"
#include "sim/advice.hpp"
#include "sim/size_chances.hpp"
#include "sim/size_limits.hpp"

namespace dynbal::sim {
namespace {

/// The least on a grid of steps of 2 %. What is found may be smaller by as much: a grid steps over islands that are narrower. Larger
/// capacitors charge too long here, so from the largest down nothing would be shown.
TEST(Size, EqualsABruteForceGrid) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    constexpr double step = 1.02;
    double farthest = 1;
    for (const std::string supply : {"power:2mW", "power:1mW,max_voltage=3.6V", "walk:high=5mW,seed=3"}) {
        SizeTask task = task_with(file, input, supply);
        const double worst_s = run(supply, {.period_s = 0, .count = 4}).worst_s();
        task.series = {.period_s = 1.2 * worst_s, .deadline_s = 1.2 * worst_s, .count = 4};
        for (const SizeOf what : {SizeOf::capacitance, SizeOf::power}) {
            const SizeRange range = what == SizeOf::power ? SizeRange{0.1, 10} : SizeRange{1e-5, 1e-2};
            double least = range.low;
            while (least < range.high && !meets_task(task, what, least)) least *= step;
            ASSERT_LT(least, range.high) << supply;
            const auto found = smallest_size(task, what, range);
            ASSERT_TRUE(found) << supply;
            EXPECT_TRUE(try_size(task, what, *found).met);
            EXPECT_LE(*found, least * step) << supply;
            EXPECT_GE(*found, least / step) << supply;
            farthest = std::max({farthest, *found / least, least / *found});
        }
    }
    std::cout << "size is within a factor of " << farthest << " of the least on a grid\n";
}

TEST(Size, TheStrongestPowerOfEachWindowIsFound) {
    const std::vector<power::Piece> pieces{{2, 4, 9}, {1, 0, 9}, {1, 1, 9}, {3, 2, 9}};
    const power::Converter converter{.efficiency = 0.5};
    EXPECT_EQ(strongest_w(pieces, converter, 2.5, 1, 4), (std::vector<double>{2, 0.5, 1, 0}));
    EXPECT_EQ(strongest_w(pieces, converter, 1, 0.5, 6), (std::vector<double>{2, 2, 2, 0.5, 1, 1})) << "ends count";
    EXPECT_EQ(strongest_w(pieces, converter, 2, 7, 2), (std::vector<double>{2, 2}));
}

/// What is said to have no chance has none, though a trial that runs to its end is what tells; and much of the dark is said to have
/// none, else trials are given up no sooner.
TEST(Size, WhatIsHopelessDoesNotEndInTime) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    uint64_t hopeless_count = 0, due_count = 0;
    for (const std::string supply :
         {"daynight:peak=4mW,period=300s", "daynight:peak=4mW,period=300s,clouds=0.6,seed=3",
          "walk:high=3mW,every=3s,seed=5", "markov:power=6mW,on=3s,off=5s,seed=2", "power:1mW,esr=30Ohm"}) {
        for (const double farads : {20e-6, 100e-6, 1e-3, 20e-3}) {
            SizeTask task = task_with(file, input, supply);
            task.plan.chain.capacitor.capacitance_f = farads;
            task.series = {.period_s = 0.6, .deadline_s = 0.6, .count = 600};
            const std::vector<uint8_t> hopeless = hopeless_inferences(task, task.plan);
            if (hopeless.empty()) continue;
            ASSERT_EQ(hopeless.size(), 600U);
            due_count += hopeless.size();
            const auto none = static_cast<uint64_t>(std::count(hopeless.begin(), hopeless.end(), 1));
            hopeless_count += none;
            // More in time than have a chance would show that one without a chance was.
            const SizeTrial whole = try_size(task, SizeOf::capacitance, farads);
            const bool ends = whole.result.stuck.empty();
            EXPECT_LE(whole.result.in_time() + none, 600U) << supply << " " << farads;
            for (const double share : {0.1, 0.3, 0.5, 0.8}) {
                task.share = share;
                EXPECT_EQ(meets_task(task, SizeOf::capacitance, farads),
                          ends && whole.result.share_met() >= share - 1e-9)
                    << supply << " " << farads << " " << share;
            }
        }
    }
    EXPECT_GT(hopeless_count, due_count / 10) << "nothing was shown";
}

TEST(Size, TheWeakestWindowIsFoundAtTheEndOfAPiece) {
    const std::vector<power::Piece> pieces{{2, 4, 9}, {1, 0, 9}, {1, 1, 9}, {3, 2, 9}};
    const power::Converter converter{.efficiency = 0.5};
    EXPECT_DOUBLE_EQ(weakest_j(pieces, converter, 0.5), 0);
    EXPECT_DOUBLE_EQ(weakest_j(pieces, converter, 2), 0.5);
    EXPECT_DOUBLE_EQ(weakest_j(pieces, converter, 3), 0.5 * (1 + 2));
    EXPECT_DOUBLE_EQ(weakest_j(pieces, converter, 100), 0.5 * (8 + 0 + 1 + 6)) << "all there is";
    EXPECT_DOUBLE_EQ(weakest_j({{10, 3, 9}}, {.efficiency = 1, .least_w = 4}, 2), 0) << "the converter does not work";
}

TEST(Size, TheLargestShortageIsFound) {
    const power::Converter converter{.efficiency = 0.5};
    const Shortage found = largest_shortage({{2, 4, 9}, {3, 0, 9}, {1, 4, 9}, {4, 0, 9}, {5, 9, 9}}, converter, 1);
    EXPECT_DOUBLE_EQ(found.begin_s, 2);
    EXPECT_DOUBLE_EQ(found.end_s, 10);
    EXPECT_DOUBLE_EQ(found.came_j, 2);
    EXPECT_DOUBLE_EQ(found.missing_j, 3 - 1 + 4);
    EXPECT_DOUBLE_EQ(largest_shortage({{2, 4, 9}}, converter, 1).missing_j, 0);
}

/// A larger one charges too long: then a smaller one between is advised, or none.
TEST(Size, ACapacitorThatIsSoldAndMissesIsNotAdvised) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:1mW");
    task.series = {.period_s = 0, .deadline_s = run("power:1mW,capacitance=1mF", {.count = 1}).worst_s(), .count = 1};
    ASSERT_TRUE(try_size(task, SizeOf::capacitance, 1e-3).met);
    ASSERT_FALSE(try_size(task, SizeOf::capacitance, 1.5e-3).met);
    const auto smaller = sold_capacitor(task, 1.2e-3, 0.9e-3);
    ASSERT_TRUE(smaller);
    EXPECT_DOUBLE_EQ(smaller->value, 1e-3);
    EXPECT_FALSE(sold_capacitor(task, 1.2e-3, 1.1e-3));
}

/// The best of those that miss is told as one that misses.
TEST(Size, TheBestThatMissesIsNotSaidToMeet) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:1mW");
    task.series = {.period_s = 1e-3, .deadline_s = 1e-3, .count = 4};
    const SizeTrial best = best_capacitor(task);
    EXPECT_LT(best.result.in_time(), 4U);
    EXPECT_FALSE(best.met);
    EXPECT_GT(best.result.ended(), 0U);
}

/// What is met from the charge at the beginning alone is not met: the supply must bring what inferences take.
TEST(Size, WhatDrainsTheCapacitorIsNotMet) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:1uW,start_voltage=2.99V,capacitance=100mF");
    task.series = {.period_s = 1, .deadline_s = 1, .count = 4};
    task.inference = cost_of_inference(task);
    const SizeTrial weak = try_size(task, SizeOf::capacitance, 0.1);
    EXPECT_EQ(weak.result.missed(), 0U);
    EXPECT_TRUE(weak.drains);
    EXPECT_FALSE(weak.met);
    EXPECT_FALSE(least_capacitor(task).farads);
    const double passed = task.plan.chain.converter.efficiency;
    const double enough_w = (needed_w(task, *task.inference) + lost_w(task, *task.inference)) / passed;
    EXPECT_FALSE(try_size(task, SizeOf::power, 0.98 * enough_w / 1e-6).met);
    EXPECT_TRUE(try_size(task, SizeOf::power, 1.02 * enough_w / 1e-6).met);
    task.plan = *plan_harvest("markov:power=1uW,on=1s,off=1s,start_voltage=2.99V,capacitance=100mF", task.profile);
    EXPECT_TRUE(try_size(task, SizeOf::capacitance, 0.1).drains);
}

/// All from there on do, and the one before does not; nothing is said where the least is no island.
TEST(Size, ALuckyLeastIsFollowedByASureOne) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    size_t lucky = 0;
    for (const int period_ms : {150, 200, 300, 500, 700, 1000, 1500, 2000}) {
        SizeTask task = task_with(file, input, "power:2mW,capacitance=50uF");
        const double period_s = period_ms * 1e-3;
        task.series = {.period_s = period_s, .deadline_s = period_s, .count = 4};
        const auto least = smallest_size(task, SizeOf::power, range_of(task, SizeOf::power));
        if (!least) continue;
        const double from = sure_size(task, SizeOf::power, *least).value_or(*least);
        const double step = std::pow(1.5, 1.0 / 20);
        for (double value = *least; value < 1.49 * *least; value *= step) {
            if (value < from * (1 - 1e-9)) continue;
            EXPECT_TRUE(try_size(task, SizeOf::power, value).met) << value;
        }
        if (from <= *least) continue;
        ++lucky;
        EXPECT_FALSE(try_size(task, SizeOf::power, from / step).met) << from;
    }
    EXPECT_GT(lucky, 0U) << "nothing was shown";
}

/// Between it and the largest one no number has room for twenty steps: they were counted until memory was full.
TEST(Size, ALeastVoltageMayLieJustBelowTheLargest) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:2mW,max_voltage=2.99V");
    task.series = {.period_s = 2, .deadline_s = 2, .count = 4};
    ASSERT_TRUE(try_size(task, SizeOf::on_voltage, 2.99).met);
    EXPECT_FALSE(sure_size(task, SizeOf::on_voltage, std::nextafter(2.99, 0)));
}

TEST(Size, TheSeriesResistanceIsFoundToBeInTheWay) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:2mW,esr=1000Ohm");
    task.series = {.period_s = 2, .deadline_s = 2, .count = 4};
    const LeastCapacitor least = least_capacitor(task);
    ASSERT_FALSE(least.farads);
    const SizeLimits limits = limits_of(task, *least.best);
    ASSERT_TRUE(limits.without_esr_f);
    task.plan.chain.capacitor.esr_ohm = 0;
    EXPECT_TRUE(try_size(task, SizeOf::capacitance, *limits.without_esr_f).met);
}

/// Where inferences are due after it has ended: what is advised was tried.
TEST(Size, OfAHarvestThatEndsALongerPeriodIsAdvisedIfItIsMet) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:2mW");
    task.series = {.period_s = 0.4, .deadline_s = 0.4, .count = 3};
    const auto pieces = std::vector<power::Piece>{{1, 2e-3}};
    task.plan.harvester = [pieces] { return std::make_unique<power::TraceHarvester>(pieces, false, 0); };
    task.plan.mean_over_s = 0;
    const SizeTrial best = best_capacitor(task);
    EXPECT_FALSE(best.met);
    task.plan.ends_s = 1;
    const auto met = limits_of(task, best).met;
    ASSERT_TRUE(met);
    EXPECT_GT(met->series.each_s(), task.series.each_s());
    SizeTask longer = task;
    longer.series = met->series;
    EXPECT_TRUE(try_size(longer, SizeOf::capacitance, met->farads).met) << "with the capacitor that is named";
    // Of one that brings less than they take no period is met, and none is advised.
    const auto little = std::vector<power::Piece>{{0.2, 2e-3}};
    task.plan.harvester = [little] { return std::make_unique<power::TraceHarvester>(little, false, 0); };
    task.plan.ends_s = 0.2;
    const SizeTrial best_of_little = best_capacitor(task);
    EXPECT_FALSE(best_of_little.met);
    EXPECT_FALSE(limits_of(task, best_of_little).met);
}

/// A share of what one after the other brings until a trace is over: nobody knows before how many are due.
TEST(Size, AShareOfInferencesOneAfterTheOtherIsAShareOfThoseThatBegan) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:2mW");
    task.share = 0.9;
    task.series = {.period_s = 0, .deadline_s = 1e-6, .count = 1'000'000, .until_s = 5};
    EXPECT_FALSE(try_size(task, SizeOf::power, 1).met) << "not one is in time";
}

TEST(Size, WhatIsAdvisedOfACapacitorIsSoldAndHasRoom) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    SizeTask task = task_with(file, input, "power:1mW,capacitance=1uF");
    task.series = {.period_s = 0, .count = 1};
    const double least_f = *smallest_size(task, SizeOf::capacitance, {1e-6, 1});
    const auto found = sold_capacitor(task, least_f * sensible_margin, least_f);
    ASSERT_TRUE(found);
    const SizeTrial sensible = *found;
    EXPECT_TRUE(sensible.met);
    EXPECT_GE(sensible.value, least_f * sensible_margin);
    EXPECT_DOUBLE_EQ(sensible.value, standard_value(sensible.value));
    EXPECT_NE(advice_for(task).find("sensible is capacitance="), std::string::npos);
}

TEST(Size, ValuesThatAreSold) {
    EXPECT_NEAR(standard_value(1e-3), 1e-3, 1e-12);
    EXPECT_NEAR(standard_value(1.01e-3), 1.5e-3, 1e-12);
    EXPECT_NEAR(standard_value(470e-6), 470e-6, 1e-12);
    EXPECT_NEAR(standard_value(7e-5), 100e-6, 1e-12);
}

TEST(Advice, NamesTheSeriesResistanceWhereItIsInTheWay) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    const std::string with = advice_for(task_with(file, input, "power:2mW,esr=1000Ohm"));
    EXPECT_NE(with.find("The series resistance is in the way (esr=1000Ohm): "), std::string::npos) << with;
    const std::string harmless = advice_for(task_with(file, input, "power:1mW,capacitance=1uF,esr=0.1Ohm"));
    EXPECT_EQ(harmless.find("series resistance"), std::string::npos) << harmless;
    const std::string without = advice_for(task_with(file, input, "power:1nW,leakage=1mA"));
    EXPECT_EQ(without.find("series resistance"), std::string::npos) << without;
}

/// They run side by side, and who waits for a run is not told of them.
TEST(Advice, ItsTrialsTellNobodyThatTheyWait) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    std::atomic<int> told = 0;
    for (const char* farads : {"8uF", "14uF", "20uF", "26uF"}) {
        SizeTask task = task_with(file, input, std::string("daynight:peak=20mW,period=50s,capacitance=") + farads);
        task.options.on_waiting = [&](double) { ++told; };
        (void)advice_for(task);
    }
    EXPECT_EQ(told, 0);
}

TEST(Advice, IsInFaradsVoltsAndJoulesAndHolds) {
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    const SizeTask task = task_with(file, input, "power:1mW,capacitance=1uF,max_voltage=3.6V");
    const std::string advice = advice_for(task);
    EXPECT_NE(advice.find("1 uF between "), std::string::npos) << advice;
    EXPECT_NE(advice.find(" for the boot"), std::string::npos) << advice;
    const size_t at = advice.find("capacitance=");
    ASSERT_NE(at, std::string::npos) << advice;
    const std::string words = advice.substr(at, advice.find(' ', at) - at);
    EXPECT_EQ(run("power:1mW,max_voltage=3.6V," + words, {.period_s = 0, .count = 3}).stuck, "") << words;
}

/// What is printed has three digits and is typed in: it must do, too.
TEST(Size, WhatCanBeWrittenMeetsTheTask) {
    EXPECT_DOUBLE_EQ(rounded_up_to(101.364e-6, 3), 102e-6);
    EXPECT_DOUBLE_EQ(rounded_up_to(102e-6, 3), 102e-6);
    const ImageFile file = tiny_image();
    const std::vector<int16_t> input = input_of(file);
    for (const char* supply : {"power:1mW", "power:2mW", "daynight:peak=6mW,period=120s"}) {
        const SizeTask task = task_with(file, input, supply);
        for (const SizeOf what : {SizeOf::capacitance, SizeOf::power, SizeOf::on_voltage}) {
            const std::optional<double> least = smallest_size(task, what, range_of(task, what));
            if (!least) continue;
            const SizeTrial written = writable_size(task, what, *least, 3);
            EXPECT_TRUE(written.met) << supply;
            EXPECT_GE(written.value, *least * (1 - 1e-9)) << supply;
            EXPECT_NEAR(written.value, rounded_up_to(written.value, 3), written.value * 1e-6) << supply;
        }
    }
}

}  // namespace
}  // namespace dynbal::sim
