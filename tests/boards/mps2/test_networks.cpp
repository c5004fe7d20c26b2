// Whole inferences on the emulated Cortex-M4: the host's bits, in as many instructions as promised.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>

#include "mps2.hpp"
#include "programs.hpp"

namespace dynbal::test {
namespace {

class NetworksOnM4 : public BoardTest {};

using MakeJob = std::function<Job432(PolicyKind)>;

/// From reset to the answer on a formatted NVM: boot, input, inference, reading and telling the answer.
uint64_t instructions_of(const Job432& job) {
    Mps2 machine(program_with(job));
    std::copy(job.formatted.begin(), job.formatted.end(), machine.nvm().begin());
    machine.count_instructions();
    const PowerCycle cycle = machine.run();
    EXPECT_TRUE(cycle.ended) << cycle.fault << cycle.text;
    EXPECT_EQ(cycle.text, "dynbal qemu-mps2-an386\n" + answer_line(1, job.output));
    return cycle.instructions;
}

/// With the largest tiles, and with those that `best` begins with as long as it does not know its supply.
void expect_same_bits(const MakeJob& make, double instructions_per_mac_max) {
    for (const PolicyKind policy : {PolicyKind::fixed, PolicyKind::best}) {
        const Job432 job = make(policy);
        if (job.name.empty()) GTEST_SKIP() << "the shared data are absent; set DYNBAL_SHARED";
        const uint64_t instructions = instructions_of(job);
        const double per_mac = static_cast<double>(instructions) / static_cast<double>(job.nominal_macs);
        std::cout << job.name << (policy == PolicyKind::fixed ? ", fixed: " : ", best: ") << instructions
                  << " instructions, " << per_mac << " a MAC (of " << job.nominal_macs << " MACs)\n";
        EXPECT_LE(per_mac, instructions_per_mac_max);
    }
}

MakeJob shared(const char* name, const char* samples, float scale) {
    return [=](PolicyKind policy) { return shared_job(name, samples, scale, 1, policy); };
}

MakeJob ours(const char* name) {
    return [=](PolicyKind policy) { return zoo_job(name, 1, policy); };
}

TEST_F(NetworksOnM4, FashionMnist) {
    expect_same_bits([](PolicyKind policy) { return fashion_job(1, policy); }, 4.5);
}
TEST_F(NetworksOnM4, Har) { expect_same_bits(ours("har"), 4.5); }
TEST_F(NetworksOnM4, Ecg) { expect_same_bits(ours("ecg"), 4.5); }

TEST_F(NetworksOnM4, PublishedHar) { expect_same_bits(shared("HAR-CNN", "uci_har/x_test_standardised.npy", 1), 4.5); }
TEST_F(NetworksOnM4, PublishedKws) {
    expect_same_bits(shared("KWS-DNN_S", "speech_commands_v2_test/x_mfcc_25x10.npy", 1), 2.6);
}
TEST_F(NetworksOnM4, PublishedSqueezeNet) {
    expect_same_bits(shared("squeezenet_cifar10", "cifar10/x_test.npy", 1.0F / 255), 2.6);
}
TEST_F(NetworksOnM4, PublishedCifar10Cnn) {
    expect_same_bits(shared("cifar10-cnn", "cifar10/x_test.npy", 1.0F / 255), 4.5);
}

}  // namespace
}  // namespace dynbal::test
