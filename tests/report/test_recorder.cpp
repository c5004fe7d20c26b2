// What is recorded of a run: exact where it must be, bounded where it may be long.
#include "report/recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "made_up_run.hpp"

namespace dynbal::report {
namespace {

using sim::SpanKind;

Recorder recorded(const MadeUpRun& run) {
    Recorder recorder(2);
    run.tell(recorder);
    recorder.finish();
    return recorder;
}

double time_of(const Recorder& recorder, size_t stage, SpanKind kind) {
    double time_s = 0;
    for (const ConfigUsage& one : recorder.usage()[stage]) time_s += one.usage.time_s[static_cast<size_t>(kind)];
    return time_s;
}

TEST(Recorder, SumsAreThoseOfAllSpans) {
    MadeUpRun run;
    run.shrunk_in = 3;
    const Recorder recorder = recorded(run);
    double time_s = 0, energy_j = 0;
    for (const auto& stage : recorder.usage()) {
        for (const ConfigUsage& one : stage) {
            time_s += std::accumulate(one.usage.time_s.begin(), one.usage.time_s.end(), 0.0);
            energy_j += std::accumulate(one.usage.energy_j.begin(), one.usage.energy_j.end(), 0.0);
        }
    }
    EXPECT_NEAR(time_s, run.end_s(), 1e-9);
    EXPECT_NEAR(energy_j, 10 * run.on_s() * 2, 1e-9);
    EXPECT_NEAR(recorder.end_s(), run.end_s(), 1e-9);
    // The second stage begins in the middle of the sixth cycle: after boot and recovery, which count for the first.
    EXPECT_NEAR(time_of(recorder, 0, SpanKind::boot), 6 * run.step_s, 1e-9);
    EXPECT_NEAR(time_of(recorder, 0, SpanKind::compute), 5 * run.step_s, 1e-9);
    EXPECT_NEAR(time_of(recorder, 1, SpanKind::compute), 5 * run.step_s, 1e-9);
}

TEST(Recorder, KeepsEachConfigurationApart) {
    MadeUpRun run;
    run.shrunk_in = 3;
    const Recorder recorder = recorded(run);
    const std::vector<ConfigUsage>& first = recorder.usage()[0];
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].config, MadeUpRun::first_config());
    EXPECT_EQ(first[1].config, MadeUpRun::other_config());
    EXPECT_NEAR(first[0].usage.time_s[static_cast<size_t>(SpanKind::compute)], 3 * run.step_s, 1e-9);
    EXPECT_NEAR(first[1].usage.time_s[static_cast<size_t>(SpanKind::compute)], 2 * run.step_s, 1e-9);
    ASSERT_EQ(recorder.choices().size(), 3U);
    EXPECT_EQ(recorder.choices()[0].reason, TileReason::chosen);
    EXPECT_EQ(recorder.choices()[1].reason, TileReason::shrunk);
    EXPECT_EQ(recorder.choices()[1].stage, 0U);
    EXPECT_EQ(recorder.choices()[2].reason, TileReason::chosen);
    EXPECT_EQ(recorder.choices()[2].stage, 1U);
}

TEST(Recorder, StagesFollowEachOther) {
    const MadeUpRun run;
    const Recorder recorder = recorded(run);
    ASSERT_EQ(recorder.stages().size(), 2U);
    EXPECT_EQ(recorder.stages()[0].end_s, recorder.stages()[1].begin_s);
    EXPECT_EQ(recorder.stages()[1].stage, 1U);
    EXPECT_NEAR(recorder.stages()[1].end_s, run.end_s(), 1e-9);
}

TEST(Recorder, PowerCyclesAreExactToTheMicrosecond) {
    MadeUpRun run;
    run.charging_s = 0.1000003;
    const Recorder recorder = recorded(run);
    const std::vector<int64_t>& power = recorder.power_us();
    ASSERT_EQ(power.size(), 20U);
    EXPECT_EQ(recorder.cycles_per_entry(), 1U);
    int64_t now_us = 0;
    for (size_t i = 0; i < power.size(); ++i) {
        now_us += power[i];
        const double cycles = static_cast<double>(i / 2);
        const double expected_s =
            cycles * (run.charging_s + run.on_s()) + run.charging_s + (i % 2 == 0 ? 0 : run.on_s());
        EXPECT_NEAR(static_cast<double>(now_us), expected_s * 1e6, 1.0) << i;  // no error piles up
    }
}

