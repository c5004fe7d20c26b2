// The Cortex-M4 kernels, or CMSIS-DSP's if the programs were built with them: the same bits as the portable ones, in as
// many instructions as promised.
#include <gtest/gtest.h>

#include <iostream>

#include "base/error.hpp"
#include "mps2.hpp"
#include "programs.hpp"

namespace dynbal::test {
namespace {

constexpr const char* mac_rows_int16 = "_ZN6dynbal6kernel8mac_rowsEPKsS2_mmmPl";
constexpr const char* mac_rows_int8 = "_ZN6dynbal6kernel8mac_rowsEPKsPKammmPl";

/// Instructions of the check program's first call: 1x144 by 144x16.
double instructions_per_mac(const char* function) {
    const firmware::ElfProgram program(kernel_check_path());
    Mps2 machine(program);
    machine.count_instructions(program.symbol(function));
    const PowerCycle cycle = machine.run();
    EXPECT_TRUE(cycle.ended) << cycle.fault;
    if (machine.call_instructions().empty()) throw std::runtime_error(std::string(function) + " was not called");
    return static_cast<double>(machine.call_instructions().front()) / (144.0 * 16.0);
}

bool has_cmsis() {
    try {
        firmware::ElfProgram(kernel_check_path()).symbol("arm_dot_prod_q15");
        return true;
    } catch (const InputError&) {
        return false;
    }
}

class KernelsOfM4 : public BoardTest {};

TEST_F(KernelsOfM4, SameBitsAsPortable) {
    Mps2 machine{firmware::ElfProgram(kernel_check_path())};
    const PowerCycle cycle = machine.run();
    ASSERT_TRUE(cycle.ended) << cycle.fault;
    EXPECT_EQ(cycle.text, "mismatches 0\n");
    EXPECT_EQ(cycle.exit_code, 0U);
}

TEST_F(KernelsOfM4, InstructionsPerMac) {
    const double int16 = instructions_per_mac(mac_rows_int16);
    const double int8 = instructions_per_mac(mac_rows_int8);
    std::cout << "1x144 by 144x16, instructions a MAC: int16 weights " << (has_cmsis() ? "(CMSIS-DSP) " : "") << int16
              << ", int8 weights " << int8
              << " (published on the same product: SMLAD in four rows 1.60, arm_fully_connected_s8 2.28, "
                 "arm_fully_connected_s16 2.82)\n";
    EXPECT_LE(int16, has_cmsis() ? 3.0 : 1.70);
    EXPECT_LE(int8, 2.0);
}

}  // namespace
}  // namespace dynbal::test
