#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "experiment/merge.hpp"
#include "experiment/sweep.hpp"
#include "experiment_fixture.hpp"
#include "temporary_folder.hpp"

namespace dynbal::experiment {
namespace {

class ShardTest : public ExperimentTest {
protected:
    void run(const Shard& shard, const Grid& grid) const {
        SweepOptions options;
        options.folder = path(shard.is_whole() ? "whole" : "parts/" + shard.folder());
        options.jobs = 1;
        options.shard = shard;
        run_sweep(grid, options);
    }
    void run_all(uint32_t count) const {
        for (uint32_t index = 1; index <= count; ++index) run({index, count}, tiny_grid());
    }
    std::string refusal(const std::vector<std::string>& folders) const {
        return io::message_of<InputError>([&] { write_merged(merge_shards(folders), path("merged")); });
    }
    std::string results(const std::string& folder) const {
        return text_of(folder + "/rows.csv") + text_of(folder + "/rows.jsonl");
    }
};

TEST(Shards, AreReadAndRefused) {
    EXPECT_EQ(parse_shard("3/16"), (Shard{3, 16}));
    for (const char* text : {"", "3", "3/", "/3", "0/3", "4/3", "3/16x", "-1/3", "1/100001", "3/16 "}) {
        EXPECT_NE(io::message_of<InputError>([&] { parse_shard(text); }).find("as in 3/16"), std::string::npos) << text;
    }
}

TEST(Shards, HoldEachCellOnceAndAreOfOneSize) {
    for (const uint32_t count : {1U, 2U, 7U, 16U, 40U}) {
        constexpr uint32_t cells = 33;
        std::vector<uint32_t> held(cells, 0);
        for (uint32_t index = 1; index <= count; ++index) {
            const std::vector<bool> members = members_of({index, count}, cells);
            const auto size = static_cast<uint32_t>(std::count(members.begin(), members.end(), true));
            EXPECT_GE(size, cells / count);
            EXPECT_LE(size, cells / count + 1);
            for (uint32_t cell = 0; cell < cells; ++cell) held[cell] += members[cell] ? 1U : 0U;
        }
        EXPECT_EQ(held, std::vector<uint32_t>(cells, 1));
    }
}

TEST(Shards, DoNotGatherWhatIsAlike) {
    // Every fourth cell is slow, as with four policies of which one is the oracle.
    const std::vector<bool> members = members_of({1, 4}, 400);
    uint32_t slow = 0;
    for (uint32_t cell = 0; cell < 400; cell += 4) slow += members[cell] ? 1U : 0U;
    EXPECT_GT(slow, 10U);
    EXPECT_LT(slow, 40U);
}

TEST_F(ShardTest, TogetherAreTheSweepOfOneMachine) {
    run({}, tiny_grid());
    run_all(5);
    const Merge merge = merge_shards({path("parts")});
    EXPECT_TRUE(merge.lost.empty());
    write_merged(merge, path("merged"));
    EXPECT_EQ(results("merged"), results("whole"));
    EXPECT_EQ(text_of("merged/sweep.json"), text_of("whole/sweep.json"));
    SweepOptions options;
    options.folder = path("merged");
    EXPECT_EQ(run_sweep(tiny_grid(), options).done_before, 12U) << "a merged sweep is a sweep";
}

TEST_F(ShardTest, AShardGoesOnWhereItWas) {
    run_all(2);
    const std::string journal = text_of("parts/shard-1-of-2/journal.jsonl");
    const std::string first = journal.substr(0, journal.find('\n') + 1);
    write("parts/shard-1-of-2/journal.jsonl", first + "{\"cell\": 7, \"mod");
    run({1, 2}, tiny_grid());
    EXPECT_EQ(text_of("parts/shard-1-of-2/journal.jsonl").substr(0, first.size()), first);
    EXPECT_TRUE(merge_shards({path("parts")}).lost.empty());
}

TEST_F(ShardTest, LostAndUnfinishedOnesAreNamed) {
    run_all(4);
    std::filesystem::remove_all(path("parts/shard-2-of-4"));
    const std::string journal = text_of("parts/shard-4-of-4/journal.jsonl");
    write("parts/shard-4-of-4/journal.jsonl", journal.substr(0, journal.find('\n') + 1));
    const std::string message = refusal({path("parts")});
    EXPECT_NE(message.find("2 of 4 shards are not complete"), std::string::npos) << message;
    EXPECT_NE(message.find("shard 2/4: 3 rows are missing, it has no folder"), std::string::npos) << message;
    EXPECT_NE(message.find("shard 4/4: 2 rows are missing, 1 are in "), std::string::npos) << message;
    EXPECT_NE(message.find("--shard I/N -o FOLDER` with the folder that it had"), std::string::npos) << message;
    EXPECT_FALSE(std::filesystem::exists(path("merged")));
}

TEST_F(ShardTest, OfSeveralSweepsAreRefused) {
    run({1, 2}, tiny_grid());
    Grid other = tiny_grid();
    other.repetitions = 2;
    run({2, 2}, other);
    EXPECT_NE(refusal({path("parts")}).find("are not of one sweep"), std::string::npos);
    std::filesystem::copy(path("parts/shard-1-of-2"), path("copy"));
    EXPECT_NE(refusal({path("parts/shard-1-of-2"), path("copy")}).find("are both shard 1/2"), std::string::npos);
    EXPECT_NE(refusal({path("nowhere")}).find("there is no such folder"), std::string::npos);
    std::filesystem::create_directories(path("empty"));
    EXPECT_NE(refusal({path("empty")}).find("holds no shards"), std::string::npos);
}

TEST_F(ShardTest, ARowOfAnotherShardIsDamage) {
    run_all(2);
    write("parts/shard-1-of-2/journal.jsonl",
          text_of("parts/shard-1-of-2/journal.jsonl") + text_of("parts/shard-2-of-2/journal.jsonl"));
    EXPECT_NE(refusal({path("parts")}).find("does not belong to shard 1/2"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::experiment
