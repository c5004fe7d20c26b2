#include "experiment/sweep.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "base/error.hpp"
#include "base/random.hpp"
#include "experiment_fixture.hpp"
#include "io/npy.hpp"
#include "zoo/network_folder.hpp"

namespace dynbal::experiment {
namespace {

class SweepTest : public ExperimentTest {
protected:
    SweepResult sweep(const std::string& folder, uint32_t jobs = 1) const {
        SweepOptions options;
        options.folder = path(folder);
        options.jobs = jobs;
        return run_sweep(tiny_grid(), options);
    }
    /// Both result files of a folder.
    std::string results(const std::string& folder) const {
        return text_of(folder + "/rows.csv") + text_of(folder + "/rows.jsonl");
    }
};

TEST_F(SweepTest, RowsDoNotDependOnThreads) {
    const SweepResult one = sweep("one");
    const SweepResult three = sweep("three", 3);
    ASSERT_EQ(one.rows.size(), 12U);
    EXPECT_EQ(one.rows, three.rows);
    EXPECT_EQ(results("one"), results("three"));
}

TEST_F(SweepTest, TimingOnlyCountsTheSame) {
    Grid grid = tiny_grid();
    io::write_npy(path("x.npy"), {{1, 6, 6, 2}, std::vector<float>(72, 0.5F)});
    grid.models[0].input = path("x.npy@0");
    SweepOptions options;
    options.folder = path("timing");
    const std::vector<Row> timing = run_sweep(grid, options).rows;
    grid.timing_only = false;
    options.folder = path("full");
    EXPECT_EQ(run_sweep(grid, options).rows, timing);
}

TEST_F(SweepTest, ACellThatNeverEndsIsARow) {
    const std::vector<Row> rows = sweep("sweep").rows;
    for (const Row& row : rows) {
        const bool weak = row.supply == "budget:50";
        EXPECT_EQ(row.outcome, weak ? "stuck" : "completed") << row.supply;
        EXPECT_EQ(row.completed, weak ? 0U : 3U);
        EXPECT_EQ(row.message.empty(), !weak);
        EXPECT_GT(row.power_cycles, row.completed);
    }
}

TEST_F(SweepTest, GoesOnWhereItWas) {
    const SweepResult whole = sweep("whole");
    const std::string journal = text_of("whole/journal.jsonl");
    EXPECT_EQ(whole.done_before, 0U);
    for (size_t bytes = 0; bytes <= journal.size(); bytes += 97) {
        write("whole/journal.jsonl", journal.substr(0, bytes));
        const SweepResult resumed = sweep("whole", 2);
        EXPECT_EQ(resumed.rows, whole.rows);
        const auto lines = std::count(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(bytes), '\n');
        EXPECT_EQ(resumed.done_before, static_cast<uint64_t>(lines));
    }
    EXPECT_EQ(sweep("whole").done_before, 12U);
}

TEST_F(SweepTest, AnyNumberOfKillsChangesNothing) {
    sweep("whole");
    uint32_t kills = 0;
    for (bool ended = false; !ended; ++kills) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            sweep("killed", 2);
            ::_exit(0);
        }
        // Later and later, so that it ends on any machine; where it is killed is of no importance.
        ::usleep(static_cast<useconds_t>(in_range(random64(5, kills), 0, 2000 + 1000 * kills)));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ended = WIFEXITED(status);
    }
    EXPECT_EQ(results("killed"), results("whole"));
    EXPECT_EQ(sweep("killed").done_before, 12U);
}

/// Models need not all be made before a row is kept: compiling takes long, too.
TEST_F(SweepTest, RowsAreKeptBeforeTheLastModelIsMade) {
    Grid grid = tiny_grid();
    write("small.toml", "base = \"cortex-m4\"\nname = \"small\"\ntitle = \"Small\"\n[limits]\nnvm_kib = 64\n");
    grid.devices = {path("small.toml")};
    grid.models.push_back(grid.models[0]);
    grid.models[1].name = "large";
    grid.models[1].image = "";
    grid.models[1].onnx = zoo::write_onnx(zoo::network("kws_dnn"), path("networks"));  // only compiling tells its size
    SweepOptions options;
    options.folder = path("sweep");
    for (const uint32_t jobs : {1U, 3U}) {
        options.jobs = jobs;
        EXPECT_NE(io::message_of<InputError>([&] { run_sweep(grid, options); }).find("NVM"), std::string::npos);
        if (jobs != 1) continue;  // which rows there are then is chance
        const std::string journal = text_of("sweep/journal.jsonl");
        EXPECT_EQ(std::count(journal.begin(), journal.end(), '\n'), 12);
    }
}

