// Bad input of every kind: a clear message, exit code 2, nothing written.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class BadInputTest : public CliTest {
protected:
    /// The call must be refused with all these words in the message, the same in JSON.
    void expect_refused(std::vector<std::string> arguments, const std::vector<std::string>& words) {
        const long files_before = files();
        const Called called = call(arguments);
        EXPECT_EQ(called.code, exit_bad_input) << called.out;
        EXPECT_TRUE(called.out.empty()) << called.out;
        EXPECT_TRUE(called.err.starts_with("dynbal: ")) << called.err;
        for (const std::string& word : words) {
            EXPECT_NE(called.err.find(word), std::string::npos) << "'" << word << "' is missing in: " << called.err;
        }
        arguments.emplace_back("--json");
        const Called machine = call(arguments);
        EXPECT_EQ(machine.code, exit_bad_input);
        const std::string error = machine.json().at("error");
        EXPECT_EQ(machine.err, "dynbal: " + error + "\n");
        EXPECT_EQ(files(), files_before) << "a file was left behind";
    }
};

TEST_F(BadInputTest, Arguments) {
    expect_refused({}, {"subcommand"});
    expect_refused({"fly"}, {"fly"});
    expect_refused({"run", image()}, {"--input"});
    expect_refused({"run", image(), "--input", x(), "--speed", "9"}, {"--speed"});
    expect_refused({"run", image(), "--input", x(), "--policy", "lucky"}, {"lucky", "fixed, paper, best"});
    expect_refused({"run", image(), "--input", x(), "--scale", "nan"}, {"--scale"});
    expect_refused({"run", image(), "--input", x(), "--scale", "0"}, {"--scale"});
    expect_refused({"run", image(), "--input", x(), "--scale", "two"}, {"--scale"});
    expect_refused({"simulate", image(), "--input", x(), "--supply", "solar"}, {"solar", "budget:E"});
    expect_refused({"compare", image(), "--input", x(), "--supply", "bytes:0"}, {"bytes:0"});
    expect_refused({"compare", image(), "--input", x(), "--supply", "none", "--policies", "best,worst"},
                   {"worst", "fixed, paper, best, oracle"});
    expect_refused({"compare", image(), "--input", x(), "--supply", "none", "--policies", "best,best"},
                   {"--policies", "'best' is there twice"});
    expect_refused({"crash-test", image(), "--input", x(), "--cuts", "some"}, {"sample:N"});
    expect_refused({"crash-test", image(), "--input", x(), "--jobs", "0"}, {"--jobs"});
    expect_refused({"size", image(), "--input", x(), "--supply", "power:1mW", "--share", "nan"},
                   {"--share", "from 1 to 100"});
    expect_refused({"crash-test", image(), "--input", x(), "--cuts", "random:1,3", "--supply", "bytes:500"},
                   {"--supply"});
    expect_refused({"soak", image(), "--inputs", path("x.npy"), "--count", "0"}, {"--count"});
}

/// A variable of the environment, as long as this lives.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
};

TEST_F(BadInputTest, FoldersNamedInTheEnvironment) {
    const std::vector<std::string> firmware{"firmware", image(), "--input", x(), "--board", "mine", "-o", path("mine")};
    {
        const Environment boards("DYNBAL_BOARDS", "/nowhere/boards");
        expect_refused(firmware, {"DYNBAL_BOARDS=/nowhere/boards is no folder"});
        EXPECT_EQ(call({"firmware", "--help"}).code, exit_ok);
    }
    {
        const std::string folder = path("boards");
        std::filesystem::create_directory(folder);
        io::write_file(folder + "/own.elf", std::string_view("program"));
        std::filesystem::create_directory(folder + "/folder.elf");
        const Environment boards("DYNBAL_BOARDS", folder);
        EXPECT_EQ(call(firmware).err.find("folder"), call(firmware).err.npos) << "a folder is no program of a board";
        expect_refused(firmware, {"there is no board 'mine'; there are: ", "own", "; searched: " + folder});
    }
    const Environment temporary("TMPDIR", "/nowhere");
    expect_refused({"emulate", image(), "--input", x()}, {"TMPDIR=/nowhere is no folder"});
}

