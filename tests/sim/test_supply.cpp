#include <gtest/gtest.h>

#include <memory>

#include "base/error.hpp"
#include "base/random.hpp"
#include "sim/supply.hpp"

namespace dynbal::sim {
namespace {

std::string error_of(const std::string& text) {
    try {
        parse_supply(text);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

/// How many items of one piece of work are granted, at the prices of the default device.
uint64_t pay(Supply& supply, Work work, uint64_t count) {
    const DeviceProfile& profile = default_profile();
    if (work == Work::mac) {
        return supply.pay({work, count, profile.job(), profile.mac(device::Kernel::convolution)}).count;
    }
    const device::NvmAccess& access = work == Work::read ? profile.read : profile.write;
    return supply.pay({work, count, profile.transfer(access), profile.byte(access)}).count;
}

/// Pays one by one until the power fails.
uint64_t affordable(Supply& supply, Work work, uint64_t limit) {
    uint64_t count = 0;
    while (count < limit && pay(supply, work, 1) == 1) ++count;
    return count;
}

TEST(Supply, NoneNeverFails) {
    const auto supply = parse_supply("none");
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::write, UINT64_MAX), UINT64_MAX);
    EXPECT_EQ(pay(*supply, Work::mac, UINT64_MAX), UINT64_MAX);
}

TEST(Supply, BytesCountsWritesOfEachCycle) {
    const auto supply = parse_supply("bytes:10");
    for (int cycle = 0; cycle < 3; ++cycle) {
        supply->begin_cycle();
        EXPECT_EQ(pay(*supply, Work::read, 1000), 1000U);
        EXPECT_EQ(pay(*supply, Work::mac, 1000), 1000U);
        EXPECT_EQ(pay(*supply, Work::write, 7), 7U);
        EXPECT_EQ(pay(*supply, Work::write, 7), 3U);
    }
}

TEST(Supply, OnceFailsOnceAndThenFollowsTheRest) {
    const auto supply = parse_supply("once:4");
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::write, 5), 4U);
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::write, 1000), 1000U);

    const auto with_rest = parse_supply("once:0+bytes:6");
    with_rest->begin_cycle();
    EXPECT_EQ(pay(*with_rest, Work::write, 5), 0U);
    for (int cycle = 0; cycle < 2; ++cycle) {
        with_rest->begin_cycle();
        EXPECT_EQ(pay(*with_rest, Work::write, 100), 6U);
    }
}

TEST(Supply, ABudgetOfThePublishedDevicePricesBytesAtFourteenAndAHalf) {
    const auto supply = parse_supply("budget:30", published_profile());
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::read, 3), 2U);
    EXPECT_EQ(pay(*supply, Work::mac, 1), 0U) << "what remained is spent";
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::write, 1), 1U);
    EXPECT_EQ(pay(*supply, Work::mac, 15), 15U);
    EXPECT_EQ(pay(*supply, Work::mac, 1), 0U) << "less than a unit is left";
}

TEST(Supply, BudgetHasAFirstCycleOfItsOwn) {
    for (const uint64_t first : {1U, 13U, 50U}) {
        const auto supply = parse_supply("budget:20,first=" + std::to_string(first), published_profile());
        for (const uint64_t units : {first, uint64_t{20}, uint64_t{20}}) {
            supply->begin_cycle();
            EXPECT_EQ(affordable(*supply, Work::mac, 1000), units);
        }
    }
    const auto after_a_cut = parse_supply("once:0+budget:20,first=5", published_profile());
    after_a_cut->begin_cycle();
    EXPECT_EQ(pay(*after_a_cut, Work::write, 1), 0U);
    after_a_cut->begin_cycle();
    EXPECT_EQ(affordable(*after_a_cut, Work::mac, 1000), 5U);
}

TEST(Supply, AFileIsATrace) {
    EXPECT_NE(error_of("/proc/self/statm").find("a recording is given as trace:/proc/self/statm"), std::string::npos);
    EXPECT_NE(error_of("/nowhere").find("there is no such supply"), std::string::npos);
}

TEST(Supply, EachFormIsExplainedAndListedInErrors) {
    for (const char* form : supply_forms()) {
        EXPECT_NE(std::string(supply_help()).find(std::string("\n  ") + form), std::string::npos) << form;
        EXPECT_NE(error_of("nonsense:1").find(form), std::string::npos) << form;
    }
}

TEST(Supply, ABudgetCountsInThePricesOfItsDevice) {
    DeviceProfile profile = default_profile();
    profile.stated_prices = device::Prices{.mac = 1, .read_byte = 2, .write_byte = 3, .transfer = 10};
    const auto supply = parse_supply("budget:32", profile);
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::write, 2), 2U);
    EXPECT_EQ(pay(*supply, Work::read, 3), 3U);
    EXPECT_EQ(pay(*supply, Work::mac, 1), 0U) << "all is spent";
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::mac, 20), 20U);
    EXPECT_EQ(pay(*supply, Work::read, 9), 1U) << "it stops at the byte that cannot be paid";
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::mac, 23), 23U);
    const Grant grant = supply->pay({Work::read, 0, {}, {}});
    EXPECT_FALSE(grant.whole) << "not even the start can be paid";
}

