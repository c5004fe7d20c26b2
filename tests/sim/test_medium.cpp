#include "sim/medium.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "device/nvm_class.hpp"

namespace dynbal::sim {
namespace {

using Bytes = std::vector<std::byte>;

Medium medium_of(const char* nvm_class) {
    Medium medium(64, device::parse_nvm_class(nvm_class), Defect::none);
    medium.write(0, Bytes(64, std::byte{0xEE}));
    medium.barrier();
    return medium;
}

Bytes counting(size_t count) {
    Bytes bytes(count);
    for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i + 1);
    return bytes;
}

/// Which of the bytes [begin, end) hold what was there before.
bool is_old(const Medium& medium, uint32_t begin, uint32_t end) {
    const auto bytes = medium.bytes().subspan(begin, end - begin);
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0xEE}; });
}

bool is_new(const Medium& medium, uint32_t offset, uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end; ++at) {
        if (medium.bytes()[at] != static_cast<std::byte>(at - offset + 1)) return false;
    }
    return true;
}

TEST(Medium, ALineIsThereWholeOrNotAtAll) {
    for (size_t paid = 0; paid < 20; ++paid) {
        Medium medium = medium_of("line8");
        medium.tear(5, counting(20), paid);  // of the lines 0, 8, 16 and 24
        medium.lose_power();
        const auto arrived = static_cast<uint32_t>((5 + paid) / 8 * 8);  // whole lines
        const uint32_t end = std::max(arrived, 5U);
        EXPECT_TRUE(is_new(medium, 5, 5, end)) << paid;
        EXPECT_TRUE(is_old(medium, 0, 5) && is_old(medium, end, 64)) << paid;
    }
}

TEST(Medium, ATornLineMayBeWrittenToItsEnd) {
    for (size_t paid = 0; paid < 20; ++paid) {
        Medium medium = medium_of("line8,torn=new");
        medium.tear(5, counting(20), paid);
        const auto end = static_cast<uint32_t>(std::min<size_t>(25, (5 + paid) / 8 * 8 + 8));
        EXPECT_TRUE(is_new(medium, 5, 5, end)) << paid;
        EXPECT_TRUE(is_old(medium, 0, 5) && is_old(medium, end, 64)) << paid;
    }
}

TEST(Medium, GarbageSpoilsTheWholeLineAndNothingElse) {
    Medium medium = medium_of("line16,torn=garbage");
    medium.tear(20, counting(20), 3);  // byte 23 comes next: the line 16 to 32
    EXPECT_TRUE(is_old(medium, 0, 16) && is_old(medium, 32, 64));
    for (uint32_t at = 16; at < 32; ++at) EXPECT_NE(medium.bytes()[at], std::byte{0xEE}) << at;
}

TEST(Medium, BytesArriveUpToTheOneThatIsNotPaidFor) {
    Medium medium = medium_of("byte");
    medium.tear(5, counting(20), 7);
    EXPECT_TRUE(is_new(medium, 5, 5, 12));
    EXPECT_TRUE(is_old(medium, 0, 5) && is_old(medium, 12, 64));
}

TEST(Medium, WithoutABarrierSomeLinesHaveArrivedAndSomeNot) {
    Medium medium = medium_of("line4,order=any");
    medium.write(0, counting(64));
    EXPECT_TRUE(is_new(medium, 0, 0, 64)) << "while there is power what was written is read";
    Medium same = medium;
    medium.lose_power();
    uint32_t arrived = 0, lost = 0;
    for (uint32_t at = 0; at < 64; at += 4) {
        arrived += is_new(medium, 0, at, at + 4) ? 1U : 0U;
        lost += is_old(medium, at, at + 4) ? 1U : 0U;
    }
    EXPECT_EQ(arrived + lost, 16U) << "each line whole";
    EXPECT_GT(arrived, 0U);
    EXPECT_GT(lost, 0U);
    same.lose_power();
    EXPECT_TRUE(std::equal(medium.bytes().begin(), medium.bytes().end(), same.bytes().begin())) << "it replays";
    medium.lose_power();
    EXPECT_TRUE(std::equal(medium.bytes().begin(), medium.bytes().end(), same.bytes().begin())) << "lost once";
}

TEST(Medium, BehindABarrierNothingIsLost) {
    Medium medium = medium_of("line4,order=any");
    medium.write(0, counting(64));
    medium.barrier();
    medium.lose_power();
    EXPECT_TRUE(is_new(medium, 0, 0, 64));
}

/// A line that was written more than once may hold any of what was written.
TEST(Medium, AnOlderContentOfALineMayBeWhatArrived) {
    bool seen[3] = {false, false, false};
    for (uint32_t salt = 0; salt < 64; ++salt) {
        Medium medium = medium_of("line4,order=any");
        medium.write(32, Bytes(4, static_cast<std::byte>(salt)));
        medium.write(0, Bytes(4, std::byte{1}));
        medium.write(0, Bytes(4, std::byte{2}));
        medium.lose_power();
        const auto found = medium.bytes()[0];
        seen[found == std::byte{0xEE} ? 0 : static_cast<size_t>(found)] = true;
    }
    EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
}

}  // namespace
}  // namespace dynbal::sim
