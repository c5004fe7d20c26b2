#include <cmath>
#include <filesystem>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

using SweepCommand = CliTest;

TEST_F(SweepCommand, RunsAGridAndTellsWhereTheRowsAre) {
    io::write_file(path("grid.toml"),
                   "supplies = [\"none\", \"budget:40000\"]\ndevices = [\"cortex-m4\"]\npolicies = [\"fixed\", "
                   "\"best\", \"oracle\"]\n[[model]]\nimage = \"tiny.dynbal\"\n");
    const Called called = call({"sweep", path("grid.toml"), "-o", path("rows"), "--jobs", "1", "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_EQ(called.json()["rows"], 6);
    EXPECT_EQ(called.json()["rows_completed"], 6);
    const std::string csv = io::read_text(path("rows/rows.csv"));
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7);
    const Called again = call({"sweep", path("grid.toml"), "-o", path("rows")});
    EXPECT_NE(again.out.find("6 rows (6 of them from before)"), std::string::npos) << again.out;
}

TEST_F(SweepCommand, AFolderWithAnEmptyJournalIsGoneOnIn) {
    const std::string grid = "devices = [\"cortex-m4\"]\n[[model]]\nimage = \"tiny.dynbal\"\n";
    io::write_file(path("first.toml"), "supplies = [\"none\"]\n" + grid);
    io::write_file(path("second.toml"), "supplies = [\"budget:40000\"]\n" + grid);
    ASSERT_EQ(call({"sweep", path("first.toml"), "-o", path("begun")}).code, exit_ok);
    const Called other = call({"sweep", path("second.toml"), "-o", path("begun")});
    EXPECT_NE(other.err.find("another grid"), std::string::npos) << other.err;
    // As a run leaves the folder that was ended before its first row.
    for (const char* file : {"begun/rows.csv", "begun/rows.jsonl"}) std::filesystem::remove(path(file));
    io::write_file(path("begun/journal.jsonl"), "");
    const Called called = call({"sweep", path("second.toml"), "-o", path("begun")});
    EXPECT_EQ(called.code, exit_ok) << called.err;
}

TEST_F(SweepCommand, TheTableShowsMeansAndSaysSo) {
    const auto row_of = [&](const char* repetitions, std::string& text) {
        io::write_file(path("grid.toml"), std::string("supplies = [\"none\"]\npolicies = [\"fixed\"]\nrepetitions = ") +
                                              repetitions + "\n[[model]]\nimage = \"tiny.dynbal\"\n");
        const Called called = call({"sweep", path("grid.toml"), "-o", path(repetitions)});
        EXPECT_EQ(called.code, 0) << called.err;
        text = called.out;
        return text.substr(text.find("completed"), text.find('\n', text.find("completed")) - text.find("completed"));
    };
    std::string one, three;
    EXPECT_EQ(row_of("1", one), row_of("3", three));
    for (const char* title : {"mean power cycles", "mean cost units", "mean latency", "mean energy"}) {
        EXPECT_NE(three.find(title), std::string::npos) << three;
    }
    const double cost = call({"run", image(), "--input", x(), "--policy", "fixed", "--json"}).json().at("cost_units");
    const std::string digits = std::to_string(std::llround(cost));
    ASSERT_GT(digits.size(), 3U);
    EXPECT_NE(one.find(digits.substr(0, digits.size() - 3) + "," + digits.substr(digits.size() - 3)), std::string::npos)
        << one;
}

TEST_F(SweepCommand, ExplainsGrids) {
    const Called called = call({"help", "sweep"});
    EXPECT_EQ(called.code, 0);
    EXPECT_NE(called.out.find("[[model]]"), std::string::npos);
    EXPECT_NE(called.out.find("--restart"), std::string::npos);
}

TEST_F(SweepCommand, ABadGridIsBadInput) {
    io::write_file(path("grid.toml"), "supplies = [\"none\"]\n");
    const Called called = call({"sweep", path("grid.toml"), "-o", path("rows")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("grid.toml:1: model: is missing"), std::string::npos) << called.err;
}

TEST_F(SweepCommand, ReproduceNeedsTheNetworks) {
    const Called called = call({"reproduce", "--models", path("nowhere"), "-o", path("rows")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("--models"), std::string::npos) << called.err;
}

TEST_F(SweepCommand, ReproduceRefusesASupplyThatIsNone) {
    // Supplies are looked at before the networks are read.
    for (const char* network : {"HAR-CNN.onnx", "KWS-DNN_S.onnx", "squeezenet_cifar10.onnx"}) {
        io::write_file(path(network), "");
    }
    const Called called = call({"reproduce", "--models", path(""), "--rf", "foo", "-o", path("rows")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("'foo'"), std::string::npos) << called.err;
}

TEST_F(SweepCommand, ReproduceWritesNothingWhereItRefuses) {
    for (const char* option : {"--rf", "--thermal"}) {
        const Called called = call({"reproduce", option, "nope", "-o", path("rows")});
        EXPECT_EQ(called.code, 2);
        EXPECT_NE(called.err.find("'nope'"), std::string::npos) << called.err;
        EXPECT_FALSE(std::filesystem::exists(path("rows"))) << option;
    }
}

TEST_F(SweepCommand, AFileInPlaceOfTheFolderIsNamed) {
    io::write_file(path("rows"), "mine");
    io::write_file(path("grid.toml"), "supplies = [\"none\"]\n[[model]]\nimage = \"tiny.dynbal\"\n");
    for (std::vector<std::string> words : {std::vector<std::string>{"reproduce"}, {"sweep", path("grid.toml")}}) {
        words.insert(words.end(), {"-o", path("rows")});
        const Called called = call(words);
        EXPECT_EQ(called.code, 2);
        EXPECT_NE(called.err.find(path("rows") + ": is a file"), std::string::npos) << called.err;
        EXPECT_EQ(io::read_text(path("rows")), "mine");
    }
}

/// In a folder that is no sweep, whatever has the name of a result belongs to somebody else.
TEST_F(SweepCommand, FilesOfOthersAreNotTouched) {
    io::write_file(path("grid.toml"), "supplies = [\"none\"]\n[[model]]\nimage = \"tiny.dynbal\"\n");
    const auto refused = [&](const std::string& file, std::vector<std::string> words) {
        std::filesystem::remove_all(path("mine"));
        std::filesystem::create_directories(std::filesystem::path(path("mine/" + file)).parent_path());
        io::write_file(path("mine/" + file), "mine");
        words.insert(words.end(), {"-o", path("mine")});
        const Called called = call(words);
        EXPECT_EQ(called.code, exit_bad_input) << file;
        EXPECT_NE(called.err.find(path("mine/" + file)), std::string::npos) << called.err;
        EXPECT_NE(called.err.find("choose a folder of its own"), std::string::npos) << called.err;
        EXPECT_EQ(io::read_text(path("mine/" + file)), "mine");
    };
    for (const std::string file : {"rows.csv", "rows.jsonl", "journal.jsonl", "sweep.json"}) {
        refused(file, {"sweep", path("grid.toml")});
        refused(file, {"sweep", path("grid.toml"), "--restart"});
        refused(file, {"sweep", path("grid.toml"), "--shard", "1/2"});
        for (const std::string part : {"", "cycle_energy/", "preservation/"}) refused(part + file, {"reproduce"});
    }
    for (const char* file : {"speedup.md", "speedup.json", "models/kws_dnn.onnx"}) refused(file, {"reproduce"});
}

}  // namespace
}  // namespace dynbal::cli
