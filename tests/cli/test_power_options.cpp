// Devices, supplies that harvest, and predictions, as the program shows them.
#include <filesystem>
#include <fstream>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

using PowerOptionsTest = CliTest;

TEST_F(PowerOptionsTest, ADeviceIsNamedOrAFile) {
    const auto latency = [&](const std::string& device) {
        const Called called = call({"simulate", image(), "--input", x(), "--device", device, "--json"});
        EXPECT_EQ(called.code, 0) << called.err;
        return called.json().at("latency_s").get<double>();
    };
    const std::string file = path("mine.toml");
    std::ofstream(file) << "base = \"msp432p401r\"\nname = \"mine\"\ntitle = \"Mine\"\n[cpu]\nclock_mhz = 12\n";
    const double normal_s = latency("msp432p401r");
    EXPECT_GT(latency("msp432p401r-6mhz"), latency("msp432p401r-published"));
    EXPECT_GT(latency("msp432p401r-published"), normal_s) << "the default is what is flashed";
    EXPECT_GT(latency(file), normal_s);
    const Called again = call({"simulate", image(), "--input", x(), "--json"});
    EXPECT_EQ(again.json().at("latency_s").get<double>(), normal_s) << "the device of the image";
    EXPECT_EQ(again.json().at("device"), "msp432p401r");
}

/// Advice for a supply that changes is enough, not the least; the command that it names finds that.
TEST_F(PowerOptionsTest, AdviceNamesTheCommandThatFindsTheLeast) {
    const std::string supply = "markov:power=2mW,on=1s,off=1s,seed=1,capacitance=1uF";
    const std::string command =
        "`dynbal size " + image() + " --input " + x() + " --supply " + supply + " --period 10min`";
    for (const char* verb : {"simulate", "compare"}) {
        const Called changes = call({verb, image(), "--input", x(), "--supply", supply});
        EXPECT_NE(changes.out.find(command), std::string::npos) << changes.out;
        const Called steady = call({verb, image(), "--input", x(), "--supply", "power:2mW,capacitance=1uF"});
        EXPECT_NE(steady.out.find("one of these is enough: "), std::string::npos) << steady.out;
        EXPECT_EQ(steady.out.find("dynbal size"), std::string::npos) << steady.out;
    }
    const Called found =
        call({"size", image(), "--input", x(), "--supply", supply, "--period", "10min", "--repeat", "5"});
    EXPECT_EQ(found.code, exit_ok) << found.err;
    EXPECT_NE(found.out.find("capacitance="), std::string::npos) << found.out;
}

/// Whatever runs an image says it in one line, and only where it is so.
TEST_F(PowerOptionsTest, AnotherDeviceThanThatOfTheImageIsSaid) {
    const auto said = [&](const std::string& command, const std::string& device) {
        std::vector<std::string> arguments{command, image(), command == "soak" ? "--inputs" : "--input",
                                           x(command == "soak" ? "" : "@0")};
        if (command == "compare" || command == "report") arguments.insert(arguments.end(), {"--supply", "none"});
        if (command == "crash-test") arguments.insert(arguments.end(), {"--cuts", "sample:1"});
        if (command == "soak") arguments.insert(arguments.end(), {"--count", "1"});
        if (!device.empty()) arguments.insert(arguments.end(), {"--device", device});
        const Called called = call(arguments);
        EXPECT_EQ(called.code, 0) << command << ": " << called.err;
        return called.err;
    };
    for (const char* command : {"run", "simulate", "compare", "report", "crash-test", "soak"}) {
        EXPECT_EQ(said(command, ""), "") << command;
        EXPECT_EQ(said(command, "msp432p401r"), "") << command;
        EXPECT_EQ(said(command, "apollo4"),
                  "dynbal: warning: the image was compiled for msp432p401r and runs on apollo4, where work has other "
                  "prices: for the best tiles compile it with --device apollo4\n")
            << command;
    }
    EXPECT_EQ(said("run", "cortex-m4"),
              "dynbal: warning: the image was compiled for msp432p401r and runs on cortex-m4, which "
              "has the same prices\n");
}

/// The emulator is a device, too, though no --device names it.
TEST_F(PowerOptionsTest, TheEmulatedDeviceIsSaidWhereTheImageIsForAnother) {
    const Called called = call({"emulate", image(), "--input", x(), "--kills", "0"});
    EXPECT_NE(
        called.err.find("dynbal: warning: the image was compiled for msp432p401r and runs on cortex-m4, which has the "
                        "same prices\n"),
        std::string::npos)
        << called.err;
}

