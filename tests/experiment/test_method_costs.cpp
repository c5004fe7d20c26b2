#include "experiment/method_costs.hpp"

#include <gtest/gtest.h>

#include "plugin/methods.hpp"

namespace dynbal::experiment {
namespace {

Grid paper_like() {
    Grid grid;
    grid.models.resize(2);
    grid.models[0].name = "compiled";
    grid.models[0].image = "a.dynbal";
    grid.models[1].name = "net";
    grid.models[1].onnx = "net.onnx";
    grid.devices = {"a", "b"};
    grid.policies = {Strategy::fixed, Strategy::best};
    grid.supplies = {"power:1mW", "power:2mW", "power:3mW"};
    return grid;
}

Row method_row(const std::string& model, const std::string& supply, uint64_t bytes, bool ends = true) {
    Row made;
    made.model = model;
    made.supply = supply;
    made.repetitions = 2;
    made.completed = ends ? 2 : 0;
    made.power_cycles = 6;
    made.read_bytes = bytes;
    made.energy_j = 0.5;
    return made;
}

TEST(MethodCosts, EachNetworkIsCompiledForEachMethod) {
    const Grid grid = method_grid(paper_like());
    ASSERT_EQ(grid.models.size(), size_t{method_count});  // an image is what it is
    for (size_t i = 0; i < grid.models.size(); ++i) {
        EXPECT_EQ(grid.models[i].preservation, methods[i].name);
        EXPECT_EQ(grid.models[i].onnx, "net.onnx");
    }
    EXPECT_EQ(grid.devices, (std::vector<std::string>{"a"}));
    EXPECT_EQ(grid.supplies, (std::vector<std::string>{"none", "power:1mW", "power:2mW"}));
    EXPECT_EQ(grid.policies, (std::vector<Strategy>{Strategy::best}));
}

TEST(MethodCosts, StandSideBySideForEachInference) {
    const Grid grid = method_grid(paper_like());
    const auto costs =
        method_costs(grid, {method_row("net, stateful", "none", 200), method_row("net, stateful", "power:1mW", 400),
                            method_row("net, none", "none", 100), method_row("net, none", "power:1mW", 0, false)});
    ASSERT_EQ(costs.size(), 4U);
    EXPECT_EQ(costs[0].supply, "none");
    EXPECT_EQ(costs[0].method, "stateful");
    EXPECT_EQ(costs[0].model, "net");
    EXPECT_DOUBLE_EQ(costs[0].read_bytes, 100);
    EXPECT_DOUBLE_EQ(costs[0].power_cycles, 3);
    EXPECT_EQ(costs[1].supply, "none");
    EXPECT_EQ(costs[1].method, "none");
    EXPECT_EQ(costs[2].supply, "power:1mW");
    EXPECT_FALSE(costs[3].ended);
    EXPECT_NE(markdown_of(costs).find("| net | power:1mW | none | never ends |"), std::string::npos);
    EXPECT_EQ(json_of(costs)[3]["ended"], false);
}

}  // namespace
}  // namespace dynbal::experiment
