// Power fails at SPI bytes, inside the installation of the model, inside inferences, and inside recoveries.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "campaign.hpp"

namespace dynbal::test {
namespace {

class PowerCuts432 : public testing::Test {
protected:
    void SetUp() override {
        if (!has_board()) GTEST_SKIP() << "the board's program is absent; build it with ./dev boards";
    }
    /// Long form: more points.
    static bool is_long() { return std::getenv("DYNBAL_LONG") != nullptr; }
};

void expect_clean(const Job432& job, const CampaignResult& result, const char* what) {
    std::cout << job.name << ", " << what << ": " << result.points << " points, " << result.power_cycles
              << " power cycles, " << result.wrong << " wrong, " << result.stuck << " stuck\n";
    EXPECT_EQ(result.wrong, 0U) << result.first_fault;
    EXPECT_EQ(result.stuck, 0U) << result.first_fault;
}

TEST_F(PowerCuts432, EveryByteOfAnInference) {
    const Job432 job = micro_job();
    Campaign campaign(job);
    campaign.begin_with(job.formatted);
    expect_clean(job, campaign.cut_each(1, 1), "every SPI byte of an inference");
}

TEST_F(PowerCuts432, Installation) {
    const Job432 job = micro_job();
    Campaign campaign(job);
    expect_clean(job, campaign.cut_each(1, is_long() ? 1 : 19), "installation, formatting and inference");
}

/// From a FRAM as it was delivered: a power cycle is far too short for installing, formatting or loading at once.
TEST_F(PowerCuts432, InstallationInShortCycles) {
    const Job432 job = micro_job();
    Campaign campaign(job);
    expect_clean(job, campaign.cut_regularly(1500, 200), "installation with power for 1,500 SPI bytes each time");
}

TEST_F(PowerCuts432, RepeatedCuts) {
    const Job432 job = micro_job();
    Campaign campaign(job);
    campaign.begin_with(job.formatted);
    expect_clean(job, campaign.cut_often(is_long() ? 20000 : 1000, 8, 1), "8 cuts each");
}

/// The FRAM comes from a board that was in the middle of an inference of another model: nothing of it may count.
TEST_F(PowerCuts432, AnotherModelIsReplaced) {
    const Job432 job = micro_job();
    const Job432 other = other_micro_job();
    ASSERT_NE(job.output, other.output);
    Machine before(flash_with(other.payload));
    before.fram().memory() = other.formatted;
    const uint64_t bytes = before.run_cycle().spi_bytes;
    before.fram().memory() = other.formatted;
    ASSERT_EQ(before.run_cycle(bytes * 9 / 10).end, CycleEnd::power_failed);

    Campaign campaign(job);
    campaign.begin_with(before.fram().memory());
    expect_clean(job, campaign.cut_each(3, is_long() ? 1 : 101), "FRAM with another model");
}

TEST_F(PowerCuts432, EveryKindOfStage) {
    const Job432 job = tiny_job();
    Campaign campaign(job);
    campaign.begin_with(job.formatted);
    expect_clean(job, campaign.cut_each(5, is_long() ? 1 : 41), "inference");
}

TEST_F(PowerCuts432, OurNetwork) {
    const Job432 job = fashion_job();
    Campaign campaign(job);
    campaign.begin_with(job.formatted);
    expect_clean(job, campaign.cut_each(7, is_long() ? 31 : 1499), "inference");
    expect_clean(job, campaign.cut_regularly(6000, 200), "power for 6,000 SPI bytes each time");
}

TEST_F(PowerCuts432, Har) {
    const Job432 job = zoo_job("har");
    Campaign campaign(job);
    campaign.begin_with(job.formatted);
    expect_clean(job, campaign.cut_each(11, is_long() ? 13 : 997), "inference");
    expect_clean(job, campaign.cut_regularly(6000, 200), "power for 6,000 SPI bytes each time");
}

}  // namespace
}  // namespace dynbal::test