TEST(Recorder, AVeryLongRunStaysSmall) {
    MadeUpRun run;
    run.cycles = 100'000;
    run.second_stage_from = 50'000;
    const Recorder recorder = recorded(run);
    EXPECT_LE(recorder.power_us().size(), 2 * Recorder::cycles_max);
    EXPECT_EQ(recorder.cycles_per_entry(), 8U);
    const int64_t all_us = std::accumulate(recorder.power_us().begin(), recorder.power_us().end(), int64_t{0});
    EXPECT_NEAR(static_cast<double>(all_us), run.end_s() * 1e6, 1.0);
    EXPECT_LE(recorder.voltage().size(), 24'001U);
    EXPECT_LE(recorder.activity().buckets().size(), 2048U);
    EXPECT_GT(recorder.activity().buckets().size(), 1000U);
    EXPECT_LE(recorder.magnified().size(), 2U);
}

TEST(Recorder, TheVoltageHasEveryEdge) {
    const MadeUpRun run;
    const std::vector<Point> points = recorded(run).voltage();
    for (int cycle = 0; cycle < run.cycles; ++cycle) {
        const double on_s = cycle * (run.charging_s + run.on_s()) + run.charging_s;
        const auto has = [&](double time_s, double volts) {
            return std::any_of(points.begin(), points.end(), [&](const Point& point) {
                return std::abs(point.time_s - time_s) < 1e-9 && std::abs(point.value - volts) < 1e-6;
            });
        };
        EXPECT_TRUE(has(on_s, 3.0)) << cycle;
        EXPECT_TRUE(has(on_s + run.on_s(), 1.8)) << cycle;
    }
    // A capacitor that is filled with constant power rises along a root.
    const auto quarter = std::min_element(points.begin(), points.end(), [&](const Point& a, const Point& b) {
        return std::abs(a.time_s - run.charging_s / 4) < std::abs(b.time_s - run.charging_s / 4);
    });
    EXPECT_NEAR(quarter->value, 3.0 * std::sqrt(quarter->time_s / run.charging_s), 0.02);
}

TEST(Recorder, WithoutCapacitorThereIsNoVoltage) {
    Recorder recorder(1);
    recorder.power_on(0);
    recorder.span({SpanKind::compute, 0, 0, 1, 1, 0, 0});
    recorder.finish();
    EXPECT_TRUE(recorder.voltage().empty());
    EXPECT_EQ(recorder.power_us(), (std::vector<int64_t>{0, 1'000'000}));
}

TEST(Recorder, MagnifiesACycleInsideOfEachStage) {
    const MadeUpRun run;
    const std::vector<MagnifiedCycle> cycles = recorded(run).magnified();
    ASSERT_EQ(cycles.size(), 2U);
    EXPECT_EQ(cycles[0].stage, 0U);
    EXPECT_EQ(cycles[0].cycle, 3U);  // the first began before its stage, so this is the third
    EXPECT_EQ(cycles[1].stage, 1U);
    EXPECT_EQ(cycles[1].cycle, 8U);
    for (const MagnifiedCycle& cycle : cycles) {
        ASSERT_EQ(cycle.spans.size(), 6U);
        EXPECT_EQ(cycle.spans.front().kind, SpanKind::boot);
        EXPECT_NEAR(cycle.duration_s, run.on_s(), 1e-9);
        EXPECT_NEAR(cycle.spans.front().begin_s, cycle.begin_s, 1e-9);
    }
}

TEST(Magnifier, ACycleOfManySpansIsCoarsenedButKeepsItsTimeAndEnergy) {
    Magnifier magnifier(50);
    double now_s = 0;
    for (int cycle = 0; cycle < 2; ++cycle) {
        magnifier.power_on(now_s);
        for (int i = 0; i < 1000; ++i) {
            const SpanKind kind = i < 400 ? SpanKind::weights : (i % 3 == 0 ? SpanKind::outputs : SpanKind::compute);
            magnifier.span({kind, 0, now_s, 0.001, 0.5, 0, 0});
            now_s += 0.001;
        }
        magnifier.power_off(now_s);
    }
    const std::vector<MagnifiedCycle> cycles = magnifier.cycles();
    ASSERT_EQ(cycles.size(), 1U);
    EXPECT_LE(cycles[0].spans.size(), 50U);
    double time_s = 0, energy_j = 0;
    for (const sim::Span& span : cycles[0].spans) {
        time_s += span.duration_s;
        energy_j += span.energy_j;
    }
    EXPECT_NEAR(time_s, 1.0, 1e-9);
    EXPECT_NEAR(energy_j, 500.0, 1e-6);
    EXPECT_EQ(cycles[0].spans.front().kind, SpanKind::weights);
    EXPECT_NEAR(cycles[0].spans.front().duration_s, 0.4, 1e-9);
}

TEST(ActivityBuckets, TimeIsNeitherLostNorMoved) {
    ActivityBuckets activity(64, 1e-3);
    double now_s = 0;
    for (int i = 0; i < 10'000; ++i) {
        const SpanKind kind = now_s < 50 ? SpanKind::compute : SpanKind::charging;
        activity.add({kind, 0, now_s, 0.01, 0, 0, 0});
        now_s += 0.01;
    }
    EXPECT_LE(activity.buckets().size(), 64U);
    double computing_s = 0, charging_s = 0;
    for (size_t i = 0; i < activity.buckets().size(); ++i) {
        const auto& bucket = activity.buckets()[i];
        computing_s += bucket[static_cast<size_t>(SpanKind::compute)];
        charging_s += bucket[static_cast<size_t>(SpanKind::charging)];
        if (static_cast<double>(i + 1) * activity.bucket_s() < 50) {
            EXPECT_EQ(bucket[static_cast<size_t>(SpanKind::charging)], 0) << i;
        }
    }
    EXPECT_NEAR(computing_s, 50, 0.02);
    EXPECT_NEAR(computing_s + charging_s, 100, 1e-6);
}

}  // namespace
}  // namespace dynbal::report
