//! What an observer is told of a run.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/session.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {
namespace {

/// Keeps all it is told, and checks the order of it.
class Recorder final : public Observer {
public:
    void power_on(double time_s) override {
        EXPECT_FALSE(on_);
        on_ = true;
        ++power_ons_;
        expect_now(time_s);
    }
    void power_off(double time_s) override {
        EXPECT_TRUE(on_);
        on_ = false;
        ++power_offs_;
        expect_now(time_s);
    }
    void span(const Span& span) override {
        EXPECT_NEAR(span.begin_s, end_s_, 1e-9) << "contiguous, without overlap";
        EXPECT_GT(span.duration_s, 0);
        EXPECT_EQ(on_, span.kind != SpanKind::charging);
        const bool merged = spans_.empty() || spans_.back().kind != span.kind || spans_.back().stage != span.stage ||
                            events_since_span_ != 0 || span.kind == SpanKind::boot;
        EXPECT_TRUE(merged) << "one kind of work is one span";
        events_since_span_ = 0;
        end_s_ = span.begin_s + span.duration_s;
        spans_.push_back(span);
    }
    void event(double time_s, const Event& event) override {
        expect_now(time_s);
        ++events_since_span_;
        if (event.kind == EventKind::inference_end) ++inference_ends_;
    }

    bool on_ = false;
    double end_s_ = 0;
    uint64_t power_ons_ = 0, power_offs_ = 0, inference_ends_ = 0, events_since_span_ = 0;
    std::vector<Span> spans_;

private:
    void expect_now(double time_s) const { EXPECT_NEAR(time_s, end_s_, 1e-9); }
};

class ObserverTest : public ::testing::Test {
protected:
    RunResult run(const std::string& supply_text, Observer* observer) {
        Session session(file_);
        RunOptions options;
        options.observer = observer;
        const auto supply = parse_supply(supply_text);
        return session.run_inference(tiny_input(file_), *supply, options);
    }
    const ImageFile file_ = tiny_image();
};

TEST_F(ObserverTest, SpansAddUpToLatencyAndEnergy) {
    for (const char* supply : {"none", "budget:20000", "random:3,200,900", "power:1mW", "power:250uW"}) {
        Recorder recorder;
        const RunResult result = run(supply, &recorder);
        ASSERT_TRUE(result.completed()) << supply << ": " << result.message;
        double time_s = 0, energy_j = 0, charging_s = 0;
        std::set<SpanKind> kinds;
        for (const Span& span : recorder.spans_) {
            time_s += span.duration_s;
            energy_j += span.energy_j;
            if (span.kind == SpanKind::charging) charging_s += span.duration_s;
            EXPECT_EQ(span.energy_j == 0, span.kind == SpanKind::charging);
            kinds.insert(span.kind);
        }
        EXPECT_NEAR(time_s, result.latency_s, 1e-9 * result.latency_s) << supply;
        EXPECT_NEAR(energy_j, result.energy_j, 1e-9 * result.energy_j) << supply;
        EXPECT_NEAR(charging_s, result.charging_s, 1e-9 * result.latency_s) << supply;
        EXPECT_EQ(recorder.power_ons_, result.power_cycles) << supply;
        EXPECT_EQ(recorder.power_offs_, result.power_cycles - 1) << supply;
        EXPECT_EQ(recorder.inference_ends_, 1U) << supply;
        for (const SpanKind kind : {SpanKind::boot, SpanKind::weights, SpanKind::inputs, SpanKind::outputs,
                                    SpanKind::recovery, SpanKind::control, SpanKind::compute}) {
            EXPECT_TRUE(kinds.contains(kind)) << supply << " " << static_cast<int>(kind);
        }
    }
}

TEST_F(ObserverTest, ShowsTheCapacitorRiseAndFall) {
    Recorder recorder;
    ASSERT_TRUE(run("power:1mW", &recorder).completed());
    const Capacitor& capacitor = default_profile().capacitor;
    double before_v = capacitor.off_v;
    for (const Span& span : recorder.spans_) {
        EXPECT_NEAR(span.voltage_begin_v, before_v, 1e-6);
        EXPECT_LE(span.voltage_end_v, capacitor.on_v + 1e-6);
        EXPECT_GE(span.voltage_end_v, capacitor.off_v - 1e-6);
        EXPECT_EQ(span.voltage_end_v > span.voltage_begin_v, span.kind == SpanKind::charging);
        before_v = span.voltage_end_v;
    }
}

TEST_F(ObserverTest, ChangesNothing) {
    for (const char* supply : {"budget:20000", "power:1mW"}) {
        Recorder recorder;
        const RunResult watched = run(supply, &recorder);
        const RunResult alone = run(supply, nullptr);
        EXPECT_EQ(watched.traffic, alone.traffic);
        EXPECT_EQ(watched.power_cycles, alone.power_cycles);
        EXPECT_EQ(watched.latency_s, alone.latency_s);
        EXPECT_EQ(watched.energy_j, alone.energy_j);
        EXPECT_EQ(watched.output, alone.output);
    }
}

}  // namespace
}  // namespace dynbal::sim
