//! One recording as twenty people, programs and instruments would write it down: each gives the same power over time, or an error
//! that names the line; none is misread.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <functional>

#include "base/error.hpp"
#include "power/trace_file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

constexpr int row_count = 40;

double time_s(int row) { return 0.25 * row; }
/// Milliwatts.
double power(int row) { return row % 4 == 3 ? 0 : 1 + 0.125 * (row % 7); }

struct Read {
    std::vector<Piece> pieces;
    TraceSummary summary;
    std::string error;
};

Read read(const std::string& content, const std::string& words = "") {
    const std::string path = io::temporary_file("flavour.csv");
    std::ofstream(path, std::ios::binary) << content;
    Options options("trace", words);
    try {
        const Recording recording = read_trace(path, options);
        options.check_all_used();
        return {*recording.pieces, recording.summary, ""};
    } catch (const InputError& error) {
        return {{}, {}, error.what()};
    }
}

/// The header and the recording's rows, each as `row` writes it.
std::string table(const std::string& before, const std::function<std::string(int)>& row,
                  const std::string& end = "\n") {
    std::string text = before;
    for (int i = 0; i < row_count; ++i) text += row(i) + end;
    return text;
}

std::string commas(std::string text) {
    for (char& c : text) c = c == '.' ? ',' : c;
    return text;
}

void expect_recording(const Read& read, const std::string& what) {
    ASSERT_EQ(read.error, "") << what;
    size_t piece = 0;
    double left_s = read.pieces[0].duration_s;
    for (int row = 0; row < row_count; ++row) {
        ASSERT_LT(piece, read.pieces.size()) << what;
        EXPECT_NEAR(read.pieces[piece].power_w, power(row) * 1e-3, 1e-9) << what << ", row " << row;
        left_s -= 0.25;
        EXPECT_GT(left_s, -1e-6) << what << ", row " << row;
        if (left_s < 1e-6 && ++piece < read.pieces.size()) left_s = read.pieces[piece].duration_s;
    }
    EXPECT_NEAR(read.summary.duration_s, 0.25 * row_count, 1e-6) << what;
    EXPECT_EQ(read.summary.samples, static_cast<uint64_t>(row_count)) << what;
}

TEST(Flavours, ColumnsHaveNamesAndUnits) {
    const auto seconds = [](int i) { return fmt::format("{},{}", time_s(i), power(i)); };
    const auto micro = [](int i) { return fmt::format("{},{}", 1000 * time_s(i), 1000 * power(i)); };
    for (const char* header : {"time_s,power_mw", "Time [s],Power [mW]", "TIME (S),POWER (MW)", "t_s,p_mw",
                               "\"Time, s\",\"Power, mW\"", "time: s,power: mW", "Time/s,Power/mW", "seconds,mW",
                               "time s,harvested power mW", "\"Time (s)\",\"Power (mW)\"", " time_s , power_mw "}) {
        expect_recording(read(table(std::string(header) + "\n", seconds)), header);
    }
    for (const char* header :
         {"time_ms,power_uw", "Timestamp (ms),P [\xC2\xB5W]", "time [ms],Power(\xCE\xBCW)", "millis,power_\xB5W"}) {
        expect_recording(read(table(std::string(header) + "\n", micro)), header);
    }
    expect_recording(read(table("time,power\n", seconds), "time_unit=s,unit=mW"), "units by hand");
    expect_recording(read(table("a,b\n", seconds), "time=a,time_unit=s,column=b,unit=mW"), "columns by hand");
    expect_recording(read(table("", seconds), "time=1,time_unit=s,column=2,unit=mW"), "no header, columns by hand");
    expect_recording(read(table("", [](int i) { return fmt::format("{}", power(i)); }), "unit=mW,step=250ms"),
                     "one column by hand");
    expect_recording(read(table("power_mw\n", [](int i) { return fmt::format("{}", power(i)); }), "step=250ms"),
                     "one column");
}