/// As a script's variable that is not set makes them: an output must not be left out without a word.
TEST_F(BadInputTest, EmptyValues) {
    expect_refused({"run", image(), "--input", x(), "--output-file", ""}, {"--output-file is empty"});
    expect_refused({"run", image(), "--input", x(), "--output-file="}, {"--output-file= has no value"});
    expect_refused({"run", "", "--input", x()}, {"an argument is empty"});
    expect_refused({"firmware", image(), "--header", ""}, {"--header is empty"});
    expect_refused({"compile", path("m.onnx"), "--calibrate", x(""), "-o", ""}, {"-o is empty"});
}

TEST_F(BadInputTest, NamesThatTheSystemRefuses) {
    const std::string too_long(300, 'n');
    expect_refused({"run", image(), "--input", too_long}, {"File name too long"});
    expect_refused({"report", image(), "--input", x(), "--supply", "power:4mW", "-o", too_long + "/r.html"},
                   {"File name too long"});
    io::write_file(path("grid.toml"), "supplies = [\"none\"]\n[[model]]\nimage = \"tiny.dynbal\"\ninput = \"x.npy@" +
                                          std::string(300, '1') + "\"\n");
    expect_refused({"sweep", path("grid.toml"), "-o", path("rows")},
                   {"grid.toml:4: input", "must be the number of a sample"});
}

TEST_F(BadInputTest, Inputs) {
    expect_refused({"run", image(), "--input", path("none.npy")}, {"none.npy"});
    expect_refused({"run", image(), "--input", x("@6")}, {"x.npy", "6"});
    expect_refused({"run", image(), "--input", path("x.npy")}, {"@INDEX"});
    write("odd.npy", {5, 5}, 25);
    expect_refused({"run", image(), "--input", path("odd.npy")}, {"25", "72"});
    expect_refused({"run", image(), "--input", path("odd.npy@0")}, {"5", "72"});
    io::write_file(path("text.npy"), std::string_view("hello"));
    expect_refused({"run", image(), "--input", path("text.npy")}, {"text.npy"});
    io::Array holes{{1, 6, 6, 2}, std::vector<float>(72, 0.5F)};
    holes.values[13] = std::nanf("");
    io::write_npy(path("nan.npy"), holes);
    expect_refused({"run", image(), "--input", path("nan.npy")}, {"nan.npy: value [0, 1, 0, 1] is NaN"});
    expect_refused({"soak", image(), "--inputs", path("odd.npy")}, {"[5]", "[1, 6, 6, 2]"});
    expect_refused({"soak", image(), "--inputs", path("nan.npy")}, {"[0, 1, 0, 1] is NaN"});
}

TEST_F(BadInputTest, Labels) {
    const auto refuse = [&](const std::vector<float>& labels, const std::vector<std::string>& words) {
        io::write_npy(path("labels.npy"), {{static_cast<int64_t>(labels.size())}, labels});
        expect_refused({"evaluate", image(), "--inputs", path("x.npy"), "--labels", path("labels.npy")}, words);
    };
    refuse({0, 1, 2}, {"3 labels for 6 samples"});
    refuse({0, 1, 2, 3, 4, 5}, {"sample 5 has the label 5", "classes 0 to 4"});
    refuse({0, 1, 2, 3, -1, 0}, {"sample 4 has the label -1"});
    refuse({0, 1, 2.5F, 3, 1, 0}, {"sample 2 has the label 2.5"});
}

