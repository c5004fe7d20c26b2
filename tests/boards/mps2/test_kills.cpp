// QEMU, killed with SIGKILL at random moments: the NVM file must bring every inference to its right end.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "firmware/firmware.hpp"
#include "firmware/kill_test.hpp"
#include "io/file.hpp"
#include "programs.hpp"

namespace dynbal::test {
namespace {

namespace fs = std::filesystem;

class KillsOfQemu : public BoardTest {
protected:
    void SetUp() override {
        BoardTest::SetUp();
        folder_ = fs::temp_directory_path() / ("dynbal-kills-" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override {
        std::error_code error;
        fs::remove_all(folder_, error);
    }

    void expect_right(const Job432& job, uint32_t kills, const NvmClass& nvm_class = {}) {
        const std::string elf = (folder_ / (job.name + ".elf")).string();
        io::write_file(elf, program_with(job).file());
        const firmware::Emulator emulator(elf, (folder_ / (job.name + ".nvm")).string(), nvm_class);
        firmware::KillOptions options;
        options.kills = kills;
        const firmware::KillResult result = run_kill_test(emulator, firmware::output_text(job.output), options);
        std::cout << job.name << ": " << result.kills << " kills, " << result.killed_midway << " inside an inference, "
                  << result.inferences << " inferences, " << result.wrong << " wrong\n";
        EXPECT_EQ(result.wrong, 0U) << result.first_failure;
        EXPECT_EQ(result.kills, kills);
        EXPECT_GT(result.inferences, 0U);
        EXPECT_GT(result.killed_midway, 0U);
    }

    fs::path folder_;
};

/// A tenth of a second each, and more.
uint32_t kills() { return std::getenv("DYNBAL_LONG") != nullptr ? 250 : 60; }

TEST_F(KillsOfQemu, OurNetwork) { expect_right(fashion_job(0), kills()); }
TEST_F(KillsOfQemu, Har) {
    const Job432 job = zoo_job("har", 0);
    expect_right(job, kills());
}
TEST_F(KillsOfQemu, HarInLines) {
    const Job432 job = zoo_job("har", 0);
    expect_right(job, kills() / 2, {16, Torn::becomes_new});
}

}  // namespace
}  // namespace dynbal::test