TEST(Flavours, TextIsWrittenInManyWays) {
    const auto row = [](int i) { return fmt::format("{},{}", time_s(i), power(i)); };
    const std::string header = "time_s,power_mw";
    expect_recording(read(table("\xEF\xBB\xBF" + header + "\r\n", row, "\r\n")), "mark and CR LF");
    expect_recording(read(table(header + "\r", row, "\r")), "CR");
    expect_recording(read(table("# recorded on Monday\n\n" + header + "\n", row, "\n\n# a remark\n")), "comments");
    expect_recording(read(table("# " + header + "\n", row)), "header as a comment");
    const auto scientific = [](int i) { return fmt::format("{:.18e} {:.18e}", time_s(i), power(i)); };
    expect_recording(read(table("# time_s power_mw\n", scientific)), "savetxt with a header");
    expect_recording(read(table("# time [s], power [mW]\n", scientific)),
                     "savetxt with another separator in its header");
    expect_recording(read(table("# time [s] power [mW]\n# 1 kHz\n", scientific)), "savetxt, brackets behind blanks");
    const auto german = [](int i) { return commas(fmt::format("{};{:.3f}", time_s(i), power(i))); };
    expect_recording(read(table("time_s;power_mw\n", german)), "semicolons and decimal commas");
    expect_recording(read(table("sep=;\nZeit_s;Power [mW]\n", german), "time=1,time_unit=s"),
                     "as a spreadsheet says it");
    const auto tabs = [](int i) { return commas(fmt::format("{}\t{}", time_s(i), power(i))); };
    expect_recording(read(table("time_s\tpower_mw\n", tabs)), "tabs and decimal commas");
    expect_recording(read(table("\"time_s\",\"power_mw\"\n",
                                [](int i) { return fmt::format("\"{}\",\"{}\"", time_s(i), power(i)); })),
                     "quotation marks");
    const auto other = [](int i) { return fmt::format("{},20.5,\"a, b\",{}", time_s(i), power(i)); };
    expect_recording(read(table("time_s,temp_c,remark,power_mw\n", other)), "other columns");
}

TEST(Flavours, OfPandas) {
    const auto indexed = [](int i) { return fmt::format("{},{},{}", i, time_s(i), power(i)); };
    expect_recording(read(table(",time_s,power_mw\n", indexed)), "index without a name");
    expect_recording(read(table("Unnamed: 0,time_s,power_mw\n", indexed)), "index read and written again");
    const auto dated = [](int i) { return fmt::format("2024-02-29 23:59:{:09.6f},{}", 50 + time_s(i), power(i)); };
    const auto until = [&](int i) {
        return i < row_count
                   ? (time_s(i) < 10 ? dated(i) : fmt::format("2024-03-01 00:00:{:09.6f},{}", time_s(i) - 10, power(i)))
                   : "";
    };
    expect_recording(read(table("timestamp,power_mw\n", until)), "dates with times");
    expect_recording(read(table(",power_mw\n", until), "time=1"), "dates as an index");
    const auto nanoseconds = [](int i) {
        return fmt::format("{},{}", 1700000000123456789 + 250000000LL * i, power(i));
    };
    expect_recording(read(table("time_ns,power_mw\n", nanoseconds)), "nanoseconds since 1970");
    const auto midnight = [](int i) {
        return fmt::format("{}:{:06.3f},{}", time_s(i) < 5 ? "23:59" : "00:00", std::fmod(55 + time_s(i), 60),
                           power(i));
    };
    expect_recording(read(table("time,power_mw\n", midnight)), "times of day over midnight");
    EXPECT_NE(
        read("time,power_mw\n0:00,1\n0:01,2\n").error.find(":2: column 1: '0:00' may be hours and minutes, or minutes"),
        std::string::npos);
    EXPECT_NEAR(read("time,power_mw\n1:00 PM,1\n1:01 PM,2\n").summary.duration_s, 120, 1e-6);
    EXPECT_NEAR(read("time,power_mw\n2024-05-31 00:00,1\n2024-05-31 00:01,2\n").summary.duration_s, 120, 1e-6);
}

TEST(Flavours, MinutesAndHours) {
    const auto minutes = [](int i) { return fmt::format("{:.15g},{}", time_s(i) / 60, power(i)); };
    for (const char* header : {"time_min", "Time [min]", "t (min)", "elapsed min", "minute"}) {
        expect_recording(read(table(std::string(header) + ",power_mw\n", minutes)), header);
    }
    const auto hours = [](int i) { return fmt::format("{:.15g},{}", time_s(i) / 3600, power(i)); };
    for (const char* header : {"time_h", "Time [h]", "t/h", "time (hr)", "hours"}) {
        expect_recording(read(table(std::string(header) + ",power_mw\n", hours)), header);
    }
    expect_recording(read(table("a,power_mw\n", minutes), "time=a,time_unit=min"), "by hand");
    const auto with_least = [](int i) { return fmt::format("{},0,{},9", time_s(i), power(i)); };
    expect_recording(read(table("time_s,min,mean,max\n", with_least), "column=mean,unit=mW"), "a minimum, no minutes");
    expect_recording(read(table("time_s,power_min,power_mw,battery_h\n", with_least)), "no times");
}

