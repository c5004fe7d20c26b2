// What the host makes of a line that the emulated board was writing when it was killed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "firmware/power_failure.hpp"
#include "platform/nvm_ledger.hpp"

namespace dynbal::test {
namespace {

/// 64 bytes and a ledger: of the line from 8 to 15 the first three bytes have been written.
struct TornLine {
    std::vector<std::byte> nvm = std::vector<std::byte>(64 + sizeof(NvmLedger), std::byte{1});
    NvmLedger ledger;

    explicit TornLine(Torn torn) {
        firmware::set_nvm_class(nvm, {8, torn});
        std::memcpy(&ledger, &nvm[64], sizeof(ledger));
        ledger.is_open = 1;
        ledger.offset = 8;
        std::fill_n(ledger.before, 8, std::byte{1});
        std::fill_n(ledger.after, 8, std::byte{2});
        std::fill_n(nvm.begin() + 8, 3, std::byte{2});
        note();
    }
    void note() { std::memcpy(&nvm[64], &ledger, sizeof(ledger)); }
    /// How many bytes are new.
    long ended() {
        EXPECT_TRUE(firmware::end_torn_line(nvm));
        return std::count(nvm.begin(), nvm.begin() + 64, std::byte{2});
    }
};

TEST(TornLines, StayOld) { EXPECT_EQ(TornLine(Torn::stays_old).ended(), 0); }
TEST(TornLines, BecomeNew) { EXPECT_EQ(TornLine(Torn::becomes_new).ended(), 8); }

TEST(TornLines, AreEndedOnce) {
    TornLine line(Torn::becomes_new);
    line.ended();
    line.nvm[9] = std::byte{1};  // the board has written since
    EXPECT_EQ(line.ended(), 7);
}

TEST(TornLines, ThatWereWrittenAreLeftAlone) {
    TornLine line(Torn::stays_old);
    line.ledger.is_open = 0;
    line.note();
    EXPECT_EQ(line.ended(), 3);
}

TEST(TornLines, OfByteFramAreLeftAlone) {
    TornLine line(Torn::stays_old);
    firmware::set_nvm_class(line.nvm, NvmClass{});
    EXPECT_EQ(line.ended(), 3);
}

TEST(TornLines, OfADamagedLedgerAreRefused) {
    TornLine line(Torn::stays_old);
    line.ledger.offset = 60;
    line.note();
    EXPECT_FALSE(firmware::end_torn_line(line.nvm));
    line.ledger.offset = 8;
    line.ledger.line_bytes = 200;
    line.note();
    EXPECT_FALSE(firmware::end_torn_line(line.nvm));
}

}  // namespace
}  // namespace dynbal::test
