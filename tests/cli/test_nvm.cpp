// Classes of memory, wear, and torture, as the program shows them.
#include "cli_fixture.hpp"

namespace dynbal::cli {
namespace {

using NvmTest = CliTest;

TEST_F(NvmTest, AClassOfMemoryIsTakenInPlaceOfTheDevices) {
    for (const char* nvm : {"line16", "line4,torn=new"}) {
        const Called cuts =
            call({"crash-test", image(), "--input", x(), "--cuts", "sample:50", "--nvm", nvm, "--json"});
        EXPECT_EQ(cuts.code, 0) << cuts.err;
        EXPECT_EQ(cuts.json().at("nvm"), nvm);
        const Called soak = call({"soak", image(), "--inputs", x(""), "--count", "20", "--nvm", nvm, "--json"});
        EXPECT_EQ(soak.code, 0) << soak.err;
        EXPECT_EQ(soak.json().at("nvm"), nvm);
    }
    const Called mram = call({"simulate", image(), "--input", x(), "--device", "apollo4", "--json"});
    EXPECT_EQ(mram.json().at("nvm"), "line16") << "that of the device";
}

TEST_F(NvmTest, AMemoryThatCannotKeepProgressIsRefusedWithAReasonAndARemedy) {
    for (const char* command : {"simulate", "crash-test"}) {
        const Called garbage = call({command, image(), "--input", x(), "--nvm", "line16,torn=garbage"});
        EXPECT_EQ(garbage.code, 2);
        EXPECT_NE(garbage.err.find("line16,torn=garbage (msp432p401r): a line that is torn"), std::string::npos)
            << garbage.err;
        EXPECT_NE(garbage.err.find("use a memory whose lines"), std::string::npos);
    }
    const Called unordered = call({"soak", image(), "--inputs", x(""), "--nvm", "byte,order=any"});
    EXPECT_EQ(unordered.code, 2);
    EXPECT_NE(unordered.err.find("let the driver wait for each write"), std::string::npos) << unordered.err;
    EXPECT_EQ(call({"simulate", image(), "--input", x(), "--nvm", "line5"}).err,
              "dynbal: a class of NVM 'line5': expected byte|line4|line8|line16[,torn=old|new|garbage][,order=any]\n");
}

TEST_F(NvmTest, WearIsToldWithTheLifetimeThatFollows) {
    const Called called = call({"simulate", image(), "--input", x(), "--json"});
    const nlohmann::json wear = called.json().at("wear");
    const double accesses = wear.at("accesses").get<double>();
    EXPECT_GT(accesses, 1);
    EXPECT_TRUE(wear.at("reads_count").get<bool>()) << "FRAM";
    EXPECT_DOUBLE_EQ(wear.at("lifetime_inferences").get<double>(), 1e14 / accesses);
    const Called text = call({"simulate", image(), "--input", x(), "--device", "apollo4"});
    EXPECT_NE(text.out.find("Worn most: the 16 bytes at "), std::string::npos) << text.out;
    EXPECT_NE(text.out.find(" years at one a minute"), std::string::npos);
}

TEST_F(NvmTest, TortureSaysWhatItTriedAndReplaysOne) {
    const Called called = call({"torture", "--seed", "5", "--runs", "48", "--json"});
    EXPECT_EQ(called.code, 0) << called.out;
    EXPECT_EQ(called.json().at("runs"), 48);
    EXPECT_EQ(called.json().at("failures"), 0);
    const Called replay = call({"torture", "--replay", "graph=7 stages=2 nvm=line8 power=300/20/900 calls=flsiro"});
    EXPECT_EQ(replay.code, 0) << replay.out << replay.err;
    EXPECT_EQ(replay.out, "All is right.\n");
    const Called bad = call({"torture", "--replay", "graph=7 calls=q"});
    EXPECT_EQ(bad.code, 2);
    EXPECT_NE(bad.err.find("torture: calls=q: expected letters out of "), std::string::npos) << bad.err;
}

}  // namespace
}  // namespace dynbal::cli