TEST_F(SweepTest, WhatIsQuicklyFoundWrongIsToldBeforeAnythingIsRun) {
    Grid grid = tiny_grid();
    grid.models.push_back(grid.models[0]);
    grid.models[1].name = "other";
    grid.models[1].image = "";
    grid.models[1].onnx = path("other.onnx");
    write("other.onnx", "no network");
    SweepOptions options;
    options.folder = path("sweep");
    EXPECT_NE(io::message_of<InputError>([&] { run_sweep(grid, options); }).find("other.onnx"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(path("sweep")));
}

/// What was computed in hours is not thrown away for a grid that cannot be run.
TEST_F(SweepTest, BadInputLeavesTheOldRowsWithRestartToo) {
    sweep("sweep");
    const std::string before = results("sweep") + text_of("sweep/journal.jsonl") + text_of("sweep/sweep.json");
    io::write_npy(path("inputs.npy"), {{2, 1, 6, 6, 2}, std::vector<float>(144, 0.5F)});
    io::write_npy(path("nan.npy"), {{1, 6, 6, 2}, std::vector<float>(72, std::nanf(""))});
    write("damaged.dynbal", text_of("tiny.dynbal").substr(0, 300));
    write("small.toml", "base = \"cortex-m4\"\nname = \"small\"\ntitle = \"Small\"\n[limits]\nsram_kib = 1\n");
    const auto refused = [&](const auto& change, const char* reason) {
        Grid grid = tiny_grid();
        change(grid);
        SweepOptions options;
        options.folder = path("sweep");
        options.restart = true;
        const std::string message = io::message_of<InputError>([&] { run_sweep(grid, options); });
        EXPECT_NE(message.find(reason), std::string::npos) << message;
        EXPECT_EQ(results("sweep") + text_of("sweep/journal.jsonl") + text_of("sweep/sweep.json"), before) << reason;
    };
    refused([&](Grid& grid) { grid.models[0].input = path("inputs.npy"); }, "@INDEX");
    refused([&](Grid& grid) { grid.models[0].input = path("inputs.npy@99"); }, "99");
    refused([&](Grid& grid) { grid.models[0].input = path("nan.npy"); }, "nan.npy");
    refused([&](Grid& grid) { grid.models[0].image = path("damaged.dynbal"); }, "truncated");
    refused([&](Grid& grid) { grid.devices.push_back(path("small.toml")); }, "SRAM");

    const std::string onnx = zoo::write_onnx(zoo::network("kws_dnn"), path("networks"));
    const auto network = [&](Grid& grid) -> Model& {
        grid.models[0] = Model{};
        grid.models[0].onnx = onnx;
        return grid.models[0];
    };
    io::write_npy(path("many.npy"), {{2, 1, 20, 11}, std::vector<float>(440, 0.5F)});
    io::write_npy(path("none.npy"), {{1, 20, 11}, std::vector<float>(220, std::nanf(""))});
    refused([&](Grid& grid) { network(grid).input = path("many.npy"); }, "@INDEX");
    refused([&](Grid& grid) { network(grid).input = path("many.npy@99"); }, "99");
    refused([&](Grid& grid) { network(grid).calibrate = path("none.npy"); }, "none.npy");
}

TEST_F(SweepTest, RefusesAFolderOfAnotherGrid) {
    sweep("sweep");
    SweepOptions options;
    options.folder = path("sweep");
    Grid other = tiny_grid();
    other.repetitions = 2;
    const std::string message = io::message_of<InputError>([&] { run_sweep(other, options); });
    EXPECT_NE(message.find("another grid"), std::string::npos) << message;
    options.restart = true;
    EXPECT_EQ(run_sweep(other, options).rows.front().completed, 2U);
    std::filesystem::remove(path("sweep/sweep.json"));
    options.restart = false;
    EXPECT_NE(io::message_of<InputError>([&] { run_sweep(other, options); }), "");
}

TEST_F(SweepTest, RefusesARowOfNoCell) {
    sweep("sweep");
    Row row;
    row.cell = 12;
    write("sweep/journal.jsonl", json_lines_of({row}));
    EXPECT_NE(io::message_of<InputError>([&] { sweep("sweep"); }).find("no cell 12"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::experiment
