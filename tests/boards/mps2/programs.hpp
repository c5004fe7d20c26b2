//! What the tests of the emulated board run: programs that ./dev boards built, with models in them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "firmware/elf_program.hpp"
#include "jobs.hpp"

namespace dynbal::test {

/// Empty if the boards have not been built.
std::string kernel_check_path();
/// The emulated board's program with this job in it.
firmware::ElfProgram program_with(const Job432& job);

class BoardTest : public testing::Test {
protected:
    void SetUp() override {
        if (kernel_check_path().empty())
            GTEST_SKIP() << "the boards' programs are absent; build them with ./dev boards";
    }
};

}  // namespace dynbal::test
