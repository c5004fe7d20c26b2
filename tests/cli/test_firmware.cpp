// Commands that need the boards' programs (./dev boards); without these the tests are skipped.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli_fixture.hpp"
#include "firmware/emulator.hpp"
#include "firmware/firmware.hpp"
#include "io/file.hpp"
#include "platform/nvm_ledger.hpp"

namespace dynbal::cli {
namespace {

class FirmwareTest : public CliTest {
protected:
    void SetUp() override {
        const std::vector<std::string> boards = firmware::board_names();
        if (std::find(boards.begin(), boards.end(), firmware::emulated_board) == boards.end()) {
            GTEST_SKIP() << "the boards' programs are absent; build them with ./dev boards";
        }
    }
};

/// The image tells the name of a profile that was a file of the user's; emulating needs no profile.
TEST_F(FirmwareTest, EmulateRunsAnImageForADeviceOfOnesOwn) {
    ImageFile own = sim::tiny_image();
    own.host.device_name = "mine";
    write_image_file(path("own.dynbal"), own);
    const Called called = call({"emulate", path("own.dynbal"), "--input", x(), "--kills", "0"});
    EXPECT_EQ(called.code, exit_ok) << called.err;
    EXPECT_NE(called.out.find("The same bits as on the host"), std::string::npos) << called.out;
}

TEST_F(FirmwareTest, EmulateRefusesMemoryOnWhichProgressCannotBeKept) {
    const Called called = call({"emulate", image(), "--input", x(), "--kills", "0", "--nvm", "line8,torn=garbage"});
    EXPECT_EQ(called.code, exit_bad_input);
    EXPECT_NE(called.err.find("progress cannot be kept on NVM of the class line8,torn=garbage"), std::string::npos)
        << called.err;
}

TEST_F(FirmwareTest, EmulateNamesTheMemoryThatItCannotGoOnWith) {
    std::vector<uint8_t> nvm(16U << 20U);
    NvmLedger ledger;
    ledger.magic = NvmLedger::magic_expected;
    ledger.is_open = 1;
    ledger.offset = static_cast<uint32_t>(nvm.size());
    std::memcpy(nvm.data() + nvm.size() - sizeof(ledger), &ledger, sizeof(ledger));
    io::write_file(path("nvm.bin"), nvm);
    const Called called = call({"emulate", image(), "--input", x(), "--kills", "0", "--keep", path("")});
    EXPECT_EQ(called.code, exit_bad_input);
    for (const std::string& part : {path("nvm.bin"), std::string("damaged"), std::string("remove the file")}) {
        EXPECT_NE(called.err.find(part), std::string::npos) << called.err;
    }
}

/// The programs that start it are played by scripts that say what they were given.
class StartCommandTest : public CliTest {
protected:
    std::string heard(const std::string& command) const {
        for (const char* name : {"openocd", "qemu-system-arm"}) {
            io::write_file(path(name), std::string_view("#!/bin/sh\nprintf '%s|' \"$@\"\n"));
            std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
        }
        io::write_file(path("start.sh"), "PATH=" + path("") + ":$PATH\n" + command + " > " + path("heard") + "\n");
        EXPECT_EQ(std::system(("sh " + path("start.sh")).c_str()), 0) << command;
        return io::read_text(path("heard"));
    }
};

TEST_F(StartCommandTest, AShellTakesIt) {
    for (const std::string elf : {"out/a.elf", "my board's/a $x.elf", "two  blanks.elf"}) {
        const std::string qemu = heard(firmware::start_command("qemu-mps2-an386", elf));
        EXPECT_TRUE(qemu.ends_with("|-kernel|" + elf + "|")) << qemu;
        const std::string openocd = heard(firmware::start_command("msp432p401r", elf));
        const std::string word = elf == "out/a.elf" ? elf : "{" + elf + "}";
        EXPECT_TRUE(openocd.ends_with("|-c|program " + word + " verify reset exit|")) << openocd;
    }
    EXPECT_EQ(firmware::start_command("my-board", "a.elf"), "");
}

TEST_F(FirmwareTest, HelpNamesTheBoardsThatWereBuilt) {
    const std::string help = call({"firmware", "--help"}).out;
    for (const std::string& board : firmware::board_names()) {
        EXPECT_NE(help.find(board), std::string::npos) << board << " is missing in " << help;
    }
}

}  // namespace
}  // namespace dynbal::cli
