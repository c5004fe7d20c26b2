#include <cstdlib>
#include <filesystem>

#include "cli/slurm.hpp"
#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class ShardCommand : public CliTest {
protected:
    ShardCommand() {
        io::write_file(path("grid.toml"),
                       "supplies = [\"none\", \"budget:40000\"]\ndevices = [\"cortex-m4\"]\n"
                       "[[model]]\nimage = \"tiny.dynbal\"\n");
    }
    Called sweep(std::vector<std::string> words) const {
        words.insert(words.begin(), {"sweep", path("grid.toml"), "--jobs", "1"});
        return call(words);
    }
};

TEST_F(ShardCommand, ShardsAreRunAndMerged) {
    ASSERT_EQ(sweep({"-o", path("whole")}).code, 0);
    for (const char* shard : {"1/3", "2/3", "3/3"}) {
        const Called called = sweep({"-o", path("parts"), "--shard", shard, "--json"});
        ASSERT_EQ(called.code, 0) << called.err;
        EXPECT_EQ(called.json()["rows"], 2);
        EXPECT_EQ(called.json()["shard"], shard);
    }
    const std::string advice = "`dynbal sweep --merge " + path("parts") + "`";
    EXPECT_NE(sweep({"-o", path("parts"), "--shard", "3/3"}).out.find(advice), std::string::npos);
    const Called merged = call({"sweep", "--merge", path("parts"), "--json"});
    ASSERT_EQ(merged.code, 0) << merged.err;
    EXPECT_EQ(merged.json()["rows"], 6);
    for (const char* name : {"rows.csv", "rows.jsonl", "sweep.json"}) {
        EXPECT_EQ(io::read_text(path(std::string("parts/") + name)), io::read_text(path(std::string("whole/") + name)));
    }
}

TEST_F(ShardCommand, WrongCallsSayWhatIsMissing) {
    EXPECT_NE(call({"sweep"}).err.find("GRID is missing"), std::string::npos);
    EXPECT_NE(sweep({"--merge", path("parts")}).err.find("no grid"), std::string::npos);
    EXPECT_NE(sweep({"--shard", "4/3"}).err.find("as in 3/16"), std::string::npos);
    EXPECT_NE(call({"sweep", "--merge", "a", "b"}).err.find("-o FOLDER"), std::string::npos);
    EXPECT_NE(sweep({"--slurm", "--shard", "1/2"}).err.find("no --shard"), std::string::npos);
}

TEST_F(ShardCommand, WithoutSlurmItSaysWhatElseThereIs) {
    const std::string before = std::getenv("PATH");
    std::filesystem::create_directories(path("bin"));
    std::filesystem::create_symlink("/bin/bash", path("bin/bash"));
    ::setenv("PATH", path("bin").c_str(), 1);
    const Called called = sweep({"-o", path("parts"), "--slurm", "--tasks", "2"});
    ::setenv("PATH", before.c_str(), 1);
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("sbatch"), std::string::npos) << called.err;
    EXPECT_NE(called.err.find("--shard I/N"), std::string::npos) << called.err;
}

TEST(SlurmScripts, PassOptionsOnAndQuoteThem) {
    SlurmOptions options;
    options.program = "/opt/my tools/dynbal";
    options.grid = "/data/grid.toml";
    options.folder = "/data/it's here";
    options.tasks = 4;
    options.sbatch = {"--partition=long", "--comment=two words"};
    const std::vector<Script> scripts = slurm_scripts(options, {1, 3});
    EXPECT_NE(scripts[0].text.find("'/opt/my tools/dynbal' sweep /data/grid.toml --shard"), std::string::npos);
    EXPECT_NE(scripts[1].text.find("--attempts 2"), std::string::npos) << scripts[1].text;
    EXPECT_NE(scripts[1].text.find("--sbatch='--comment=two words'"), std::string::npos) << scripts[1].text;
    EXPECT_NE(scripts[2].text.find("--array=1,3"), std::string::npos) << scripts[2].text;
    EXPECT_NE(scripts[2].text.find("--partition=long '--comment=two words'"), std::string::npos) << scripts[2].text;
    options.attempts = 1;
    EXPECT_EQ(slurm_scripts(options, {1})[1].text.find("--slurm"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::cli