TEST(Flavours, DaysAndMonthsAreToldApartOrRefused) {
    const std::string american = "time,power_mw\n5/12/2026 12:00,1\n5/13/2026 12:00,1\n5/14/2026 12:00,1\n";
    const Read told = read(american);
    EXPECT_EQ(told.error, "");
    EXPECT_NEAR(told.summary.duration_s, 3 * 86400, 1e-6);
    EXPECT_NE(told.summary.text().find("month first"), std::string::npos) << told.summary.text();
    const Read british = read("time,power_mw\n30/11/2026 12:00,1\n01/12/2026 12:00,1\n");
    EXPECT_NEAR(british.summary.duration_s, 2 * 86400, 1e-6) << british.error;
    EXPECT_NE(british.summary.text().find("day first"), std::string::npos);
    EXPECT_EQ(read("time,power_mw\n2026-05-12 12:00,1\n2026-05-13 12:00,1\n").summary.text().find("first,"),
              std::string::npos)
        << "nothing to be told";
}

TEST(Flavours, WhatIsDrawnIsTakenByHand) {
    const auto row = [](int i) { return fmt::format("{},{}", time_s(i), power(i)); };
    expect_recording(read(table("time_s,load_mW\n", row), "column=load_mW"), "by its name");
    expect_recording(read(table("time_s,load_v,current_ma\n",
                                [](int i) { return fmt::format("{},2.5,{}", time_s(i), power(i) / 2.5); })),
                     "the voltage of an INA219");
    expect_recording(read(table("time_s,payload_mw\n", row)), "another word");
}

TEST(Flavours, VoltageAndCurrentArePower) {
    const auto row = [](int i) { return fmt::format("{},2.5,{}", time_s(i), power(i) / 2.5); };
    expect_recording(read(table("time_s,voltage_v,current_ma\n", row)), "volts and milliamperes");
    expect_recording(read(table("t [s],U,I\n", row), "column=U*I,unit=V*mA"), "by hand");
    expect_recording(read(table("time_s,bus_v,shunt_mv,load_v,current_ma,power_mw\n",
                                [](int i) { return fmt::format("{},3.3,0.1,3.2,0.5,{}", time_s(i), power(i)); })),
                     "a logger with an INA219: its power");
    const auto amperes = [](int i) { return fmt::format("{},{}", 1000 * time_s(i), 1000 * power(i) / 3); };
    expect_recording(read(table("Timestamp(ms),Current(uA)\n", amperes), "voltage=3V"), "PPK2");
    EXPECT_NE(read(table("Timestamp(ms),Current(uA)\n", amperes)).error.find("voltage="), std::string::npos);
    const auto volts = [](int i) { return fmt::format("{},{}", time_s(i), std::sqrt(power(i))); };
    expect_recording(read(table("time_s,voltage_v\n", volts), "resistance=1kOhm"), "across a resistor");
    EXPECT_NE(read(table("time_s,voltage_v\n", volts)).error.find("resistance="), std::string::npos);
    const Read both =
        read(table("time_s,v1_v,v2_v,current_ma\n", [](int i) { return fmt::format("{},1,2,3", time_s(i)); }));
    EXPECT_NE(both.error.find("'v1_v', 'v2_v'"), std::string::npos) << both.error;
}

