// The board's program, run to its answer: equal to the host's bit for bit, with the counts of what it took.
#include <gtest/gtest.h>

#include <iostream>

#include "device/profile.hpp"
#include "jobs.hpp"
#include "machine.hpp"

namespace dynbal::test {
namespace {

class Board432 : public testing::Test {
protected:
    void SetUp() override {
        if (!has_board()) GTEST_SKIP() << "the board's program is absent; build it with ./dev boards";
    }
};

void print_counts(const Job432& job, const char* what, const CycleResult& result) {
    std::cout << job.name << ", " << what << ": " << result.spi_bytes << " SPI bytes (" << result.dma_bytes
              << " by uDMA in " << result.dma_transfers << " transfers, " << result.spi_bytes - result.dma_bytes
              << " by the processor), FRAM " << result.fram_bytes_read << " read, " << result.fram_bytes_written
              << " written, " << result.instructions << " instructions\n";
}

constexpr double cycles_per_instruction = 1.6;  // the profile's assumption
constexpr double fast_hz = 48e6;
constexpr double spi_byte_s = 1e-6;

/// The device profile of this firmware tells the time that its instructions and its bytes on the wire take.
void expect_simulated_time(const Job432& job, const CycleResult& boot, const CycleResult& inference, double tolerance) {
    const auto instructions = static_cast<double>(inference.instructions - boot.instructions);
    const auto spi_bytes = static_cast<double>(inference.spi_bytes - boot.spi_bytes);
    const double emulated_s = instructions * cycles_per_instruction / fast_hz + spi_bytes * spi_byte_s;
    std::cout << job.name << ": " << emulated_s << " s without boot, simulated " << job.simulated_s << " s\n";
    EXPECT_NEAR(job.simulated_s / emulated_s, 1, tolerance);
}

/// First boot with installation, a boot that only tells the answer again, and an inference alone.
void answer_once(const Job432& job, double time_tolerance) {
    Machine machine(flash_with(job.payload));
    machine.count_instructions(true);
    const CycleResult first = machine.run_cycle();
    ASSERT_EQ(first.end, CycleEnd::parked) << first.reason << "\n" << first.text;
    EXPECT_EQ(first.text, "dynbal\ninstalled\n" + answer_line(1, job.output));
    EXPECT_TRUE(machine.fram().is_asleep());
    EXPECT_FALSE(machine.ports().red_led());
    EXPECT_EQ(machine.ports().green_changes(), 1U);
    print_counts(job, "installation, formatting and one inference", first);

    const CycleResult again = machine.run_cycle();
    ASSERT_EQ(again.end, CycleEnd::parked) << again.reason;
    EXPECT_EQ(again.text, "dynbal\n" + answer_line(1, job.output));
    print_counts(job, "boot alone", again);

    machine.fram().memory() = job.formatted;
    const CycleResult inference = machine.run_cycle();
    ASSERT_EQ(inference.end, CycleEnd::parked) << inference.reason;
    EXPECT_EQ(inference.text, "dynbal\n" + answer_line(1, job.output));
    print_counts(job, "boot, input and one inference", inference);
    const auto instructions = static_cast<double>(inference.instructions);
    std::cout << job.name << ": " << instructions / static_cast<double>(job.macs) << " instructions a MAC, "
              << instructions / static_cast<double>(job.nominal_macs) << " with those over padding counted\n";
    expect_simulated_time(job, again, inference, time_tolerance);
}

/// The profile's boot: what happens from power-up until the engine itself first looks at NVM.
TEST_F(Board432, BootTakesWhatItsProfileSays) {
    constexpr uint64_t identification = 10,
                       header = 4 + sizeof(ImageHeader);  // what is read: the chip, what is installed
    const Job432 job = micro_job();
    Machine machine(flash_with(job.payload));
    machine.count_instructions(true);
    ASSERT_EQ(machine.run_cycle().end, CycleEnd::parked);
    const CycleResult boot = machine.run_cycle(identification + header + 1);
    ASSERT_EQ(boot.end, CycleEnd::power_failed) << boot.reason;
    EXPECT_EQ(boot.text, "dynbal\n");

    const device::DeviceProfile profile = device::default_profile();
    constexpr double wait_s = 1.05e-3;
    const auto slow = static_cast<double>(boot.slow_instructions);
    const double slow_s = wait_s + slow * cycles_per_instruction / static_cast<double>(Conditions::reset_hz);
    const auto fast = static_cast<double>(boot.instructions - boot.slow_instructions);
    const double fast_s = fast * cycles_per_instruction / fast_hz + static_cast<double>(boot.spi_bytes) * spi_byte_s;
    std::cout << "boot: " << slow << " instructions and the wait at 3 MHz, " << slow_s << " s; " << fast << " and "
              << boot.spi_bytes << " SPI bytes at 48 MHz, " << fast_s << " s\n";
    EXPECT_NEAR(profile.boot_ms * 1e-3 / (slow_s + fast_s), 1, 0.05);
    constexpr double slow_mw = 3;  // the profile's assumption
    EXPECT_NEAR(profile.boot_uj * 1e-3 / (slow_s * slow_mw + fast_s * profile.run_mw), 1, 0.05);
}

// Made-up networks of few channels take longer for each MAC than those that the profile was made for.
TEST_F(Board432, TinyNetwork) { answer_once(tiny_job(), 0.6); }

TEST_F(Board432, MoreThan64Kilobytes) {
    const Job432 job = wide_job();
    EXPECT_GT(job.image.nvm_bytes, 0x10000U);
    answer_once(job, 0.35);
}

TEST_F(Board432, FashionMnist) { answer_once(fashion_job(), 0.15); }

TEST_F(Board432, Har) { answer_once(zoo_job("har"), 0.15); }

TEST_F(Board432, Ecg) { answer_once(zoo_job("ecg"), 0.15); }

/// The reference's networks; cifar10-cnn with int16 weights exceeds the flash.
class SharedNetworks : public Board432 {
protected:
    static void answer(const Job432& job) {
        if (job.name.empty()) GTEST_SKIP() << "the shared data are absent; set DYNBAL_SHARED";
        answer_once(job, 0.15);
    }
};

TEST_F(SharedNetworks, HarCnn) { answer(shared_job("HAR-CNN", "uci_har/x_test_standardised.npy", 1)); }

TEST_F(SharedNetworks, KwsDnn) { answer(shared_job("KWS-DNN_S", "speech_commands_v2_test/x_mfcc_25x10.npy", 1)); }

TEST_F(SharedNetworks, SqueezeNet) { answer(shared_job("squeezenet_cifar10", "cifar10/x_test.npy", 1.0F / 255.0F)); }

}  // namespace
}  // namespace dynbal::test
