// Progress is what the record says, not what is written.
#include "sim/progress_watch.hpp"

#include <gtest/gtest.h>

namespace dynbal::sim {
namespace {

Record running(uint32_t stage, uint32_t epoch, uint32_t done, uint32_t end = 100) {
    Record record;
    record.phase = Phase::running;
    record.stage = static_cast<uint16_t>(stage);
    record.epoch = epoch;
    record.done = done;
    record.region = {0, end, 0, 1};
    return record;
}

TEST(ProgressWatch, IsALaterStageFewerValuesLeftOrMoreDone) {
    ProgressWatch watch;
    EXPECT_FALSE(watch.note(std::nullopt));
    EXPECT_TRUE(watch.note(Record{}));
    EXPECT_FALSE(watch.note(Record{}));
    EXPECT_TRUE(watch.note(running(0, 1, 0)));
    EXPECT_TRUE(watch.note(running(0, 1, 5)));
    EXPECT_FALSE(watch.note(running(0, 1, 5)));
    EXPECT_FALSE(watch.note(running(0, 1, 4)));
    EXPECT_TRUE(watch.note(running(0, 2, 0, 90)));
    EXPECT_TRUE(watch.note(running(1, 3, 0)));
    EXPECT_FALSE(watch.note(running(0, 3, 99)));
    Record ended;
    ended.inference = 1;
    EXPECT_TRUE(watch.note(ended));
}

TEST(ProgressWatch, IsNoChangeOfConfigurationAlone) {
    ProgressWatch watch;
    watch.note(running(0, 1, 50));
    EXPECT_FALSE(watch.note(running(0, 2, 0)));
    EXPECT_TRUE(watch.note(running(0, 2, 1))) << "counted anew";
    for (uint32_t epoch = 3; epoch < 20; ++epoch) EXPECT_FALSE(watch.note(running(0, epoch, 0)));
}

TEST(ProgressWatch, CountsChannelsInsideAJob) {
    ProgressWatch watch;
    Record record = running(0, 1, 50);
    watch.note(record);
    record.channels_done = 8;
    EXPECT_TRUE(watch.note(record));
    EXPECT_FALSE(watch.note(record));
}

}  // namespace
}  // namespace dynbal::sim