TEST_F(BadInputTest, OptionsOfOtherCommands) {
    expect_refused({"run", image(), "--inputs", x()}, {"is --input meant by --inputs?"});
    expect_refused({"evaluate", image(), "--input", x()}, {"is --inputs meant by --input?"});
    expect_refused({"compare", image(), "--input", x(), "--supply", "none", "--policy=best"},
                   {"is --policies meant by --policy?"});
    expect_refused({"inspect", image(), "--weights", "int8"}, {"--weights: give a model", "is an image"});
    expect_refused({"run", image(), "--input", x(), "--scale", "1/256"},
                   {"'1/256' is no decimal number such as 0.00390625"});
    expect_refused({"evaluate", image(), "--inputs", x()}, {"x.npy@0: '@' chooses one sample", "--limit N", "give "});
    for (const char* index : {"@1.5", "@-1", "@"}) {
        expect_refused({"run", image(), "--input", x(index)}, {"what follows '@' must be the number of a sample"});
    }
    const std::string model = DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx";
    expect_refused({"diff", image(), model, "--input", x()},
                   {"tiny.dynbal and ", "fashion_mnist.onnx: the image was not"});
}

TEST_F(BadInputTest, LabelsInOtherForms) {
    const std::vector<std::string> evaluate{"evaluate", image(), "--inputs", path("x.npy"), "--labels", path("l.npy")};
    io::write_npy(path("l.npy"), {{6, 5}, std::vector<float>(30, 0)});
    expect_refused(evaluate, {"labels of shape [6, 5]", "one-hot", "argmax"});
    std::string text = "{'descr': '<U1', 'fortran_order': False, 'shape': (6,), }\n";
    text = std::string("\x93NUMPY\x01", 7) + '\0' + static_cast<char>(text.size()) + '\0' + text + std::string(24, 'a');
    io::write_file(path("l.npy"), text);
    expect_refused(evaluate, {"it holds text, no numbers", "classes as whole numbers from 0 to 4"});
}

TEST_F(BadInputTest, Images) {
    expect_refused({"inspect", path("none.dynbal")}, {"none.dynbal"});
    io::write_file(path("text.dynbal"), std::string_view("hello"));
    expect_refused({"inspect", path("text.dynbal")}, {"text.dynbal"});
    expect_refused({"inspect", path("x.npy")}, {"x.npy"});
    expect_refused({"inspect", path("text.dynbal")}, {"not a DynBal image"});
    io::write_file(path("pointer.dynbal"), std::string_view("version https://git-lfs.github.com/spec/v1\n"));
    expect_refused({"inspect", path("pointer.dynbal")}, {"git lfs pull"});
    const std::string model = DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx";
    expect_refused({"run", model, "--input", x()}, {"this is a model", "compile it first"});
    io::write_file(path("small.onnx"), std::string_view("\x08\x07"));
    expect_refused({"run", path("small.onnx"), "--input", x()}, {"this is a model", "compile it first"});
    expect_refused({"inspect", image(), "--stage", "99"}, {"stage 99", "8 stages"});
    const std::vector<uint8_t> good = io::read_file(image());
    for (size_t size = 0; size < good.size(); size += 997) {
        io::write_file(path("bad.dynbal"), std::span(good).first(size));
        expect_refused({"inspect", path("bad.dynbal")}, {"bad.dynbal"});
    }
}

TEST_F(BadInputTest, ImagesWhoseNamesAndShapesDoNotFit) {
    const ImageFile good = read_image_file(image());
    const auto refuse = [&](const std::function<void(HostInfo&)>& change, const std::string& word) {
        ImageFile bad = good;
        change(bad.host);
        write_image_file(path("bad.dynbal"), bad);
        expect_refused({"inspect", path("bad.dynbal")}, {"bad.dynbal", word, "make the image again"});
    };
    refuse([](HostInfo& host) { host.input_dims = {1, 6, 6, 3}; }, "input_dims");
    refuse([](HostInfo& host) { host.input_dims = {1, -6, -6, 2}; }, "input_dims");
    refuse([](HostInfo& host) { host.input_dims = {int64_t{1} << 62, 4, 72}; }, "input_dims");
    refuse([](HostInfo& host) { host.output_dims.clear(); }, "output_dims");
    refuse(
        [](HostInfo& host) {
            host.epilogue.kind = Epilogue::Kind::arg_max;
            host.epilogue.final_dims = {7, 7};
        },
        "epilogue_dims");
    refuse([](HostInfo& host) { host.input_order[5] = host.input_order[4]; }, "input_order");
    refuse([](HostInfo& host) { host.output_order[0] = 5; }, "output_order");
    refuse([](HostInfo& host) { host.stage_names.pop_back(); }, "stage names");
    refuse([](HostInfo& host) { host.output_value_scale = 0; }, "scale");
    // null, which is no number: what JSON makes of infinity.
    refuse([](HostInfo& host) { host.input_value_scale = INFINITY; }, "must be number");
}

