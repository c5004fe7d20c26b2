// What the program does when something is wrong with the FRAM, its wires, the chip, or the payload: an error on the
// UART, the red LED, an end, and an FRAM that is as it was.
#include <gtest/gtest.h>

#include "jobs.hpp"
#include "machine.hpp"

namespace dynbal::test {
namespace {

class Faults432 : public testing::Test {
protected:
    void SetUp() override {
        if (!has_board()) GTEST_SKIP() << "the board's program is absent; build it with ./dev boards";
        job_ = micro_job();
    }

    /// Runs with a fault and expects exactly this error; then without, and expects the answer.
    void expect_error(Machine& machine, const std::string& error) {
        const CycleResult result = machine.run_cycle();
        EXPECT_EQ(result.end, CycleEnd::parked) << result.reason << "\n" << result.text;
        ASSERT_GE(result.text.size(), error.size());
        EXPECT_EQ(result.text.substr(result.text.size() - error.size()), error);
        EXPECT_TRUE(machine.ports().red_led());
    }
    void expect_answer(Machine& machine) {
        const CycleResult result = machine.run_cycle();
        EXPECT_EQ(result.end, CycleEnd::parked) << result.reason;
        EXPECT_NE(result.text.find(answer_line(1, job_.output)), std::string::npos) << result.text;
    }
    void expect_fram_error(FramFault fault, uint64_t first_byte, const std::string& error) {
        Machine machine(flash_with(job_.payload));
        machine.fram().memory() = job_.formatted;
        machine.fram().set_fault(fault, first_byte);
        expect_error(machine, error);
        machine.fram().set_fault(FramFault::none);
        expect_answer(machine);
    }

    Job432 job_;
};

TEST_F(Faults432, MissingChip) {
    expect_fram_error(
        FramFault::missing, 0,
        "error: no FRAM answers: check its supply and wiring; identification read: ff ff ff ff ff ff ff ff ff\n");
}

TEST_F(Faults432, LineStuckLow) {
    expect_fram_error(
        FramFault::line_low, 0,
        "error: no FRAM answers: check its supply and wiring; identification read: 00 00 00 00 00 00 00 00 00\n");
}

TEST_F(Faults432, LineStuckHigh) {
    expect_fram_error(
        FramFault::line_high, 0,
        "error: no FRAM answers: check its supply and wiring; identification read: ff ff ff ff ff ff ff ff ff\n");
}

TEST_F(Faults432, AnotherChip) {
    expect_fram_error(
        FramFault::other_chip, 0,
        "error: this is no CY15B104Q, or the bus is unreliable; identification read: 7f 7f 7f 7f 7f 7f c2 25 "
        "08\n");
}

TEST_F(Faults432, WriteLatchDoesNotSet) {
    expect_fram_error(FramFault::dead_latch, 0, "error: FRAM: the write latch does not set; status read: 40\n");
}

TEST_F(Faults432, BlocksAreProtected) {
    expect_fram_error(FramFault::protected_blocks, 0, "error: FRAM: blocks are write-protected; status read: 4e\n");
}

/// The wire comes loose at any moment of an inference. The answer may be lost with it, never be a wrong one, and what
/// is in the FRAM must still lead to the right one.
TEST_F(Faults432, LineComesLooseAtAnyByte) {
    Machine machine(flash_with(job_.payload));
    machine.fram().memory() = job_.formatted;
    const uint64_t bytes = machine.run_cycle().spi_bytes;
    for (const FramFault fault : {FramFault::line_low, FramFault::line_high}) {
        uint64_t errors = 0;
        for (uint64_t from = 1; from < bytes; from += 7) {
            machine.fram().memory() = job_.formatted;
            machine.fram().set_fault(fault, from);
            const CycleResult loose = machine.run_cycle();
            ASSERT_EQ(loose.end, CycleEnd::parked) << loose.reason << ", loose from byte " << from;
            errors += loose.text.find("error: ") != std::string::npos ? 1U : 0U;
            machine.fram().set_fault(FramFault::none);
            const CycleResult mended = machine.run_cycle();
            ASSERT_EQ(mended.end, CycleEnd::parked) << mended.reason << ", loose from byte " << from;
            ASSERT_NE(mended.text.find(answer_line(1, job_.output)), std::string::npos)
                << "loose from byte " << from << "\n"
                << loose.text << mended.text;
        }
        EXPECT_GT(errors, bytes / 7 * 8 / 10);
    }
}

TEST_F(Faults432, SpiNeverEndsAByte) {
    Machine machine(flash_with(job_.payload));
    machine.spi().set_frozen(true);
    expect_error(machine, "error: SPI: a byte does not end\n");
}

TEST_F(Faults432, ClockCannotBeRaised) {
    Machine machine(flash_with(job_.payload));
    machine.system().set_fault(SystemFault::voltage_refused);
    expect_error(machine, "error: the core voltage cannot be raised: check the supply\n");
    machine.system().set_fault(SystemFault::wait_states_refused);
    expect_error(machine, "error: the flash controller takes no wait state\n");
    machine.system().set_fault(SystemFault::clock_never_ready);
    expect_error(machine, "error: the clock does not become ready\n");
    machine.system().set_fault(SystemFault::none);
    expect_answer(machine);
}

TEST_F(Faults432, FaultOfTheProcessor) {
    Machine machine(flash_with(job_.payload));
    machine.raise_exception_at(500, 3);
    const CycleResult result = machine.run_cycle();
    EXPECT_EQ(result.end, CycleEnd::parked) << result.reason;
    EXPECT_NE(result.text.find("error: processor exception 3, CFSR 00000000, HFSR 00000000, at 0000"),
              std::string::npos)
        << result.text;
    EXPECT_TRUE(machine.ports().red_led());
}

TEST_F(Faults432, NoModelInFlash) {
    Machine machine(flash_with(std::vector<uint8_t>(64, 0xFF)));
    expect_error(machine, "error: no model in flash: make the firmware with `dynbal firmware`\n");
}

TEST_F(Faults432, DamagedModelInFlash) {
    std::vector<uint8_t> payload = job_.payload;
    payload[payload.size() / 2] ^= 1U;
    Machine machine(flash_with(payload));
    expect_error(machine, "error: the model in flash is damaged: flash the firmware again\n");
}

}  // namespace
}  // namespace dynbal::test