TEST(Flavours, OfInstruments) {
    const auto volts = [](int i) { return fmt::format("{:.6e},{:.9f}", time_s(i) - 5, std::sqrt(power(i))); };
    const std::string words = "resistance=1kOhm";
    expect_recording(
        read(table(
                 "Model,MDO3024\nFirmware Version,1.26\n\nPoint Format,Y,\nHorizontal Units,S,\nSample Interval,0.25,\n"
                 "Record Length,40,\nVertical Units,V,\nLabel,,\nTIME,CH1\n",
                 volts),
             words),
        "Tektronix");
    const auto beside = [](int i) {
        const std::string left = i == 0   ? "Record Length,4.0e+01"
                                 : i == 1 ? "Sample Interval,2.5e-01"
                                 : i == 2 ? "Vertical Units,V"
                                          : ",";
        return fmt::format("{},,{:.6f},{:.9f},", left, time_s(i) - 5, std::sqrt(power(i)));
    };
    expect_recording(read(table("", beside), words), "Tektronix, older");
    expect_recording(read(table("x-axis,1\nsecond,Volt\n", volts), words), "Keysight");
    expect_recording(read(table("Time [s],Channel 0\n", volts), words), "Saleae");
    expect_recording(read(table("Time,Channel A\n(s),(V)\n\n", volts), words), "PicoScope");
    expect_recording(read(table("in s,CH1 in V\n", volts), words), "Rohde & Schwarz");
    expect_recording(
        read(
            table("#Digilent WaveForms Oscilloscope Acquisition\n#Device Name: AD2\n\nTime (s),Channel 1 (V)\n", volts),
            words),
        "Digilent");
    expect_recording(
        read(table("time\tV(out)\n", [](int i) { return fmt::format("{}\t{:.9f}", time_s(i), std::sqrt(power(i))); }),
             words),
        "LTspice");
    const auto ppk = [](int i) {
        return fmt::format("{:.3f},{:.6f},00000000", 1000 * time_s(i), 1000 * power(i) / 2.5);
    };
    expect_recording(read(table("Timestamp(ms),Current(uA),D0-D7\n", ppk), "voltage=2.5V"), "PPK2");
    const auto scope = [](int i) {
        return fmt::format("{},{},2.5,{},0,0", time_s(i), power(i) / 2500, power(i) / 1000);
    };
    expect_recording(read(table("#time,current,voltage,power,charge,energy\n", scope)), "Joulescope");
}

TEST(Flavours, CurvesCountWithTheirBestPoint) {
    const auto curve = [](int i) {
        return fmt::format("{0:.6f}\t0.0\t0.01\n{0:.6f}\t2.0\t{1:.9f}\n{0:.6f}\t3.0\t0.0", time_s(i), power(i) / 2000);
    };
    Read ekho = read(table("voltage,current\n", curve));
    EXPECT_EQ(ekho.summary.samples, 3U * row_count);
    ekho.summary.samples = row_count;
    expect_recording(ekho, "Ekho");
    const Read named = read(table("time_s\tvoltage_v\tcurrent_a\n", curve));
    EXPECT_NE(named.error.find("format=ekho"), std::string::npos) << named.error;
    EXPECT_EQ(read(table("time_s\tvoltage_v\tcurrent_a\n", curve), "format=ekho").error, "");
}