TEST_F(BadInputTest, EveryAlteredByteOfAnImageIsFound) {
    const std::vector<uint8_t> good = io::read_file(image());
    for (size_t place = 0; place < good.size(); place += 23) {
        std::vector<uint8_t> bad = good;
        bad[place] ^= static_cast<uint8_t>(1U << (place % 8));
        io::write_file(path("bad.dynbal"), bad);
        const Called called = call({"run", path("bad.dynbal"), "--input", x()});
        EXPECT_EQ(called.code, exit_bad_input) << "byte " << place << ": " << called.out;
        EXPECT_NE(called.err.find("bad.dynbal"), std::string::npos) << called.err;
    }
}

TEST_F(BadInputTest, Compilation) {
    const std::string model = DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx";
    const std::string out = path("new.dynbal");
    write("cal.npy", {3, 1, 28, 28}, int64_t{3} * 28 * 28);
    const auto refuse = [&](const std::string& onnx, const std::string& calibration,
                            const std::vector<std::string>& more, const std::vector<std::string>& words) {
        std::vector<std::string> arguments{"compile", onnx, "-o", out, "--calibrate", calibration};
        arguments.insert(arguments.end(), more.begin(), more.end());
        expect_refused(arguments, words);
    };
    io::write_file(path("text.onnx"), std::string_view("hello"));
    refuse(path("text.onnx"), path("cal.npy"), {}, {"text.onnx"});
    refuse(path("none.onnx"), path("cal.npy"), {}, {"none.onnx"});
    refuse(model, path("none.npy"), {}, {"none.npy"});
    refuse(model, path("x.npy"), {}, {"[6, 6, 2]", "28"});
    refuse(model, path("cal.npy"), {"--weights", "int4"}, {"int4"});
    refuse(model, path("cal.npy"), {"--device", "abacus"}, {"abacus"});
    refuse(model, path("cal.npy"), {"--scale", "inf"}, {"--scale"});
    for (const char* bad : {"nan", "0.5", "65", "inf", "two"}) {
        refuse(model, path("cal.npy"), {"--head-room", bad}, {"--head-room", "from 1 to 64"});
    }
    io::Array holes{{1, 1, 28, 28}, std::vector<float>(784, 0.5F)};
    holes.values[700] = INFINITY;
    io::write_npy(path("nan.npy"), holes);
    refuse(model, path("nan.npy"), {}, {"finite"});
    std::vector<uint8_t> cut = io::read_file(model);
    cut.resize(cut.size() / 2);
    io::write_file(path("cut.onnx"), cut);
    refuse(path("cut.onnx"), path("cal.npy"), {}, {"cut.onnx"});
}

TEST_F(CliTest, CompilesAndRunsTheModelOfTheRepository) {
    const std::string model = DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx";
    write("cal.npy", {3, 1, 28, 28}, int64_t{3} * 28 * 28);
    for (const char* weights : {"int8", "int16"}) {
        const Called compiled = call({"compile", model, "-o", path("new.dynbal"), "--calibrate", path("cal.npy"),
                                      "--weights", weights, "--scale", "0.5", "--json"});
        ASSERT_EQ(compiled.code, 0) << compiled.err;
        EXPECT_GT(compiled.json().at("stages"), 1);
        const Called ran = call({"run", path("new.dynbal"), "--input", path("cal.npy@1"), "--json"});
        ASSERT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.json().at("output").size(), 10U);
        const Called scaled =
            call({"run", path("new.dynbal"), "--input", path("cal.npy@1"), "--scale", "0.5", "--json"});
        EXPECT_EQ(scaled.json().at("output_sha256"), ran.json().at("output_sha256"))
            << "the scale of the compilation is the default";
    }
}

}  // namespace
}  // namespace dynbal::cli
