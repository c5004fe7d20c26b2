#include "sim/wear.hpp"

#include <gtest/gtest.h>

#include <array>

#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {
namespace {

device::NvmKind rows_of_8(bool reads_wear) {
    device::NvmKind kind;
    kind.row_bytes = 8;
    kind.endurance = 1e6;
    kind.reads_wear = reads_wear ? 1 : 0;
    return kind;
}

TEST(Wear, ATransferCountsOnceForEachRowThatItTouches) {
    WearLedger ledger(64, rows_of_8(false));
    ledger.note_write(6, 4);   // rows 0 and 1
    ledger.note_write(15, 2);  // rows 1 and 2
    ledger.note_write(0, 0);
    ledger.note_read(40, 8);
    EXPECT_EQ(ledger.accesses_at(0), 1U);
    EXPECT_EQ(ledger.accesses_at(8), 2U);
    EXPECT_EQ(ledger.accesses_at(23), 1U);
    EXPECT_EQ(ledger.accesses_at(40), 0U) << "reading does not wear";
    const WornRow worst = ledger.worst();
    EXPECT_EQ(worst.offset, 8U);
    EXPECT_EQ(worst.accesses, 2U);
    EXPECT_DOUBLE_EQ(worst.lifetime(), 5e5);
}

TEST(Wear, WhereReadingWearsItCounts) {
    WearLedger ledger(64, rows_of_8(true));
    ledger.note_read(40, 8);
    ledger.note_write(40, 1);
    EXPECT_EQ(ledger.accesses_at(47), 2U);
    ledger.clear();
    EXPECT_EQ(ledger.worst().accesses, 0U);
    EXPECT_EQ(ledger.worst().lifetime(), 0) << "nothing wears it";
}

/// Whole lines are written, so a row is no smaller than a line.
TEST(Wear, ARowIsAtLeastALine) {
    device::NvmKind kind;
    kind.nvm_class.line_bytes = 16;
    kind.row_bytes = 8;
    WearLedger ledger(64, kind);
    ledger.note_write(3, 1);
    EXPECT_EQ(ledger.worst().bytes, 16U);
    EXPECT_EQ(ledger.worst().lifetime(), 0) << "its endurance is not known";
}

/// Where only writing wears, the busiest rows of an inference are those of the records, and the tensors' are written as often as
/// their jobs meet in a row.
TEST(Wear, AnInferenceSaysWhichRowItWearsMost) {
    const ImageFile file = tiny_image();
    DeviceProfile profile = default_profile();
    profile.nvm.reads_wear = 0;
    Session session(file, profile);
    SteadySupply steady;
    const RunResult first = session.run_inference(tiny_input(file), steady, {});
    EXPECT_GE(first.wear.accesses, file.header().stage_count / 2) << "each stage begins with a record";
    EXPECT_GE(first.wear.offset + first.wear.bytes, file.header().records_offset);
    const RunResult second = session.run_inference(tiny_input(file), steady, {});
    EXPECT_LE(second.wear.accesses, first.wear.accesses + 1) << "of one inference, not of all";
    profile.nvm.reads_wear = 1;
    Session ferroelectric(file, profile);
    EXPECT_GT(ferroelectric.run_inference(tiny_input(file), steady, {}).wear.accesses, first.wear.accesses);
}

}  // namespace
}  // namespace dynbal::sim
