#include "experiment/cycle_energy.hpp"

#include <gtest/gtest.h>

namespace dynbal::experiment {
namespace {

Row row(const std::string& supply, const std::string& policy, double cost, uint64_t shrinks = 0, bool ends = true) {
    Row made;
    made.model = std::string("m");
    made.device = std::string("d");
    made.supply = supply;
    made.policy = policy;
    made.repetitions = 1;
    made.completed = ends ? 1 : 0;
    made.shrinks = shrinks;
    made.cost_units = cost;
    made.energy_j = cost / 2;
    made.latency_s = cost / 4;
    return made;
}

TEST(CycleEnergy, GoesFromWeakToStrongInSmallSteps) {
    Grid paper;
    paper.devices = {"a", "b"};
    paper.policies = {Strategy::oracle};
    paper.supplies = {"power:1mW"};
    const Grid grid = cycle_energy_grid(paper);
    EXPECT_EQ(grid.devices, paper.devices);
    EXPECT_EQ(grid.policies, (std::vector<Strategy>{Strategy::fixed, Strategy::best}));
    EXPECT_EQ(grid.supplies.front(), "budget:20000");
    EXPECT_EQ(grid.supplies.back(), "budget:2000000");
    for (size_t i = 1; i < grid.supplies.size(); ++i) {
        const double step = std::stod(grid.supplies[i].substr(7)) / std::stod(grid.supplies[i - 1].substr(7));
        EXPECT_GT(step, 1.0);
        EXPECT_LT(step, 1.051);
    }
}

TEST(CycleEnergy, TellsWhereEachPolicyBeginsToEndAndWhatIsGained) {
    const std::vector<CycleEnergyLine> lines = cycle_energy_lines({
        row("budget:1", "fixed", 9, 0, false),
        row("budget:1", "best", 9, 0, false),  // nobody
        row("budget:2", "fixed", 9, 0, false),
        row("budget:2", "best", 5),  // best only
        row("budget:3", "fixed", 40, 1),
        row("budget:3", "best", 4),  // fixed with the net
        row("budget:4", "fixed", 12),
        row("budget:4", "best", 3),  // fixed alone
        row("budget:5", "fixed", 2),
        row("budget:5", "best", 3),
    });
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].least_best, "budget:2");
    EXPECT_EQ(lines[0].least_fixed, "budget:4");
    EXPECT_EQ(lines[0].largest_where_alone.supply, "budget:4");
    EXPECT_DOUBLE_EQ(lines[0].largest_where_alone.energy, 4);
    EXPECT_EQ(lines[0].largest_with_net.supply, "budget:3");
    EXPECT_DOUBLE_EQ(lines[0].largest_with_net.cost, 10);
    EXPECT_DOUBLE_EQ(lines[0].worst_best_to_fixed, 1.5);
    EXPECT_EQ(json_of(lines)[0]["largest_gain_where_fixed_alone_ends"]["latency"], 4.0);
}

TEST(CycleEnergy, WhatIsNowhereIsShownAsAbsent) {
    const auto lines = cycle_energy_lines({row("budget:1", "fixed", 9, 0, false), row("budget:1", "best", 5)});
    EXPECT_TRUE(json_of(lines)[0]["weakest_supply_fixed_alone"].is_null());
    EXPECT_TRUE(json_of(lines)[0]["largest_gain_with_net"].is_null());
    EXPECT_NE(markdown_of(lines).find("| m | d | budget:1 | - | - | - | - | - |"), std::string::npos)
        << markdown_of(lines);
}

}  // namespace
}  // namespace dynbal::experiment
