// What commands write: never over what they read, never lost without a word, never with control characters.
#include <filesystem>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class OutputTest : public CliTest {
protected:
    static std::string bytes_of(const std::string& path) {
        const std::vector<uint8_t> bytes = io::read_file(path);
        return {bytes.begin(), bytes.end()};
    }
    /// Refused because of this file, which stays what it is, and nothing else appears.
    void expect_kept(const std::vector<std::string>& arguments, const std::string& kept) {
        const std::string before = bytes_of(kept);
        const long files_before = files();
        const Called called = call(arguments);
        EXPECT_EQ(called.code, exit_bad_input) << called.out << called.err;
        EXPECT_NE(called.err.find("is the same file as"), std::string::npos) << called.err;
        EXPECT_EQ(bytes_of(kept), before);
        EXPECT_EQ(files(), files_before);
    }
    /// The tiny image with other names in it.
    void write_named(const std::string& file, const std::string& name) const {
        ImageFile named = read_image_file(image());
        named.host.model_name = name;
        for (std::string& stage : named.host.stage_names) stage = name;
        write_image_file(path(file), named);
    }
};

/// All that is to be written is looked at before anything is computed or written.
TEST_F(OutputTest, WhatIsInTheWayIsToldFirst) {
    const auto told = [&](const std::vector<std::string>& arguments) {
        const long files_before = files();
        const Called called = call(arguments);
        EXPECT_EQ(called.code, exit_bad_input) << called.out << called.err;
        EXPECT_EQ(files(), files_before);
        return called.err;
    };
    for (const char* name : {"a.bin", "r/speedup.json", "s/rows.csv", "c/cycle_energy/rows.jsonl"}) {
        std::filesystem::create_directories(path(name));
    }
    io::write_file(path("m.onnx"), std::string_view("no model"));
    io::write_file(path("grid.toml"), std::string_view("supplies = \"none\"\n[[model]]\nimage = \"tiny.dynbal\"\n"));
    const std::string in_the_way = ": is a folder, and a file of this name is to be written";
    const std::string is_folder = ": cannot write: it is a folder";
    // The model is none, but what cannot be written is told first: a compilation may take long.
    EXPECT_NE(told({"compile", path("m.onnx"), "-o", path("a.bin"), "--calibrate", path("x.npy")}).find(is_folder),
              std::string::npos);
    EXPECT_NE(told({"compile", path("m.onnx"), "-o", path("no/a"), "--calibrate", path("x.npy")}).find("make it first"),
              std::string::npos);
    EXPECT_NE(told({"firmware", image(), "--input", x(), "--board", "none", "-o", path("a")}).find("a.bin" + is_folder),
              std::string::npos);
    EXPECT_NE(told({"run", image(), "--input", x(), "--output-file", path("r")}).find("r" + is_folder),
              std::string::npos);
    EXPECT_NE(told({"reproduce", "-o", path("r")}).find("speedup.json" + in_the_way), std::string::npos);
    EXPECT_NE(told({"reproduce", "-o", path("c")}).find("cycle_energy/rows.jsonl" + in_the_way), std::string::npos);
    EXPECT_NE(told({"sweep", path("grid.toml"), "-o", path("s")}).find("s/rows.csv" + in_the_way), std::string::npos);
}

/// Whatever the long name of the option is.
TEST_F(OutputTest, EveryCommandThatWritesTakesO) {
    for (const char* command :
         {"compile", "run", "report", "trace", "firmware", "fidelity", "diff", "sweep", "reproduce", "zoo"}) {
        const Called called = call({command, "--help"});
        EXPECT_NE(called.out.find("  -o,--"), std::string::npos) << command << called.out;
    }
    for (const char* option : {"-o", "--output", "--output-file"}) {
        const std::string file = path(std::string("answer") + option + ".npy");
        EXPECT_EQ(call({"run", image(), "--input", x(), option, file}).code, exit_ok);
        EXPECT_FALSE(io::read_npy(file).values.empty());
    }
}

