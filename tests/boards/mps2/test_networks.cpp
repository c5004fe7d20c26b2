// Whole inferences on the emulated Cortex-M4: the host's bits, in as many instructions as promised.
#include <gtest/gtest.h>

#include <iostream>

#include "mps2.hpp"
#include "programs.hpp"

namespace dynbal::test {
namespace {

class NetworksOnM4 : public BoardTest {};

/// From reset to the answer on a formatted NVM: boot, input, inference, reading and telling the answer.
void expect_same_bits(const Job432& job, double instructions_per_mac_max) {
    if (job.name.empty()) GTEST_SKIP() << "the shared data are absent; set DYNBAL_SHARED";
    Mps2 machine(program_with(job));
    std::copy(job.formatted.begin(), job.formatted.end(), machine.nvm().begin());
    machine.count_instructions();
    const PowerCycle cycle = machine.run();
    ASSERT_TRUE(cycle.ended) << cycle.fault << cycle.text;
    EXPECT_EQ(cycle.text, "dynbal qemu-mps2-an386\n" + answer_line(1, job.output));
    const double per_mac = static_cast<double>(cycle.instructions) / static_cast<double>(job.nominal_macs);
    std::cout << job.name << ": " << cycle.instructions << " instructions, " << per_mac << " a MAC (of "
              << job.nominal_macs << " MACs)\n";
    EXPECT_LE(per_mac, instructions_per_mac_max);
}

TEST_F(NetworksOnM4, Ours) { expect_same_bits(fashion_job(), 4.5); }
TEST_F(NetworksOnM4, Har) { expect_same_bits(har_job(), 4.5); }
TEST_F(NetworksOnM4, Kws) {
    expect_same_bits(shared_job("KWS-DNN_S", "speech_commands_v2_test/x_mfcc_25x10.npy", 1), 2.6);
}
TEST_F(NetworksOnM4, SqueezeNet) {
    expect_same_bits(shared_job("squeezenet_cifar10", "cifar10/x_test.npy", 1.0F / 255), 2.6);
}
TEST_F(NetworksOnM4, Cifar10Cnn) { expect_same_bits(shared_job("cifar10-cnn", "cifar10/x_test.npy", 1.0F / 255), 4.5); }

}  // namespace
}  // namespace dynbal::test
