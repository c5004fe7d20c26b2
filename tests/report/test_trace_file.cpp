// The trace that Perfetto opens: valid JSON, complete tracks, bounded work.
#include "report/perfetto_trace.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "made_up_run.hpp"

namespace dynbal::report {
namespace {

nlohmann::json events_of(TraceFile& trace) {
    const nlohmann::json file = nlohmann::json::parse(trace.text());
    EXPECT_EQ(file.at("displayTimeUnit"), "ms");
    return file.at("traceEvents");
}

std::vector<nlohmann::json> slices(const nlohmann::json& events, int process, int track) {
    std::vector<nlohmann::json> result;
    for (const nlohmann::json& event : events) {
        if (event.at("ph") == "X" && event.at("pid") == process && event.at("tid") == track) result.push_back(event);
    }
    return result;
}

void record(TraceFile& trace, const MadeUpRun& run, const std::string& policy) {
    trace.begin_run(policy);
    run.tell(trace);
    trace.end_run();
}

TEST(TraceFile, ShowsPowerLayersAndWorkOfEachPolicy) {
    TraceFile trace({"conv \"1\"", "dense"});
    MadeUpRun run;
    run.shrunk_in = 3;
    record(trace, run, "fixed");
    record(trace, run, "best");
    const nlohmann::json events = events_of(trace);
    for (const int process : {1, 2}) {
        const auto power = slices(events, process, 1);
        ASSERT_EQ(power.size(), 10U);
        EXPECT_NEAR(power[0].at("ts").get<double>(), 0.5e6, 1e-3);
        EXPECT_NEAR(power[9].at("dur").get<double>(), run.on_s() * 1e6, 1e-2);
        const auto layers = slices(events, process, 2);
        ASSERT_EQ(layers.size(), 2U);
        EXPECT_EQ(layers[0].at("name"), "conv \"1\"");
        EXPECT_NEAR(layers[1].at("ts").get<double>() + layers[1].at("dur").get<double>(), run.end_s() * 1e6, 1e-2);
        EXPECT_EQ(slices(events, process, 3).size(), 70U);
    }
    int forced = 0, named = 0;
    for (const nlohmann::json& event : events) {
        if (event.at("ph") == "i" && event.at("name") == "tile forced") {
            ++forced;
            EXPECT_EQ(event.at("args").at("tile_out"), 2);
            EXPECT_EQ(event.at("args").at("order"), "sums_move");
        }
        if (event.at("name") == "process_name") ++named;
    }
    EXPECT_EQ(forced, 2);
    EXPECT_EQ(named, 2);
}

TEST(TraceFile, EventsOfATrackDoNotOverlap) {
    TraceFile trace({"a", "b"});
    record(trace, MadeUpRun{}, "best");
    const nlohmann::json events = events_of(trace);
    for (const int track : {1, 2, 3}) {
        double end_us = 0;
        for (const nlohmann::json& slice : slices(events, 1, track)) {
            EXPECT_GE(slice.at("ts").get<double>(), end_us - 2e-3);
            end_us = slice.at("ts").get<double>() + slice.at("dur").get<double>();
        }
    }
}

TEST(TraceFile, CountersEndWithTheWholeEnergy) {
    TraceFile trace({"a", "b"});
    const MadeUpRun run;
    record(trace, run, "best");
    double energy_mj = 0;
    int voltages = 0;
    for (const nlohmann::json& event : events_of(trace)) {
        if (event.at("ph") != "C") continue;
        if (event.at("name") == "energy") energy_mj = event.at("args").at("mJ").get<double>();
        if (event.at("name") == "voltage") ++voltages;
    }
    EXPECT_NEAR(energy_mj, 10 * run.on_s() * 2 * 1e3, 1e-3);
    EXPECT_EQ(voltages, 70);
}

TEST(TraceFile, WorkIsBoundedAndSaysSo) {
    TraceFile trace({"a", "b"}, 20);
    record(trace, MadeUpRun{}, "best");
    const nlohmann::json events = events_of(trace);
    const auto work = slices(events, 1, 3);
    ASSERT_EQ(work.size(), 21U);
    EXPECT_NE(work.back().at("name").get<std::string>().find("left out"), std::string::npos);
    EXPECT_EQ(slices(events, 1, 1).size(), 10U);
}

}  // namespace
}  // namespace dynbal::report
