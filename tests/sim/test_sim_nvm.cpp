#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "sim/sim_nvm.hpp"

namespace dynbal::sim {
namespace {

std::array<std::byte, 8> counting() {
    std::array<std::byte, 8> bytes{};
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i + 1);
    return bytes;
}

TEST(SimNvm, StopsInsideAWriteAfterExactlyTheBytesThatArePaid) {
    const auto source = counting();
    for (uint64_t cut = 0; cut < source.size(); ++cut) {
        SimNvm nvm(16);
        const auto supply = parse_supply("once:" + std::to_string(cut));
        nvm.power_up(*supply);
        EXPECT_THROW(nvm.write(4, source), PowerLoss);
        for (size_t i = 0; i < 16; ++i) {
            const bool written = i >= 4 && i < 4 + cut;
            EXPECT_EQ(nvm.memory()[i], written ? source[i - 4] : std::byte{0}) << cut << " " << i;
        }
        EXPECT_EQ(nvm.traffic().write_bytes, cut);
    }
}

TEST(SimNvm, RefusesEverythingUntilPowerComesBack) {
    SimNvm nvm(16);
    auto bytes = counting();
    EXPECT_THROW(nvm.read(0, bytes), PowerLoss) << "no power before the first power-up";
    const auto supply = parse_supply("bytes:3");
    nvm.power_up(*supply);
    EXPECT_THROW(nvm.write(0, bytes), PowerLoss);
    const Traffic before = nvm.traffic();
    EXPECT_THROW(nvm.write(8, bytes), PowerLoss);
    EXPECT_THROW(nvm.read(0, bytes), PowerLoss);
    EXPECT_THROW(nvm.compute(1), PowerLoss);
    EXPECT_EQ(nvm.memory()[8], std::byte{0});
    EXPECT_EQ(nvm.traffic(), before);
    nvm.power_up(*supply);
    EXPECT_NO_THROW(nvm.read(0, bytes));
    EXPECT_EQ(bytes[2], std::byte{3});
    EXPECT_EQ(bytes[3], std::byte{0}) << "the fourth byte was never written";
}

TEST(SimNvm, CountsWhatWasReallyMovedOverAllCycles) {
    SimNvm nvm(64);
    const auto supply = parse_supply("budget:100", published_profile());  // 6 bytes, 13 units are left over
    std::array<std::byte, 4> bytes{};
    nvm.power_up(*supply);
    nvm.write(0, bytes);
    nvm.compute(10);
    EXPECT_THROW(nvm.read(0, bytes), PowerLoss);  // 32 of 58 units: 2 bytes
    EXPECT_EQ(nvm.traffic(), (Traffic{2, 4, 2, 10, 1}));
    nvm.power_up(*supply);
    EXPECT_THROW(nvm.compute(1000), PowerLoss);
    EXPECT_EQ(nvm.traffic(), (Traffic{2, 4, 2, 110, 2}));
}

TEST(SimNvm, TreatsAnAccessOutsideAsAnErrorOfTheCaller) {
    SimNvm nvm(16);
    const auto supply = parse_supply("none");
    nvm.power_up(*supply);
    auto bytes = counting();
    EXPECT_NO_THROW(nvm.read(8, bytes));
    EXPECT_THROW(nvm.read(9, bytes), std::logic_error);
    EXPECT_THROW(nvm.write(17, bytes), std::logic_error);
    EXPECT_THROW(nvm.write(0xFFFFFFFF, bytes), std::logic_error);
    EXPECT_NO_THROW(nvm.write(16, {}));
}

TEST(SimNvm, NoticesChangesOutsideOfTheIgnoredRangeOnly) {
    SimNvm nvm(32);
    nvm.watch_outside({8, 16});
    const auto supply = parse_supply("none");
    nvm.power_up(*supply);
    const auto bytes = counting();
    nvm.write(8, bytes);
    EXPECT_FALSE(nvm.changed());
    nvm.write(16, bytes);
    EXPECT_TRUE(nvm.changed());
    nvm.clear_changed();
    nvm.write(16, bytes);
    EXPECT_FALSE(nvm.changed()) << "the same bytes again are no change";
}

TEST(SimNvm, WhatTheHostPaysForIsNeitherCutNorCounted) {
    SimNvm nvm(32);
    const auto supply = parse_supply("budget:15", published_profile());  // one byte
    nvm.power_up(*supply);
    const auto bytes = counting();
    nvm.set_free(true);
    nvm.write(0, bytes);
    nvm.compute(1000);
    nvm.set_free(false);
    EXPECT_EQ(nvm.memory()[7], std::byte{8});
    EXPECT_EQ(nvm.traffic(), Traffic{});
    EXPECT_FALSE(nvm.changed());
    EXPECT_THROW(nvm.write(0, bytes), PowerLoss);
    EXPECT_EQ(nvm.traffic().write_bytes, 1U);
}

TEST(SimNvm, LogsBytesInTheOrderOfWriting) {
    SimNvm nvm(32);
    std::vector<LoggedByte> log;
    nvm.set_log(&log);
    const auto supply = parse_supply("bytes:5");
    nvm.power_up(*supply);
    const auto bytes = counting();
    EXPECT_THROW(nvm.write(3, bytes), PowerLoss);
    ASSERT_EQ(log.size(), 5U);
    EXPECT_EQ(log[4].offset, 7U);
    EXPECT_EQ(log[4].value, std::byte{5});
}

TEST(SimNvm, BreaksItsContractWhenToldTo) {
    const auto bytes = counting();
    SimNvm descending(16, Defect::descending_writes);
    const auto supply = parse_supply("bytes:2");
    descending.power_up(*supply);
    EXPECT_THROW(descending.write(0, bytes), PowerLoss);
    EXPECT_EQ(descending.memory()[0], std::byte{0});
    EXPECT_EQ(descending.memory()[6], std::byte{7});
    DeviceProfile profile = default_profile();
    profile.nvm.nvm_class = {16, Torn::garbage, true};
    EXPECT_EQ(SimNvm(16, Defect::none, profile).nvm_class(), profile.nvm.nvm_class);
    EXPECT_EQ(SimNvm(16, Defect::undeclared_class, profile).nvm_class(), NvmClass{});
}

}  // namespace
}  // namespace dynbal::sim