/// The profile of a file is in the image: it is not asked for again, even when the file is gone.
TEST_F(PowerOptionsTest, AnImageKeepsTheProfileOfAFile) {
    const std::string file = path("mine.toml");
    std::ofstream(file) << "base = \"msp432p401r\"\nname = \"mine\"\ntitle = \"Mine\"\n[nvm_read]\nbyte_nj = 20\n";
    write("pictures.npy", {4, 1, 28, 28}, 4 * 784);
    const Called compiled = call({"compile", DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx", "-o",
                                  path("mine.dynbal"), "--calibrate", path("pictures.npy"), "--device", file});
    ASSERT_EQ(compiled.code, 0) << compiled.err;
    const auto result = [&](const std::string& device) {
        std::vector<std::string> arguments{"simulate", path("mine.dynbal"), "--input",  path("pictures.npy@0"),
                                           "--json",   "--supply",          "power:2mW"};
        if (!device.empty()) arguments.insert(arguments.end(), {"--device", device});
        const Called called = call(arguments);
        EXPECT_EQ(called.code, 0) << called.err;
        EXPECT_EQ(called.err, "");
        return called.json();
    };
    const nlohmann::json named = result(file);
    EXPECT_EQ(named.at("device"), "mine");
    std::filesystem::remove(file);
    EXPECT_EQ(result(""), named);
}

TEST_F(PowerOptionsTest, AMistakeInADeviceIsBadInput) {
    const std::string file = path("bad.toml");
    std::ofstream(file) << "base = \"msp432p401r\"\nname = \"bad\"\ntitle = \"Bad\"\n[cpu]\nclock_mhz = \"fast\"\n";
    for (const char* command : {"simulate", "compare", "run"}) {
        std::vector<std::string> arguments{command, image(), "--input", x(), "--device", file};
        if (std::string(command) == "compare") arguments.insert(arguments.end(), {"--supply", "none"});
        const Called called = call(arguments);
        EXPECT_EQ(called.code, exit_bad_input) << command;
        EXPECT_NE(called.err.find(file + ":5: "), std::string::npos) << called.err;
    }
    const Called unknown = call({"run", image(), "--input", x(), "--device", "abacus"});
    EXPECT_EQ(unknown.code, exit_bad_input);
    EXPECT_NE(unknown.err.find("apollo4"), std::string::npos) << unknown.err;
}

TEST_F(PowerOptionsTest, SimulateReportsWhereTheEnergyWent) {
    const Called called =
        call({"simulate", image(), "--input", x(), "--supply", "power:2mW,leakage=5uA,esr=1Ohm", "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    const auto balance = called.json().at("energy_balance");
    const auto joules = [&](const char* key) { return balance.at(key).get<double>(); };
    EXPECT_NEAR(joules("harvested_j"), joules("delivered_j") + joules("lost_j") + joules("stored_j"),
                1e-9 * joules("harvested_j"));
    for (const char* key : {"lost_converter_j", "lost_leakage_j", "lost_resistance_j"})
        EXPECT_GT(joules(key), 0) << key;
    EXPECT_FALSE(call({"run", image(), "--input", x(), "--json"}).json().contains("energy_balance"));
}

TEST_F(PowerOptionsTest, ATraceThatNeverChargesEndsWithTheReason) {
    std::ofstream(path("dark.csv")) << "time_s,power_w\n0,0\n1,0.000001\n2,0\n";
    const Called called =
        call({"simulate", image(), "--input", x(), "--supply", "trace:" + path("dark.csv") + ",sleep=10uW", "--json"});
    EXPECT_EQ(called.code, exit_failed);
    EXPECT_EQ(called.json().at("outcome"), "stuck");
    EXPECT_NE(called.json().at("error").get<std::string>().find("never start the device"), std::string::npos);
    std::ofstream(path("bad.csv")) << "time_s,power_w\n0,0\n1,x\n";
    const Called bad = call({"simulate", image(), "--input", x(), "--supply", "trace:" + path("bad.csv")});
    EXPECT_EQ(bad.code, exit_bad_input);
    EXPECT_NE(bad.err.find(path("bad.csv") + ":3: "), std::string::npos) << bad.err;
}

TEST_F(PowerOptionsTest, FidelityPredictsAndWritesItsDocument) {
    const Called cells = call({"fidelity", "--json"});
    ASSERT_EQ(cells.code, 0) << cells.err;
    EXPECT_EQ(cells.json().at("cells").size(), 15U);
    EXPECT_EQ(cells.json().at("choices").at(1).at("paper"), nlohmann::json({64, 16}));
    const Called written = call({"fidelity", "--write", path("fidelity.md")});
    EXPECT_EQ(written.code, 0) << written.err;
    EXPECT_EQ(io::read_text(path("fidelity.md")), call({"fidelity"}).out);
    const Called one =
        call({"fidelity", "--power", "6mW", "--policy", "fixed", "--device", "msp432p401r-6mhz", "--json"});
    ASSERT_EQ(one.code, 0) << one.err;
    EXPECT_EQ(one.json().at("predictions").size(), 3U);
    EXPECT_EQ(call({"fidelity", "--power", "6mJ"}).code, exit_bad_input);
    EXPECT_EQ(call({"fidelity", "--power", "6mW", "--policy", "best"}).code, exit_bad_input);
}

}  // namespace
}  // namespace dynbal::cli