TEST_F(OutputTest, NeverOverwriteWhatIsRead) {
    std::filesystem::create_hard_link(image(), path("link.dynbal"));
    std::filesystem::create_symlink(image(), path("symlink.dynbal"));
    io::write_file(path("profile.toml"), std::string_view("base = \"msp432p401r\"\nname = \"a\"\ntitle = \"b\"\n"));
    io::write_file(path("trace.csv"), std::string_view("time_s,power_w\n0,0.01\n1,0.01\n"));
    const std::vector<std::string> report{"report", image(), "--input", x(), "--no-sweep", "--trace-out"};
    const auto with = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    for (const char* name : {"tiny.dynbal", "link.dynbal", "symlink.dynbal"}) {
        expect_kept(with(report, {path(name), "--supply", "none"}), image());
    }
    expect_kept(with(report, {path("x.npy"), "--supply", "none"}), path("x.npy"));
    expect_kept(with(report, {path("trace.csv"), "--supply", "trace:" + path("trace.csv")}), path("trace.csv"));
    expect_kept(with(report, {path("profile.toml"), "--supply", "none", "--device", path("profile.toml")}),
                path("profile.toml"));
    expect_kept({"fidelity", "--device", path("profile.toml"), "--write", path("profile.toml")}, path("profile.toml"));
    io::write_file(path("m.onnx"), std::string_view("model"));
    expect_kept({"compile", path("m.onnx"), "-o", path("m.onnx"), "--calibrate", path("x.npy")}, path("m.onnx"));
    expect_kept({"compile", path("m.onnx"), "-o", path("x.npy"), "--calibrate", path("x.npy")}, path("x.npy"));
    io::write_file(path("x,1.csv"), std::string_view("1,2\n"));
    expect_kept({"compile", path("m.onnx"), "-o", path("x,1.csv"), "--calibrate", path("x,1.csv") + ",columns=first"},
                path("x,1.csv"));
    for (const std::string& read : {image(), path("x.npy")}) {
        expect_kept({"run", image(), "--input", x(), "--output-file", read}, read);
    }
    std::filesystem::copy_file(image(), path("net.bin"));
    expect_kept({"firmware", path("net.bin"), "--input", x(), "--board", "msp432p401r", "-o", path("net.elf")},
                path("net.bin"));
}

/// What an image needs is told before it runs on a device that it was not made for.
TEST_F(OutputTest, AnImageThatADeviceHasNoRoomForIsRefused) {
    io::write_file(path("small.toml"),
                   std::string_view("base = \"msp432p401r\"\nname = \"small\"\ntitle = \"s\"\n[limits]\n"
                                    "sram_kib = 1\nsram_reserved_kib = 0.75\nnvm_kib = 512\n"));
    const Called called =
        call({"simulate", image(), "--input", x(), "--supply", "none", "--device", path("small.toml")});
    EXPECT_EQ(called.code, exit_bad_input) << called.out;
    EXPECT_NE(called.err.find("bytes of SRAM, and small has 256"), std::string::npos) << called.err;
}

TEST_F(OutputTest, FirmwareNeedsAName) {
    std::filesystem::create_directory(path("folder"));
    const long files_before = files();
    for (const std::string& output : {path("folder"), path("folder/"), path(".elf")}) {
        const Called called = call({"firmware", image(), "--input", x(), "--board", "msp432p401r", "-o", output});
        EXPECT_EQ(called.code, exit_bad_input) << output << called.out;
        EXPECT_NE(called.err.find("names no file"), std::string::npos) << called.err;
    }
    EXPECT_EQ(files(), files_before);
}

/// A stream that takes nothing, as a full device does.
class FullBuffer : public std::streambuf {
    int_type overflow(int_type) override { return traits_type::eof(); }
};

TEST_F(OutputTest, LostResultsAreAFailure) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", image(), "--input", x()},
                                                      {"run", image(), "--input", x(), "--json"},
                                                      {"simulate", image(), "--input", x(), "--supply", "none"},
                                                      {"inspect", image()},
                                                      {"--help"},
                                                      {"help"}}) {
        FullBuffer full;
        std::ostream out(&full);
        std::ostringstream err;
        EXPECT_EQ(run_program(arguments, out, err), exit_failed) << arguments[0];
        EXPECT_NE(err.str().find("could not be written"), std::string::npos) << err.str();
    }
    FullBuffer full;
    std::ostream out(&full);
    std::ostringstream err;
    EXPECT_EQ(run_program({"run", path("none.dynbal"), "--input", x(), "--json"}, out, err), exit_bad_input);
}

TEST_F(OutputTest, NamesThatAreNoUtf8) {
    write_named("latin1.dynbal", "sch\xF6n");
    EXPECT_EQ(call({"inspect", path("latin1.dynbal"), "--json"}).json().at("model"), "sch\xEF\xBF\xBDn");
    EXPECT_EQ(call({"inspect", path("latin1.dynbal")}).code, exit_ok);
}

TEST_F(OutputTest, NamesDoNotReachTheTerminalRaw) {
    const std::string name = "a\x1b[2J\r" + std::string(100'000, 'x');
    write_named("odd.dynbal", name);
    const Called text = call({"inspect", path("odd.dynbal")});
    EXPECT_EQ(text.code, exit_ok);
    EXPECT_EQ(text.out.find_first_of("\x1b\r"), std::string::npos);
    EXPECT_LT(text.out.size(), 20'000U);
    // Machines get the name as it is.
    EXPECT_EQ(call({"inspect", path("odd.dynbal"), "--json"}).json().at("stages").at(0).at("name"), name);
    const Called refused = call({"run", path("no\x1b[2J.dynbal"), "--input", x()});
    EXPECT_EQ(refused.err.find('\x1b'), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace dynbal::cli