/// Each is refused with its line, and says what to do.
TEST(Flavours, NothingIsGuessed) {
    const auto row = [](int i) { return fmt::format("{},{}", time_s(i), power(i)); };
    struct Case {
        std::string content, words, line, says;
    };
    const std::string good = "time_s,power_mw\n0,1\n1,1\n";
    for (const Case& c : {
             Case{table("", row), "", "1", "column="},
             Case{table("", [](int i) { return fmt::format("{}", power(i)); }), "", "1", "header"},
             Case{"0 0.5\n1 0.6\n2 0.7\n", "", "1", "header"},
             Case{table("time,power_mw\n", row), "", "1", "time_unit="},
             Case{table("time_s,power\n", row), "", "1", "unit=mW"},
             Case{table("time_s,harvest\n", row), "", "1", "harvest"},
             Case{table("time_s,power_dbm\n", row), "", "1", "power_dbm"},
             Case{table("time_s,Power (dBm)\n", row), "", "1", "logarithm"},
             Case{table("power_mw,load_mw\n", row), "step=1s", "1", "'power_mw', 'load_mw'"},
             Case{table("time_s,load_mA\n", row), "voltage=3V", "1", "what a device draws"},
             Case{table("time_s,Consumption (mW)\n", row), "", "1", "what a device draws"},
             Case{table("time_s,LoadPower_mW\n", row), "", "1", "column=NAME"},
             Case{table("time_s,power consumption\n", row), "", "1", "what a device draws"},
             Case{table("time_s,load\n", row), "unit=mW", "1", "what a device draws"},
             Case{table("time_s,Battery power (mW)\n", row), "", "1", "what a device draws"},
             Case{table("time_s,power_tx_mw\n", row), "", "1", "what a device draws"},
             Case{table("time_s,MCU power (mW)\n", row), "", "1", "what a device draws"},
             Case{table("time_s,power_std_mw\n", row), "", "1", "no measured value"},
             Case{table("time_s,power_error_mw\n", row), "", "1", "no measured value"},
             Case{table("time_s,Setpoint power (mW)\n", row), "", "1", "no measured value"},
             Case{table("time_s,Power limit (mW)\n", row), "", "1", "no measured value"},
             Case{table("time_s,Power x100 (mW)\n", row), "", "1", "a multiple"},
             Case{"time_s,Voc_V,Isc_mA\n0,2,3\n1,2,4\n", "", "1", "scale=SHARE"},
             Case{"time_s,V_oc (V),I_sc (mA)\n0,2,3\n1,2,4\n", "", "1", "column=V_oc (V)*I_sc (mA)"},
             Case{good, "column=1,unit=mW", "1", "'time_s' is the time"},
             Case{"Time [s],Power [mW]\nms,mW\n0,1\n1,2\n", "", "1", "another unit"},
             Case{"Time (mm:ss:ms),Power (mW)\n00:00:00,1\n00:30:00,2\n", "", "1", "minutes first"},
             Case{"time_s,Voltage (V),Current (mA)\n0,-2,-3\n1,2,4\n", "", "2", "negative"},
             Case{"time_s,power_mw\n1e-300,1\n2e-300,2\n", "", "3", "less than any instrument"},
             Case{table("time_s,bus_v,current drawn [mA]\n", [](int i) { return fmt::format("{},3,1", i); }), "", "1",
                  "'current drawn [mA]'"},
             Case{table("min,max,mean\n", [](int i) { return fmt::format("{0},{0},1", i); }), "unit=mW,column=mean",
                  "1", "no column holds the time"},
             Case{table("time_s,t_ms,power_mw\n", [](int i) { return fmt::format("{0},{0},1", i); }), "", "1", "time="},
             Case{"power_mw\n1\n2\n", "", "1", "step="},
             Case{good + "2,,\n", "", "4", "3 cells"},
             Case{good + "2\n", "", "4", "1 cell, but the table has 2 columns"},
             Case{good + "2,\n", "", "4", "missing="},
             Case{good + "2,NaN\n", "", "4", "missing="},
             Case{good + "2,x\n", "", "4", "'x' is not a number"},
             Case{good + "2,1e999\n", "", "4", "not a number"},
             Case{good + "1,1\n", "", "4", "that of the line before, too"},
             Case{good + "2,-1\n", "", "4", "negative"},
             Case{"time_s,power_mw\n0,-1\n1,-1\n", "", "2", "scale=-1"},
             Case{"time_s,power_mw,temp_c\n0,1\n1,1\n", "", "2", "2 cells"},
             Case{"time_s,power_mw\n0\n1,1\n2,1\n3,1\n", "", "2", "1 cell, but the rows"},
             Case{"time_s,power_mw\nnone,yet\n0,1\n1,1\n", "", "2", "'none', 'yet'"},
             Case{"time_s power_mw\n0 1 2\n1 1 2\n", "", "2", "names 2"},
             Case{"time_s;power_mw\n0,5;1,5\n1.5;2\n", "", "3", "decimal mark"},
             Case{"time_s;power_mw\n0;1.000,5\n1;2\n", "", "2", "thousands"},
             Case{"time_s,power_mw\n0,\"1,5\"\n1,2\n", "", "2", "decimal mark"},
             Case{"time,power_mw\n5/1/2024 12:00,1\n5/1/2024 12:01,1\n", "", "2", "date=day-first"},
             Case{"time,power_mw\n13/1/2024 12:00,1\n5/14/2024 12:01,1\n", "", "3", "'5/14/2024 12:01' is no time"},
             Case{"time,power_mw\n5/13/2024 12:00,1\n5/14/2024 12:01,1\n", "date=day-first", "2", "is no date where"},
             Case{"harvested power/nW\n1,5\n2,5\n3,5\n", "step=1s", "1", "they may be decimal marks"},
             Case{"# harvested power, mW\n1,5\n2,5\n3,5\n", "step=1s", "1", "one column with its unit, or two"},
             Case{good, "column=mw", "1", "no such column"},
             Case{good, "unit=W", "", "unit="},
             Case{"<html><body>404</body></html>\n", "", "", "download"},
             Case{"PK\x03\x04 1,2", "", "", "spreadsheet"},
             Case{std::string("\xFF\xFEt\0i\0", 6), "", "", "UTF-8"},
             Case{"version https://git-lfs.github.com/spec/v1\n", "", "", "git lfs pull"},
         }) {
        const Read result = read(c.content, c.words);
        const std::string place = "flavour.csv:" + c.line + ": ";
        EXPECT_TRUE(c.line.empty() || result.error.find(place) != std::string::npos) << c.content << result.error;
        EXPECT_NE(result.error.find(c.says), std::string::npos) << c.content << c.words << '\n' << result.error;
    }
}