TEST(Supply, RandomIsReproducibleAndKeepsItsRange) {
    const auto first = parse_supply("random:7,20,40");
    const auto second = parse_supply("random:7,20,40");
    uint64_t least = 100;
    uint64_t most = 0;
    for (int cycle = 0; cycle < 500; ++cycle) {
        first->begin_cycle();
        second->begin_cycle();
        const uint64_t bytes = pay(*first, Work::write, 1000);
        EXPECT_EQ(bytes, pay(*second, Work::write, 1000));
        least = std::min(least, bytes);
        most = std::max(most, bytes);
    }
    EXPECT_EQ(least, 20U);
    EXPECT_EQ(most, 40U);
    const auto fixed = parse_supply("random:8,5,5");
    fixed->begin_cycle();
    EXPECT_EQ(pay(*fixed, Work::write, 9), 5U);
}

TEST(Supply, RandomNumbersAreTheSameOnEveryPlatform) {
    EXPECT_EQ(hash64(0), 0xE220A8397B1DCDAFU);  // the first output of SplitMix64 with seed 0
}

TEST(Supply, PowerRunsFromTheCapacitorAndWhatIsHarvested) {
    const DeviceProfile& profile = default_profile();
    const double stored_j = profile.capacitor.cycle_energy_j() - static_cast<double>(profile.job().energy_fj) * 1e-15;
    const double mac_j = static_cast<double>(profile.mac(device::Kernel::convolution).energy_fj) * 1e-15;
    const auto weak = parse_supply("power:1nW");
    const auto strong = parse_supply("power:4mW,efficiency=50%");
    weak->begin_cycle();
    strong->begin_cycle();
    const auto weak_macs = static_cast<double>(pay(*weak, Work::mac, 1'000'000'000));
    const auto strong_macs = static_cast<double>(pay(*strong, Work::mac, 1'000'000'000));
    EXPECT_NEAR(weak_macs, stored_j / mac_j, 2);
    EXPECT_NEAR(strong_macs, weak_macs * profile.run_mw / (profile.run_mw - 2), 1e-3 * strong_macs);
    const double charged_s = static_cast<double>(strong->charging_ps()) * 1e-12;
    EXPECT_NEAR(charged_s, profile.capacitor.cycle_energy_j() / 2e-3, 1e-9);
}

TEST(Supply, MorePowerThanIsUsedNeverFails) {
    const auto supply = parse_supply("power:5W");
    supply->begin_cycle();
    EXPECT_EQ(pay(*supply, Work::mac, 1'000'000'000'000), 1'000'000'000'000U);
    EXPECT_EQ(pay(*supply, Work::write, 1'000'000'000), 1'000'000'000U);
}

TEST(Supply, PaysForATransferAtOnceAsForItsParts) {
    const auto whole = parse_supply("power:100uW");
    whole->begin_cycle();
    const uint64_t bytes = pay(*whole, Work::write, 1'000'000);
    EXPECT_GT(bytes, 1000U);
    const auto parts = parse_supply("power:100uW");
    parts->begin_cycle();
    EXPECT_LT(affordable(*parts, Work::write, bytes), bytes) << "each transfer has a start-up cost";
}

TEST(Supply, RefusesEveryMistakeAndSaysWhereHelpIs) {
    for (const char* text : {"",
                             "bytes",
                             "bytes:",
                             "bytes:0",
                             "bytes:-1",
                             "bytes:+1",
                             "bytes:1.5",
                             "bytes:1e3",
                             "bytes: 5",
                             "bytes:5 ",
                             "bytes:99999999999999999999",
                             "budget:0",
                             "budget:nan",
                             "budget:-3",
                             "budget:5,",
                             "budget:5,first=0",
                             "budget:5,first=",
                             "budget:5,last=4",
                             "budget:5,first=4,first=4",
                             "once:",
                             "once:x",
                             "once:5+",
                             "once:5+once:6",
                             "once:5+bytes:0",
                             "random:1",
                             "random:1,2",
                             "random:1,5,4",
                             "random:1,0,4",
                             "random:-1,2,4",
                             "random:1,2,3,4",
                             "power:",
                             "power:4",
                             "power:mW",
                             "power:0mW",
                             "power:-4mW",
                             "power:nanmW",
                             "power:infW",
                             "power:4kW",
                             "power:1eW",
                             "power:99999W",
                             "power:4mW,",
                             "power:4mW,esr",
                             "power:4mW,efficiency=2",
                             "power:4mW,on_voltage=2V",
                             "markov:power=4mW,on=1s",
                             "walk:low=4mW,high=1mW",
                             "daynight:peak=1mW,clouds=2",
                             "solar:3",
                             "none:1",
                             "NONE",
                             "bytes:5\n"}) {
        const std::string message = error_of(text);
        EXPECT_NE(message.find("dynbal help supplies"), std::string::npos) << "'" << text << "': " << message;
        // After `once:K+` it is the second supply that is named.
        const std::string named = std::string(text).substr(std::string(text).find('+') + 1);
        EXPECT_NE(message.find("supply '"), std::string::npos) << message;
        EXPECT_NE(message.find(named), std::string::npos) << message;
    }
}

}  // namespace
}  // namespace dynbal::sim
