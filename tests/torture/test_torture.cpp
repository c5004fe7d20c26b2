//! Random networks, devices and calls are all right; and what is wrong is found, replays and shrinks.
#include "torture/torture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"
#include "torture/graph_builder.hpp"
#include "torture/random_graph.hpp"

namespace dynbal::torture {
namespace {

TEST(Torture, AFewHundredRunsAreRight) {
    Options options;
    options.seed = 20261126;
    options.runs = 3200;
    const Result result = torture(options);
    EXPECT_EQ(result.failures, 0U) << (result.first ? result.first->reason + "\n" + text_of(result.first->scenario)
                                                    : "");
    EXPECT_LE(result.places.never().size(), 4U);
}

/// What torture has found, as it was found.
TEST(Torture, WhatItFoundStaysMended) {
    for (
        const char* text : {
            // The record that ends a stage was torn in each cycle, and the next boot paid for reading it.
            "graph=2118824152 stages=1 weights=16 sram=16384 shared=0 rows=0 preservation=none nvm=byte policy=fixed "
            "power=100% calls=fmsr",
            // An input of 400 values replaces another one: more cycles than are stuck, none of which a record tells of.
            "graph=555190387 stages=1 scale=4 weights=16 sram=16384 shared=0 rows=0 preservation=stateful nvm=byte "
            "policy=fixed power=100% calls=fml",
            // A cycle that ended early was believed for ever: the table was looked at in each cycle, and nothing was left.
            "graph=2569100304 stages=1 weights=16 sram=16384 shared=0 rows=0 nvm=byte policy=best power=100% "
            "calls=flsiiixr",
            // The states of the input were read at the engine's expense, although the host brought the input.
            "graph=4104374264 stages=3 weights=8 sram=16384 shared=0 rows=0 nvm=byte policy=fixed power=271% "
            "calls=flsrmsr",
            // Under hawaii what was given up was filled a job at a time, for which the least energy is not enough.
            "graph=2745855328 stages=3 weights=16 sram=16384 shared=0 rows=0 preservation=hawaii nvm=byte policy=fixed "
            "power=100% calls=flsar",
        }) {
        EXPECT_EQ(replay(parse_scenario(text)), "") << text;
    }
}

TEST(Torture, AScenarioIsItsText) {
    for (uint64_t run = 0; run < 200; ++run) {
        const Scenario scenario = draw_scenario(7, run);
        const std::string text = text_of(scenario);
        EXPECT_EQ(text_of(parse_scenario(text)), text);
    }
    EXPECT_EQ(text_of(draw_scenario(7, 3)), text_of(draw_scenario(7, 3)));
    EXPECT_NE(text_of(draw_scenario(7, 3)), text_of(draw_scenario(8, 3)));
}

TEST(Torture, TextsAreReadStrictly) {
    for (const char* text : {"graph", "graph=", "graph=x", "nvm=line3", "policy=none", "power=1/", "power=1/x",
                             "calls=fz", "shared=2", "cuts=1"}) {
        EXPECT_THROW(parse_scenario(text), InputError) << text;
    }
}

/// A smaller network is the beginning of a larger one.
TEST(Torture, FewerStagesAreTheFirstOnes) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
        const compiler::Graph large = random_graph(seed, 5);
        const compiler::Graph small = random_graph(seed, 3);
        ASSERT_LE(small.stages.size(), large.stages.size());
        for (size_t i = 0; i < small.stages.size(); ++i) {
            EXPECT_EQ(small.stages[i].name, large.stages[i].name);
            EXPECT_EQ(small.stages[i].weights, large.stages[i].weights);
        }
    }
}

TEST(Torture, AFailureBecomesAsSmallAsItCan) {
    Scenario scenario = draw_scenario(3, 5);
    scenario.cuts = {5, 900, 17, 3, 70};
    scenario.percent = 0;
    scenario.calls = "fxlsiirolsaro";
    scenario.stages = 6;
    scenario.nvm = {16, Torn::becomes_new, false};
    // As if only a cut of more than 800 bytes in an inference on lines made it fail.
    const auto fails = [](const Scenario& s) {
        const bool large_cut = std::any_of(s.cuts.begin(), s.cuts.end(), [](uint64_t cut) { return cut > 800; });
        return large_cut && s.nvm.line_bytes > 1 && s.calls.find('s') != std::string::npos;
    };
    const Scenario smallest = shrink(scenario, fails);
    EXPECT_TRUE(fails(smallest));
    EXPECT_EQ(smallest.cuts, std::vector<uint64_t>{900});
    EXPECT_EQ(smallest.calls, "s");
    EXPECT_EQ(smallest.stages, 1U);
    EXPECT_EQ(smallest.policy, PolicyKind::fixed);
}

}  // namespace
}  // namespace dynbal::torture
