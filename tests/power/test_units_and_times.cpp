//! Units and times of recordings: what is not known is named, what is taken for granted is said, and no digit of a time is lost.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>

#include "power/column_names.hpp"
#include "power/time_unit.hpp"
#include "told.hpp"

namespace dynbal::power {
namespace {

/// Eight rows of 1 mW.
std::string rows_of(const std::string& header, const std::function<std::string(int)>& time) {
    std::string text = header + "\n";
    for (int i = 0; i < 8; ++i) text += time(i) + ",1\n";
    return text;
}

TEST(Units, AnUnknownOneIsNamed) {
    struct Case {
        const char *header, *unit, *option;
    };
    for (const Case& c :
         {Case{"time_s,power (hp)", "hp", "unit=mW"}, Case{"time_s,voltage [statV]", "statV", "unit=V"},
          Case{"time_s,power_mwh", "mwh", "unit=mW"}, Case{"time_s,Current (gauss)", "gauss", "unit=mA"},
          Case{"time [weeks],power_mw", "weeks", "time_unit=ms"},
          Case{"time_fortnights,power_mw", "fortnights", "time_unit=ms"},
          Case{"time_s,\"power\n(deci W)\"", "deci W", "unit=mW"}, Case{"time,power\ns,hp\n", "hp", "unit=mW"}}) {
        const std::string table = std::string(c.header) + "\n0,1\n1,2\n";
        expect_told(table, "", std::string("the unit '") + c.unit + "' is not known; known are: time in s, ms");
        expect_told(table, "", std::string("or give ") + c.option);
    }
    expect_told("time_s,power_hp\n0,1\n1,2\n", "column=2", "the unit 'hp' is not known");
    expect_told("time_s,power\n0,1\n1,2\n", "", "'power' has no unit; write it into the header");
    // Half of a product is not passed over because the other half has its unit.
    expect_told("time_s,voltage,current_ma\n0,1,2\n1,2,2\n", "",
                "'voltage' has no unit; write it into the header, such as voltage_v or Voltage [V], or give "
                "column=voltage*current_ma,unit=V*mA");
    expect_told("time_s,Bus Voltage [V],Current\n0,1,2\n1,2,2\n", "",
                "'Current' has no unit; write it into the header, such as current_ma or Current [mA], or give "
                "column=2*Current,unit=V*mA");
    expect_told("time_s,voltage,current\n0,1,2\n1,2,2\n", "", "or give column=voltage*current,unit=V*mA");
    expect_told("time_s,voltage\n0,1\n1,2\n", "", "or give unit=V,resistance=1kOhm");
    // What a message says to write works.
    struct Advice {
        const char *recording, *says, *option, *gives;
    };
    for (const Advice& advice :
         {Advice{"time_s,voltage,current,power\n0,1,2,3\n1,1,2,3\n", "or give column=power,unit=mW",
                 "column=power,unit=mW", "mean 3 mW"},
          Advice{"time_s,VOLTAGE,voltage,current_ma\n0,1,2,3\n1,1,2,3\n", "or give column=2*current_ma,unit=V*mA",
                 "column=2*current_ma,unit=V*mA", "mean 3 mW"},
          Advice{"time_s,irradiance\n0,1000\n1,1000\n", "or give unit=W/m2,panel=50mW", "unit=W/m2,panel=50mW",
                 "mean 50 mW"},
          Advice{"time_s,bus voltage,current_ma\n0,1,2\n1,1,2\n",
                 "not read: 'bus voltage'): a current alone is no power", "column=2*3,unit=V*mA", "mean 2 mW"}}) {
        expect_told(advice.recording, "", advice.says);
        expect_told(advice.recording, advice.option, advice.gives);
    }
    expect_told("time_s,current_ma\n0,1\n1,2\n", "",
                "voltage= is missing (time from 'time_s', current from 'current_ma'): a current alone is no power");
    expect_told("time_s,illuminance [lux]\n0,1\n1,2\n", "", "no known units: 'lux'");
    for (const char* name :
         {"power", "Voltage 1", "unix_time", "time_stamp", "x-axis", "sample_rate", "Power consumption of all"})
        EXPECT_EQ(unknown_unit(name), "") << name;
}

TEST(Units, MoreAreKnown) {
    const auto mean_of = [](const std::string& unit, const std::string& words) {
        return told_of("time_s," + unit + "\n0,2\n1,2\n", words);
    };
    EXPECT_NE(mean_of("power_kw", "scale=0.001").find("mean 2 W"), std::string::npos);
    EXPECT_NE(mean_of("Power [pW]", "").find("mean 2 pW"), std::string::npos);
    EXPECT_NE(mean_of("GHI [kW/m2]", "panel=1mW").find("mean 2 mW"), std::string::npos);
    EXPECT_NE(mean_of("irradiance (mW/cm\xC2\xB2)", "panel=1mW").find("mean 20 uW"), std::string::npos);
    EXPECT_NE(mean_of("irradiance_uw/cm2", "panel=1mW").find("mean 20 nW"), std::string::npos);
    for (const char* name : {"pressure [Pa]", "sensor_d", "day", "energy_day", "id_days"})
        EXPECT_EQ(meaning_of(name).quantity, Quantity::none) << name;
}

TEST(Units, NamesGoOnBehindThem) {
    for (const char* name : {"Power [mW] CH1", "Power (mW) (mean)", "mean (roof) of power [mW]"})
        EXPECT_NEAR(meaning_of(name).factor, 1e-3, 1e-12) << name;
    for (const char* name : {"power (", "power mW [", "power (mW", "(", "a(("})
        EXPECT_FALSE(meaning_of(name).has_unit()) << name;
    for (const char* name : {"Power (mW) [10 ms]", "P (W) or (mW)"}) EXPECT_FALSE(meaning_of(name).has_unit()) << name;
    expect_told("time_s,power_mw_1\n0,1\n1,2\n", "", "'power_mw_1' does not end with its unit");
    for (const char* name : {"J/s", "mJ/s", "samples/s", "joules per s", "Watt hour", "samples_per_min", "CH1 in k V"})
        EXPECT_EQ(meaning_of(name).quantity, Quantity::none) << name;
    for (const char* name : {"Power m W", "power_m-w", "Voltage k V"})
        EXPECT_FALSE(meaning_of(name).has_unit()) << name;
    for (const char* name : {"Zeit/s", "t/s", "t / min", "U / V", "uptime_s"})
        EXPECT_TRUE(meaning_of(name).has_unit()) << name;
    expect_told("Time 100 ns,power_mw\n0,1\n1,2\n", "", "by its name a multiple of the time");
    for (const char* name : {"Power 1e-3 W", "Power 10 uW", "power_100_mw", "Power/10 (mW)", "Power*10 (mW)",
                             "Power * 10 [mW]", "P_x10 [mW]"})
        expect_told(std::string("time_s,") + name + "\n0,1\n1,2\n", "", "by its name a multiple of what was harvested");
    EXPECT_EQ(told_of("time_s,Power 2 mW\n0,1\n1,2\n").find("multiple"), std::string::npos) << "a channel";
    expect_told("time_s,Power loss (mW)\n0,1\n1,2\n", "", "by its name what a device draws");
    expect_told("time_s,noise_mw\n0,1\n1,2\n", "", "by its name no measured value");
    expect_told("time_s,log(mW)\n0,1\n1,2\n", "", "by its name no measured value");
}

TEST(Units, WhatIsTakenForGrantedIsSaid) {
    expect_told("TIME,CH1\n0,1\n1,2\n", "resistance=1Ohm",
                "csv of Tektronix, time in s from 'TIME', voltage in V from 'CH1'");
    expect_told("t,P\n0,1\n1,2\n", "time_unit=ms,unit=uW", "time in ms from 't', power in uW from 'P'");
    expect_told("time,U,I\ns,V,uA\n0,1,2\n1,2,2\n", "", "time in s from 'time', power = 'U' in V x 'I' in uA");
    expect_told("time,temp,power\ns,degC,mW\n0,1,2\n1,2,2\n", "", "time in s from 'time', power in mW from 'power'");
    expect_told("time_s,power (MW)\n0,1\n1,2\n", "", "'MW' is taken for milli, not mega");
    expect_told("time_s,power\n,MW\n0,1\n1,2\n", "", "'MW' is taken for milli, not mega");
    expect_told("time_s,power_mw\n1700000000000,1\n1700000000250,2\n", "",
                "'time_s' is taken as s, but 1700000000000 is a time since 1970 in ms");
    EXPECT_EQ(told_of("time_ms,power_mw\n1700000000,1\n1700000250,2\n").find("1970"), std::string::npos) << "a counter";
    expect_told("time\tV(out)*I(R1)\n0\t1\n1\t2\n", "time_unit=s", "no column of ");
    expect_told("t1,time,power_mw\n0,0,1\n1,1,1\n", "time_unit=s", "time in s from 'time'");
    expect_told("time,timestamp,power_mw\n0,0,1\n1,1,1\n", "time_unit=s", "but not of which column: time=NAME");
}

TEST(Units, ThousandsAreSaidInEachColumn) {
    expect_told("time_ms;power_mw\n1,000;1\n1,250;2\n", "", "'1,000' is taken for a number with a fraction");
    expect_told("time_s;U_v;I_ma\n0;1;1.250\n1;1;2.500\n", "", "'1.250' is taken for a number with a fraction");
    EXPECT_EQ(told_of("time_s;power_mw\n0,000;1\n1,250;2\n").find("fraction"), std::string::npos);
    expect_told("time_s,GHI [W/m2]\n0,9999\n1,2\n", "panel=1mW", "up to 9999 W/m2: more than the sun gives");
}

TEST(Times, TheirUnitIsProposedAndNotGuessed) {
    struct Case {
        const char *first, *second, *says;
    };
    for (const Case& c :
         {Case{"45250.5", "45250.6", "time_unit=d (45250.5 looks like days as spreadsheets count them)"},
          Case{"738000.5", "738000.6", "time_unit=d (738000.5 looks like days as MATLAB"},
          Case{"2460263.5", "2460264.5", "time_unit=d (2460263.5 looks like a Julian date)"},
          Case{"1700000000", "1700000001", "time_unit=s (1700000000 looks like seconds since 1970)"},
          Case{"1700000000000", "1700000000001", "time_unit=ms (1700000000000 looks like milliseconds"},
          Case{"1700000000000000", "1700000000000001", "time_unit=us (1"},
          Case{"1700000000000000000", "1700000000000000001", "time_unit=ns (1"},
          Case{"20240531", "20240601", "looks like a date, which is written 2024-05-31"},
          Case{"45000", "46000", "or give time_unit=ms"}}) {
        for (const char* name : {"time", "timestamp", "date", "epoch", "datenum"}) {
            expect_told(fmt::format("{},power_mw\n{},1\n{},2\n", name, c.first, c.second), "", c.says);
        }
    }
    expect_told("date,time,power_mw\n20240531,12:00:00,1\n20240601,12:00:00,2\n", "",
                ":2: 'date' holds no date that is known: '20240531'");
}

TEST(Times, SecondsSince1970AreNoMementos) {
    expect_told("103717744\t0.3\n103717745\t0.6\n", "", "mementos, 0.001 s a row");
    for (const char* first : {"1700000000\t0.3\n1700000001\t0.6\n", "1700000000123,1\n1700000000124,2\n"})
        expect_told(first, "", ":1: no line names the columns");
}

TEST(Times, OtherHeadersThatNameRssiAreRead) {
    expect_told("time_ms,RSSI_mW\n0,1\n250,2\n500,1\n", "", "3 samples, 750 ms, mean 1.33 mW");
    expect_told("time_s,RSSI_dBm,power_mW\n0,-9,1\n1,-8,2\n", "", "2 samples, 2 s, mean 1.5 mW");
    expect_told("sec RSSI,mW\n0.00\t1\n0.02\t2\n", "", "react, time in s from column 1");
}

TEST(Times, NoDigitIsLost) {
    const auto after = [](const char* before, int64_t step) {
        return [=](int i) { return fmt::format("{}{:09}", before, 123456000 + step * i); };
    };
    const std::string name = "time_ns,power_mw";
    expect_told(rows_of(name, after("1700000000", 10)), "", "8 samples, 80 ns");
    expect_told(rows_of(name, after("+1700000000", 10)), "", "8 samples, 80 ns");
    expect_told(rows_of("time_s,power_mw", after("1700000000.", 1000)), "", "8 samples, 8 us");
    expect_told(rows_of("time,power_mw", after("2024-05-31T12:00:00.", 1000)), "", "8 samples, 8 us");
    expect_told(rows_of("time,power_mw", [&](int i) { return after("2024-05-31 23:59:59.", 1000)(i) + "+02:00"; }), "",
                "8 samples, 8 us");
    // 1 ms in days.
    const auto days = [](int i) { return fmt::format("45250.{:015}", 123456000000000 + 11574074LL * i); };
    expect_told(rows_of("time,power_mw", days), "time_unit=d", "8 samples, 8 ms");
    expect_told(rows_of("Time [d],power_mw", days), "", "8 samples, 8 ms");
    const auto rounded = [](int i) { return fmt::format("{:.15e}", 1.7e9 + 1e-5 * i); };
    expect_told(rows_of("time_s,power_mw", rounded), "", "is rounded by up to 377 ns; take the first time off all");
    EXPECT_EQ(
        told_of(rows_of("time_s,power_mw", [](int i) { return fmt::format("{:.15e}", 1.7e9 + i); })).find("round"),
        std::string::npos);
}

TEST(Times, BetweenRowsAreNone) {
    for (const char* header : {"dt_ms", "Interval (s)", "time step (s)", "delta_t_us", "sample period [ms]"}) {
        expect_told(std::string(header) + ",power_mw\n1,1\n2,1\n3,1\n", "", "by its name the time from row to row");
        expect_told(std::string(header) + ",power_mw\n1,1\n2,1\n3,1\n", "time=1", "3 samples");
    }
    expect_told("time interval,power_mw\n1,1\n2,1\n3,1\n", "time_unit=ms", "by its name the time from row to row");
    expect_told("time_s,power_mw\n4,1\n5,1\n5,1\n", "",
                ":4: the time '5' is that of the line before, too: write it with more");
    expect_told("time_s,power_mw\n4,1\n5,9.9e37\n6,1\n", "", ":3: 9.9e+34 W: more than any harvester gives");
    expect_told("time_s,power_mw\n4,1\n5,1\n1,1\n", "", ":4: the time '1' does not rise from the line before");
}

}  // namespace
}  // namespace dynbal::power
