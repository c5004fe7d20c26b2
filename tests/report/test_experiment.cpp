// A report of real runs of a tiny network: sums that must agree with what the simulator says.
#include "report/experiment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/html.hpp"
#include "report/page_document.hpp"
#include "tiny_model.hpp"

namespace dynbal::report {
namespace {

double sum(const Amounts& amounts) { return std::accumulate(amounts.begin(), amounts.end(), 0.0); }
double of(const Amounts& amounts, Category category) { return amounts[static_cast<size_t>(category)]; }

class ExperimentTest : public ::testing::Test {
protected:
    Experiment experiment(const std::string& supply) const {
        Experiment experiment;
        experiment.file = &file_;
        experiment.profile = &sim::default_profile();
        experiment.supply = supply;
        experiment.policies = {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best};
        experiment.input = input_;
        experiment.sweep = false;
        return experiment;
    }
    const ImageFile file_ = sim::tiny_image();
    const std::vector<int16_t> input_ = sim::tiny_input(file_);
};

TEST_F(ExperimentTest, TheBreakdownAddsUpToLatencyAndEnergy) {
    for (const char* supply : {"none", "budget:20000", "power:1mW", "power:250uW"}) {
        for (const PolicyRun& run : run_experiment(experiment(supply), nullptr).runs) {
            ASSERT_TRUE(run.result.completed()) << supply;
            const Breakdown total = total_of(run.stages);
            EXPECT_NEAR(sum(total.time_s), run.result.latency_s, 1e-9 * run.result.latency_s) << supply;
            EXPECT_NEAR(sum(total.energy_j), run.result.energy_j, 1e-9 * run.result.energy_j) << supply;
            EXPECT_NEAR(of(total.time_s, Category::charging), run.result.charging_s, 1e-9 * run.result.latency_s);
            EXPECT_NEAR(run.recorder.end_s(), run.result.latency_s, 1e-9 * run.result.latency_s);
            EXPECT_EQ(run.recorder.power_us().size(), 2 * run.result.power_cycles);
        }
    }
}

TEST_F(ExperimentTest, WithoutPowerFailuresThereIsNoRefetch) {
    for (const PolicyRun& run : run_experiment(experiment("none"), nullptr).runs) {
        for (const Breakdown& stage : run.stages) {
            EXPECT_NEAR(of(stage.time_s, Category::refetch), 0, 1e-12);
            EXPECT_NEAR(of(stage.energy_j, Category::refetch), 0, 1e-12);
        }
        EXPECT_GT(of(total_of(run.stages).time_s, Category::reuse), 0);
    }
}

TEST_F(ExperimentTest, PowerFailuresCauseRefetchAndLeaveReuseAlone) {
    const Results steady = run_experiment(experiment("none"), nullptr);
    const Results failing = run_experiment(experiment("budget:20000"), nullptr);
    const PolicyRun& fixed = failing.runs[0];
    ASSERT_GT(fixed.result.power_cycles, 2U);
    EXPECT_GT(of(total_of(fixed.stages).energy_j, Category::refetch), 0);
    for (size_t stage = 0; stage < fixed.stages.size(); ++stage) {
        if (fixed.recorder.usage()[stage].size() != 1) continue;  // its tiles were changed
        EXPECT_NEAR(of(fixed.stages[stage].energy_j, Category::reuse),
                    of(steady.runs[0].stages[stage].energy_j, Category::reuse), 1e-12)
            << stage;
    }
}

TEST_F(ExperimentTest, TheSweepIsCentredOnTheSupplyAndDoesNotDependOnThreads) {
    Experiment one = experiment("power:2mW,capacitance=470uF,leakage=1uA");
    one.sweep = true;
    one.jobs = 1;
    Experiment many = one;
    many.jobs = 4;
    const Results a = run_experiment(one, nullptr);
    const Results b = run_experiment(many, nullptr);
    ASSERT_TRUE(a.powers && b.powers);
    EXPECT_EQ(a.powers->own, 2e-3);
    EXPECT_EQ(a.powers->latency_s, b.powers->latency_s);
    const auto own = std::find(a.powers->values.begin(), a.powers->values.end(), 2e-3);
    ASSERT_NE(own, a.powers->values.end());
    const auto index = static_cast<size_t>(own - a.powers->values.begin());
    for (size_t policy = 0; policy < 3; ++policy) {
        EXPECT_EQ(a.powers->latency_s[policy][index], a.runs[policy].result.latency_s);
    }
}

TEST_F(ExperimentTest, CapacitorsAreThoseThatAreSoldAndTheSupplys) {
    Experiment one = experiment("power:2mW,capacitance=330uF");
    one.sweep = true;
    const Results results = run_experiment(one, nullptr);
    ASSERT_TRUE(results.capacitors);
    const Sweep& sweep = *results.capacitors;
    const auto own = std::find(sweep.values.begin(), sweep.values.end(), 330e-6);
    ASSERT_NE(own, sweep.values.end());
    EXPECT_TRUE(std::is_sorted(sweep.values.begin(), sweep.values.end()));
    EXPECT_LT(sweep.values.front(), 100e-6);
    EXPECT_GT(sweep.values.back(), 2e-3);
    for (size_t policy = 0; policy < 3; ++policy) {
        EXPECT_EQ(sweep.latency_s[policy][static_cast<size_t>(own - sweep.values.begin())],
                  results.runs[policy].result.latency_s);
    }
    one.supply = "budget:20000";
    EXPECT_FALSE(run_experiment(one, nullptr).capacitors);
}

TEST(HarvestedPower, IsReadFromTheSupply) {
    EXPECT_DOUBLE_EQ(harvested_power_w("power:4mW").value(), 4e-3);
    EXPECT_DOUBLE_EQ(harvested_power_w("power:0.5W").value(), 0.5);
    EXPECT_DOUBLE_EQ(harvested_power_w("power:250uW").value(), 250e-6);
    EXPECT_FALSE(harvested_power_w("budget:4000"));
    EXPECT_DOUBLE_EQ(harvested_power_w("power:4mW,capacitance=1mF").value(), 4e-3);
    EXPECT_FALSE(harvested_power_w("trace:power:4mW"));
}

TEST_F(ExperimentTest, AStuckRunIsReportedAsSuch) {
    const Experiment weak = experiment("budget:300");
    const Results results = run_experiment(weak, nullptr);
    EXPECT_EQ(results.answered(), nullptr);
    const nlohmann::ordered_json document = document_of({}, weak, results);
    EXPECT_TRUE(document.at("answer").is_null());
    EXPECT_EQ(document.at("runs").at(0).at("completed"), false);
    EXPECT_NE(document.at("runs").at(0).at("message").get<std::string>().find("progress"), std::string::npos);
}

TEST_F(ExperimentTest, TheCapacitorIsThatOfTheRunNotOfTheProfile) {
    const auto supply_of = [&](const char* text) {
        Experiment one = experiment(text);
        one.policies = {PolicyKind::best};
        return document_of({}, one, run_experiment(one, nullptr)).at("supply");
    };
    for (const char* before : {"", "once:9+"}) {
        const std::string text = std::string(before) + "power:1mW,capacitance=47uF,on_voltage=3.2V,off_voltage=2V";
        const nlohmann::ordered_json supply = supply_of(text.c_str());
        EXPECT_EQ(supply.at("capacitor_uf"), 47) << text;
        EXPECT_EQ(supply.at("on_v"), 3.2) << text;
        EXPECT_EQ(supply.at("off_v"), 2) << text;
    }
    for (const char* key : {"capacitor_uf", "on_v", "off_v"}) {
        EXPECT_TRUE(supply_of("budget:20000").at(key).is_null()) << key;
    }
}

TEST_F(ExperimentTest, TheDocumentHoldsWhatItsDescriptionSays) {
    const Experiment harvested = experiment("power:1mW");
    const Results results = run_experiment(harvested, nullptr);
    const nlohmann::ordered_json document = document_of({"p", "c", "i", "", "sha", ""}, harvested, results);
    EXPECT_EQ(document.at("schema"), "dynbal-report/1");
    EXPECT_EQ(document.at("stages").size(), 8U);
    EXPECT_EQ(document.at("categories").size(), category_count);
    EXPECT_TRUE(document.at("trace_file").is_null());
    EXPECT_GT(document.at("supply").at("on_v").get<double>(), document.at("supply").at("off_v").get<double>());
    EXPECT_EQ(document.at("supply").at("capacitor_uf"), sim::default_profile().capacitor.capacitance_f * 1e6);
    EXPECT_EQ(document.at("answer").at("same"), true);
    for (size_t index = 0; index < 3; ++index) {
        const auto& run = document.at("runs").at(index);
        EXPECT_EQ(run.at("time_s").size(), 8U);
        EXPECT_EQ(run.at("time_s").at(0).size(), category_count);
        const auto& timeline = run.at("timeline");
        EXPECT_EQ(timeline.at("power_us").size(), 2 * results.runs[index].result.power_cycles);
        EXPECT_EQ(timeline.at("voltage").at("step_us").size(), timeline.at("voltage").at("millivolts").size());
        int64_t voltage_us = 0, power_us = 0;
        for (const auto& step : timeline.at("voltage").at("step_us")) voltage_us += step.get<int64_t>();
        for (const auto& step : timeline.at("power_us")) power_us += step.get<int64_t>();
        EXPECT_EQ(voltage_us, power_us);
    }
    const nlohmann::ordered_json summary = summary_of(document);
    EXPECT_FALSE(summary.at("runs").at(0).contains("timeline"));
    EXPECT_TRUE(summary.at("runs").at(0).contains("time_s"));
}

TEST(Html, TheDocumentCannotEndItsElement) {
    const std::string html = insert_document("<a>/*DOCUMENT*/</a>", {{"name", "</script><script>alert(1)</script>"}});
    EXPECT_EQ(html.find('<', 1), html.size() - 4);
    const std::string json = html.substr(3, html.size() - 7);
    EXPECT_EQ(nlohmann::json::parse(json).at("name"), "</script><script>alert(1)</script>");
    EXPECT_THROW(insert_document("no mark", {}), std::logic_error);
}

}  // namespace
}  // namespace dynbal::report