TEST(Flavours, MissingValuesAreReplacedWhenAskedFor) {
    const std::string text = "time_s,power_mw\n0,1\n1,\n2,nan\n3,2\n";
    const Read held = read(text, "missing=hold");
    ASSERT_EQ(held.pieces.size(), 2U) << held.error;
    EXPECT_NEAR(held.pieces[0].duration_s, 3, 1e-9);
    EXPECT_NE(held.summary.text().find("2 missing values replaced"), std::string::npos);
    const Read zero = read(text, "missing=zero");
    ASSERT_EQ(zero.pieces.size(), 3U) << zero.error;
    EXPECT_EQ(zero.pieces[1].power_w, 0);
    EXPECT_NE(read("time_s,power_mw\n0,\n1,1\n", "missing=hold").error.find(":2: "), std::string::npos);
    EXPECT_NE(read("time_s,power_mw\n0,1\n,1\n", "missing=hold").error.find(":3: "), std::string::npos)
        << "a time is never made up";
}

TEST(Flavours, NoiseIsNothing) {
    const Read noisy = read("time_s,power_mw\n0,100\n1,-0.5\n2,100\n");
    ASSERT_EQ(noisy.error, "");
    EXPECT_EQ(noisy.pieces[1].power_w, 0);
    EXPECT_NE(read("time_s,power_mw\n0,100\n1,-1.5\n2,100\n").error.find(":3: "), std::string::npos);
    EXPECT_EQ(read("time_s,power_mw\n0,100\n1,-1.5\n2,100\n", "noise=2%").error, "");
    const Read volts = read("time_s,voltage_v\n0,2\n1,-0.01\n2,2\n", "resistance=1kOhm");
    EXPECT_EQ(volts.pieces[1].power_w, 0) << "a square has no sign";
    EXPECT_NEAR(read("time_s,power_mw\n0,-1\n1,-2\n", "scale=-1").pieces[1].power_w, 2e-3, 1e-12);
}

TEST(Flavours, ThousandsAreToldFromFractionsOrSaid) {
    const auto note = [](const std::string& rows) { return read("time_s;power_uw\n" + rows).summary.text(); };
    EXPECT_NE(note("0;1.500\n1;2.000\n2;500\n").find("'1.500' is taken for a number with a fraction"),
              std::string::npos);
    for (const char* rows : {"0;1.500\n1;0.500\n", "0;1.500\n1;2.25\n", "0;1,500\n1;1234,500\n", "0;1\n1;2\n"})
        EXPECT_EQ(note(rows).find("fraction"), std::string::npos) << rows;
    EXPECT_EQ(read("time_s,power_uw\n0,1.500\n1,2.000\n").summary.notes.size(), 0U) << "commas separate";
}

TEST(Flavours, ASummaryShowsWhatWasTaken) {
    const Read result = read("time_s,power_mw\n0,1\n1,0\n2,0\n3,3\n");
    EXPECT_EQ(
        result.summary.text(),
        "trace flavour.csv: csv, time from 'time_s', power from 'power_mw'; 4 samples, 4 s, mean 1 mW, largest 3 mW, "
        "nothing 50 % of the time, at most 2 s in a row");
    const Read above = read("Serial;04412345\nSamples;4\n\ntime_s;power_mw\n0;1,5\n1;0,5\n");
    EXPECT_NE(above.summary.text().find("csv, names in line 4, time from"), std::string::npos)
        << above.error << above.summary.text();
    const Read gap = read("time_s,power_mw\n0,1\n1,0\n500,3\n");
    EXPECT_NE(gap.summary.text().find("longest gap 8.317 min before line 4"), std::string::npos) << gap.summary.text();
    const Read large = read("time_s,power_w\n0,100\n1,0\n");
    EXPECT_NE(large.summary.text().find("is the unit right?"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::power
