//! Clocks that go on behind a day, dates spread over columns, heads of oscilloscopes, and last rows that are totals or were cut.
#include <gtest/gtest.h>

#include <string>

#include "power/trace_time.hpp"
#include "told.hpp"

namespace dynbal::power {
namespace {

TEST(Clocks, GoOnBehindADay) {
    expect_told("time,power_mw\n23:59:59,1\n24:00:00,1\n25:00:01,1\n", "", "3 samples, 2.001 h");
    expect_told("time,power_mw\n120:00:00,1\n120:00:01,1\n", "", "2 samples, 2 s");
    // pandas, its older versions, Python, .NET.
    for (const char* times :
         {"0 days 23:59:59.5|1 days 00:00:00|1 days 00:00:00.500000",
          "0 days, 00:00:01|0 days, 00:00:01.5|0 days, 00:00:02", "23:59:59|\"1 day, 0:00:00\"|\"1 day, 0:00:01\"",
          "2 days, 0:00:00|2 days, 0:00:01|2 days, 0:00:02", "0.23:59:59|1.00:00:00|1.00:00:01.00"}) {
        std::string rows = "time;power_mw\n", text = times;
        for (size_t at = 0; (at = text.find('|')) != std::string::npos; text.erase(0, at + 1))
            rows += text.substr(0, at) + ";1\n";
        expect_told(rows + text + ";1\n", "", "3 samples, ");
    }
    expect_told("time,power_mw\n1 days,1\n2 days,1\n", "", "2 samples, 2 days");
    // No midnight hides a recording that began anew.
    expect_told("time,power_mw\n29:00:00,1\n30:00:00,1\n10:00:00,1\n", "", ":4: the time '10:00:00' does not rise");
    expect_told("time,power_mw\n13:00:00,1\n00:30:00,1\n25:00:00,1\n", "",
                ":4: column 1: '25:00:00' is a time since a start");
    expect_told("date,time,power_mw\n2024-05-31,23:00:00,1\n2024-05-31,25:00:00,1\n", "",
                ":3: column 2: '25:00:00' is a time since");
    for (const char* time :
         {"2024-05-31 25:00:00", "-1 days +23:59:59", "1 days 25:00:00", "25:00:01 PM", "25:00:01Z", "25:61:00"})
        EXPECT_FALSE(parse_moment(time, DateOrder::unknown)) << time;
    expect_told("time,power_mw\n90:30,1\n90:31,1\n", "", "'90:30' may be hours and minutes, or minutes and seconds");
}

TEST(Clocks, TheNextDayIsSaid) {
    expect_told("time,power_mw\n23:59:59,1\n00:00:00,1\n00:00:01,1\n", "",
                "line 3 has an earlier time of day than the one before: taken as the next day");
    EXPECT_EQ(told_of("time,power_mw\n00:00:00,1\n24:00:00,1\n").find("next day"), std::string::npos);
}

TEST(Dates, SpreadOverColumnsAreRead) {
    const std::string head = "Year,Month,Day,Hour,Minute,GHI [W/m2],Temperature\n";
    expect_told(head + "2020,2,29,23,0,0,5\n2020,2,29,23,30,100,5\n2020,3,1,0,0,100,5\n", "panel=1W",
                "time from 'Year', 'Month', 'Day', 'Hour', 'Minute', irradiance from 'GHI [W/m2]'; 3 samples, 90 min");
    const std::string nsrdb =
        "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time Zone,GHI Units\n"
        "NSRDB,1086854,-,-,-,33.21,-97.14,-6,194,-6,w/m2\n";
    expect_told(
        nsrdb +
            "Year,Month,Day,Hour,Minute,GHI,DHI,Pressure,A,B,C\n2020,1,1,0,30,0,0,1,1,1,1\n2020,1,1,1,30,9,1,1,1,1,1\n",
        "panel=1W", "csv of NSRDB, time from 'Year', 'Month', 'Day', 'Hour', 'Minute', irradiance in W/m2 from 'GHI'");
    expect_told(
        "Year,Month,Day,Hour,GHI\n2020,1,1,0,0\n2020,1,1,1,9\n", "",
        "'GHI' has no unit; write it into the header, such as irradiance_w_m2 or Irradiance [W/m2], or give unit=W/m2");
    expect_told("Year,Month,Day,GHI\n2020,12,31,1\n2021,1,1,9\n", "unit=W/m2,panel=1W", "2 samples, 2 days");
    expect_told(
        "Year,Month,Day,Time,power_mw\n2020,12,31,23:00:00,1\n2021,1,2,1:00:00,9\n", "",
        "time from 'Time' with dates from 'Year', 'Month', 'Day', power from 'power_mw'; 2 samples, 2.167 days");
    expect_told("Year Month Day Hour Minute Second power_mw\n2020 1 1 0 0 0.5 1\n2020 1 1 0 0 1.5 1\n", "",
                "2 samples, 2 s");
    expect_told(head + "2020,2,29,0,0,1,1\n2020,2,30,0,0,1,1\n", "panel=1W",
                ":3: there is no day 30 in month 2 of 2020");
    expect_told(head + "2020,2,29,0,0,1,1\n2020,2,29,25,0,1,1\n", "panel=1W",
                ":3: column 4: '25' is no hour from 0 to 24");
    expect_told(head + "2020,2,29,0,0,1,1\n20,2,29,1,0,1,1\n", "panel=1W", ":3: column 1: '20' is no year from 1900");
    // A typical year is put together of others.
    expect_told(head + "2015,1,31,23,0,1,1\n2003,2,1,0,0,1,1\n", "panel=1W", ":3: the time '2003' does not rise");
    expect_told(head + "2015,1,31,23,0,1,1\n2003,2,1,0,0,1,1\n", "panel=1W,step=1h", "2 samples, 2 h");
}

TEST(Dates, OfPvgisAreRead) {
    const std::string head = "Latitude (decimal degrees):\t45.000\n\ntime,G(i),T2m\n20200229:2310,0,5\n";
    expect_told(head + "20200301:0010,9,5\n", "column=G(i),unit=W/m2,panel=1W",
                "time from 'time', irradiance in W/m2 from 'G(i)'; 2 samples, 2 h");
    expect_told(head + "20200301:2410,9,5\n", "column=G(i),unit=W/m2,panel=1W", "'20200301:2410' is no time");
    expect_told(head + "20200301:0010,9,5\n\nG(i): Global irradiance\n", "column=G(i),unit=W/m2,panel=1W", ":7: ");
}

TEST(Dates, WithoutAPartAreRefused) {
    for (const char* names : {"Day,Hour", "Month,Day", "Year,Hour"}) {
        expect_told(std::string(names) + ",power_mw\n1,0,1\n1,1,2\n", "", ":1: the time is spread over '");
    }
    expect_told("Day,Hour,power_mw\n1,0,1\n1,1,2\n", "",
                "write it into one column, such as 2024-05-31 12:00, or give step=T");
    expect_told("Day,Hour,power_mw\n1,0,1\n1,1,2\n", "time=Hour,time_unit=h", "2 samples, 2 h");
    expect_told("Day,Time,power_mw\n1,12:00:00,1\n9,13:00:00,2\n", "", ":2: 'Day' holds no date that is known: '1'");
    expect_told("Day,Time,power_mw\nMo,12:00:00,1\nMo,13:00:00,2\n", "", "2 samples");
}

TEST(Dates, WhichTimeWasTakenIsSaid) {
    expect_told("Date,time_s,power_mw\n2024-05-31,0,1\n2024-05-31,1,2\n", "",
                "'time_s' is taken for the time, and not 'Date', which could be, too; time=NAME says which");
    expect_told("timestamp,elapsed_ms,power_mw\n2024-05-31 12:00:00,0,1\n2024-05-31 12:00:01,1000,2\n", "",
                "'elapsed_ms' is taken for the time, and not 'timestamp'");
    expect_told("unix,time,power_mw\n5,12:00:00,1\n6,12:00:01,2\n", "", "'time' is taken for the time, and not 'unix'");
    expect_told("Year,Month,Day,t_s,power_mw\n2020,1,1,0,1\n2020,1,1,1,2\n", "", "and not 'Year', 'Month', 'Day'");
    for (const char* quiet :
         {"Date,Time,power_mw\n2024-05-31,12:00:00,1\n2024-05-31,12:00:01,2\n", "dt_s,time_s,power_mw\n1,0,1\n1,1,2\n"})
        EXPECT_EQ(told_of(quiet).find("taken for"), std::string::npos) << told_of(quiet);
    EXPECT_EQ(told_of("Date,time_s,power_mw\n2024-05-31,0,1\n2024-05-31,1,2\n", "time=time_s").find("taken for"),
              std::string::npos);
}

TEST(Scopes, OfRigolSayTheirStep) {
    const std::string times = "t0 =-6.000000e-04, tInc = 1.000000e-03,\n";
    expect_told("CH1V,CH2V," + times + "1.0,2.0,,\n2.0,2.0,,\n", "column=1,resistance=1kOhm",
                "csv of Rigol, 0.001 s a row, voltage in V from 'CH1V'; 2 samples, 2 ms, mean 2.5 mW");
    expect_told("CH1V," + times + "1.0\n2.0\n", "resistance=1kOhm",
                "0.001 s a row, voltage in V from 'CH1V'; 2 samples, 2 ms");
    expect_told("X,CH1,t0 =-6.0e-04s, tInc = 1.0e-03s,\n0,1.0,,\n1,2.0,,\n", "resistance=1kOhm", "2 samples, 2 ms");
    expect_told("Time(s),CH1V," + times + "-6.0e-04,1.0,,\n4.0e-04,2.0,,\n", "resistance=1kOhm",
                "time from 'Time(s)', voltage");
    expect_told("CH1V,CH2A," + times + "1.0,2.0,,\n2.0,2.0,,\n", "",
                "power = 'CH1V' in V x 'CH2A' in A; 2 samples, 2 ms, mean 3 W");
    expect_told("CH1V,CH2V," + times + "1.0,2.0,,\n2.0,2.0,,\n", "", "2 columns hold voltage: 'CH1V', 'CH2V'");
    const std::string both = "Time (ms),Voltage (mV),V2 (mV),Current (uA)\n0,1000,2,100\n100,1000,2,100\n";
    expect_told(both, "", "say which: column=2*4");
    expect_told(both, "column=2*4", "mean 100 uW");
    expect_told("CH1V," + times + "1.0\n2.0\n", "resistance=1kOhm,step=1s", "2 samples, 2 s");
    expect_told("CH1V,t0 = 0, tInc = fast,\n1.0\n2.0\n", "resistance=1kOhm",
                ":1: 'tInc = fast' is no time from row to row");
    expect_told("CH1V,CH2V," + times + "1.0\n2.0\n", "resistance=1kOhm", ":2: 1 cell, but line 1 names 2 columns");
}

TEST(LastRow, OfATotalIsRefused) {
    const std::string rows = "day,time_s,power_mw,remark\n1,0,1,\n2,1,2,\n";
    for (const char* row : {"Total,2,3,", "Grand total (mJ),2,3,", "Sum of all:,2,3,", "=,2,3,"})
        expect_told(rows + row + "\n# end\n", "time=time_s",
                    ":4: '" + std::string(row).substr(0, std::string(row).find(',')) + "' names no row of a recording");
    expect_told(rows + "3,2,3,Total\n\n", "time=time_s", ":4: 'Total' names no row");
    expect_told(rows + ",2,3,\n", "time=time_s", ":4: the last row has nothing in its first cell, as a total has");
    expect_told(rows + ",2,3,\n3,3,3,\n", "time=time_s", "4 samples");
    expect_told(rows + "3,2,3,total\n4,3,3,\n", "time=time_s", "4 samples");
    expect_told("time_s,power_mw\n0,1\n1,2\n,3\n", "step=1s", ":4: the last row has nothing in its first cell");
    expect_told("time_s,power_mw\n0,1\n1,2\n2,3\n0,6\n", "", ":5: the time '0' does not rise from the line before");
    expect_told("state,time_s,power_mw\non,0,1\noff,1,2\n", "", "2 samples");
    expect_told("power_mw\n1\n2\n1.5\n2.5\n0.5\n7.5\n", "step=1s",
                "the last value, in line 7, is the sum of all before");
    EXPECT_EQ(told_of("power_mw\n0\n0\n0\n0\n0\n5\n5\n", "step=1s").find("sum of all"), std::string::npos);
}

TEST(LastRow, WithoutALineEndMayBeCut) {
    const std::string note = "the file ends without a line end: its last row may be cut",
                      rows = "time_s,power_mw\n0,1.234\n";
    expect_told(rows + "1,1.2", "", note);
    expect_told(rows + "1,1.234e-0", "", note);
    for (const char* end : {"\n", "\r\n", "\r", "\n\n", "\n# end"})
        EXPECT_EQ(told_of(rows + "1,1.2" + end).find(note), std::string::npos) << end;
    expect_told("103717744\t0.3\n103717745\t0.6", "", note);
}

}  // namespace
}  // namespace dynbal::power
