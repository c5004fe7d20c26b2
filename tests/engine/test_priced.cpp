//! Priced traffic equals counted traffic, exactly, and the answer does not depend on the tiles.
#include <gtest/gtest.h>

#include <iostream>

#include "compiler/tile_configs.hpp"
#include "graphs.hpp"
#include "real_networks.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

constexpr size_t configs_per_stage = 200;
uint64_t stages_checked = 0, configs_checked = 0;

/// Under each method; the answer is the same under all of them.
void check_stage(const ImageFile& file, uint32_t index, size_t count) {
    StageRig rig(file, index, 77 + index);
    const uint32_t arena = rig.header.arena_bytes;
    const std::vector<TileConfig> all = compiler::sampled_configs(rig.shape(), arena);
    ASSERT_FALSE(all.empty());
    std::vector<TileConfig> configs = sampled(all, count, 5 + index);
    for (const Candidate& row : file.candidates(rig.stage)) configs.push_back(row.config);
    std::vector<int16_t> answer;
    for (const TileConfig& config : configs) {
        rig.header.method = static_cast<uint8_t>((rig.header.method + 1) % method_count);
        const LoopShape shape = rig.shape();
        const StageRun run = rig.run(config);
        const Traffic priced = stage_traffic(shape, config, arena);
        ASSERT_EQ(run.traffic, priced) << "counted " << text_of(run.traffic) << "\npriced  " << text_of(priced)
                                       << "\nmethod " << methods[rig.header.method].name << ", config "
                                       << text_of(config) << "\nstage " << index << ": " << text_of(shape);
        if (answer.empty()) answer = run.output;
        ASSERT_EQ(run.output, answer) << text_of(config) << "\n" << text_of(shape);
        ++configs_checked;
    }
    ++stages_checked;
}

void check_network(const ImageFile& file, size_t count) {
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        SCOPED_TRACE("stage " + file.host.stage_names[index]);
        check_stage(file, index, count);
        if (testing::Test::HasFatalFailure()) return;
    }
}

class PricedReal : public testing::TestWithParam<RealNetwork> {};

TEST_P(PricedReal, EqualsCounted) {
    if (!std::filesystem::exists(GetParam().path)) {
        GTEST_SKIP() << GetParam().path << " is not there; DYNBAL_SHARED names its folder";
    }
    const ImageFile file = compile_graph(load_graph(GetParam()), GetParam().weight_bytes, 56 * 1024);
    check_network(file, configs_per_stage / thoroughness_divisor);
    std::cout << stages_checked << " stages, " << configs_checked << " configurations\n";
}

INSTANTIATE_TEST_SUITE_P(Networks, PricedReal, testing::ValuesIn(real_networks()),
                         [](const auto& network) { return network.param.name; });

TEST(PricedSmall, EqualsCountedForEveryFeature) {
    for (const NamedGraph& named : feature_graphs()) {
        SCOPED_TRACE(named.name);
        const ImageFile file = compile_graph(named.graph, named.weight_bytes, named.sram_bytes);
        check_network(file, 3 * configs_per_stage / thoroughness_divisor);
    }
    std::cout << stages_checked << " stages, " << configs_checked << " configurations\n";
}

}  // namespace
}  // namespace dynbal::test
