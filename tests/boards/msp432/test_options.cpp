// Jumpers, reset without loss of power, several inferences: what a user can do with the board.
#include <gtest/gtest.h>

#include "jobs.hpp"
#include "machine.hpp"

namespace dynbal::test {
namespace {

class Options432 : public testing::Test {
protected:
    void SetUp() override {
        if (!has_board()) GTEST_SKIP() << "the board's program is absent; build it with ./dev boards";
        job_ = micro_job();
    }
    Job432 job_;
};

TEST_F(Options432, JumpersSetTheSpeedOfSpi) {
    Machine machine(flash_with(job_.payload));
    const struct {
        uint32_t jumpers;
        uint64_t hz;
    } cases[] = {{0x0, 8'000'000}, {0x4, 6'000'000}, {0x8, 12'000'000}, {0xC, 1'000'000}};
    for (const auto& [jumpers, hz] : cases) {
        machine.fram().memory() = job_.formatted;
        machine.ports().set_jumpers(jumpers);
        const CycleResult result = machine.run_cycle();
        EXPECT_EQ(result.end, CycleEnd::parked) << result.reason;
        EXPECT_EQ(result.text, "dynbal\n" + answer_line(1, job_.output));
        EXPECT_EQ(machine.spi().clock_hz(), hz);
    }
}

/// Policies cost differently and answer alike. The policy of the payload counts while both pins are open.
TEST_F(Options432, JumpersSetThePolicy) {
    const Job432 fixed = micro_job(1, PolicyKind::fixed);
    Machine by_payload(flash_with(fixed.payload));
    by_payload.fram().memory() = fixed.formatted;
    const CycleResult expected = by_payload.run_cycle();

    Machine machine(flash_with(job_.payload));
    for (uint32_t jumpers = 0; jumpers < 4; ++jumpers) {
        machine.fram().memory() = job_.formatted;
        machine.ports().set_jumpers(jumpers);
        const CycleResult result = machine.run_cycle();
        EXPECT_EQ(result.text, "dynbal\n" + answer_line(1, job_.output)) << result.reason;
        if (jumpers == 3) {
            EXPECT_EQ(result.spi_bytes, expected.spi_bytes);
        }
    }
}

TEST_F(Options432, ResetWakesASleepingFram) {
    Machine machine(flash_with(job_.payload));
    machine.run_cycle();
    ASSERT_TRUE(machine.fram().is_asleep());
    machine.keep_fram_powered();
    const CycleResult result = machine.run_cycle();
    EXPECT_EQ(result.end, CycleEnd::parked) << result.reason;
    EXPECT_EQ(result.text, "dynbal\n" + answer_line(1, job_.output));
}

TEST_F(Options432, SeveralInferences) {
    const Job432 job = micro_job(3);
    Machine machine(flash_with(job.payload));
    const CycleResult result = machine.run_cycle();
    EXPECT_EQ(result.end, CycleEnd::parked) << result.reason;
    EXPECT_EQ(result.text, "dynbal\ninstalled\n" + answer_line(1, job.output) + answer_line(2, job.output) +
                               answer_line(3, job.output));
    EXPECT_EQ(machine.ports().green_changes(), 3U);
}

}  // namespace
}  // namespace dynbal::test
