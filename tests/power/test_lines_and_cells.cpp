//! Lines and cells of recordings: line ends, quotation marks, headers, what stands below a table; and what messages say of them.
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "power/trace_file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

struct Outcome {
    TraceSummary summary;
    std::string error;
};

Outcome outcome_of(const std::string& content, const std::string& words = "") {
    const std::string path = io::temporary_file("cells.csv");
    std::ofstream(path, std::ios::binary) << content;
    Options options("trace", words);
    try {
        const Recording recording = read_trace(path, options);
        options.check_all_used();
        return {recording.summary, ""};
    } catch (const InputError& error) {
        return {{}, error.what()};
    }
}

void expect_refused(const std::string& content, const std::string& line, const std::string& says,
                    const std::string& words = "") {
    const std::string error = outcome_of(content, words).error;
    EXPECT_NE(error.find("cells.csv:" + line + ": "), std::string::npos) << content << error;
    EXPECT_NE(error.find(says), std::string::npos) << content << error;
}

/// Two rows, 2 s, 1.5 mW on the mean.
void expect_two_rows(const std::string& content, const std::string& words = "") {
    const Outcome outcome = outcome_of(content, words);
    EXPECT_EQ(outcome.error, "") << content;
    EXPECT_EQ(outcome.summary.samples, 2U) << content;
    EXPECT_NEAR(outcome.summary.duration_s, 2, 1e-9) << content;
    EXPECT_NEAR(outcome.summary.mean_w, 1.5e-3, 1e-12) << content;
}

const std::string two_rows = "time_s,power_mw\n0,1\n1,2\n";

TEST(Cells, WithoutARowOfNumbersTheCellIsNamed) {
    struct Case {
        const char *cell, *says;
    };
    for (const Case& c : {Case{"1.5 mW", "its unit belongs into the name"}, Case{"1.5mW", "its unit belongs"},
                          Case{"1.5D+00", "exponent with E"}, Case{"1'375", "thousands marks"},
                          Case{"1\xC2\xA0"
                               "375",
                               "thousands marks"},
                          Case{"0x1F", "decimal"}, Case{"50%", "shares"}, Case{"=1+2", "formula"},
                          Case{"\xE2\x88\x92"
                               "1.5",
                               "minus sign"},
                          Case{"20231114T221320Z", "2024-05-31"}, Case{"12:00:00:500", "a point before the fraction"},
                          Case{"00:01.5", "write hours, minutes and seconds"}, Case{"14/11/23 22:13", "2024-05-31"}}) {
        const std::string row = std::string(",") + c.cell + "\n";
        const std::string place = std::string("column 2: '") + c.cell + "' is not a number";
        expect_refused("time_s,power_mw\n0" + row + "1" + row, "2", place);
        expect_refused("time_s,power_mw\n0" + row + "1" + row, "2", c.says);
    }
    expect_refused("recorded\non Monday\n", "1", "no rows of numbers in the first 2 lines; this one comes closest");
    expect_refused("# 0,1\n# 1,2\n", "1", "nothing but comments");
    expect_refused("id,time_s,power_mw\n#1,0,1\n#2,1,2\n", "1", "2 lines are comments");
}

TEST(Cells, ARowThatIsNotUnderstoodIsNoHeader) {
    const std::string by_hand = "time=1,time_unit=s,column=2,unit=mW";
    for (const char* row : {"0,abc", "0,1.2 mW", "2024-05-31,x", "0,1'375"}) {
        expect_refused(std::string(row) + "\n1,2\n2,3\n", "1", "neither a row of numbers, for column 2: '", by_hand);
    }
    expect_refused("0,1.2.3\n1,2\n2,3\n", "1", "column 2: '1.2.3' is not a number; it has more than one", by_hand);
    expect_refused("time_s,power_mw\n0,abc\n1,2\n2,3\n", "2", "nor a header, for '0' in column 1 is no name");
    expect_refused("0,1\n1,x\n2,3\n3,4\n", "2", "column 2: 'x' is not a number", by_hand);
    for (const char* row : {"12a", "1.2 mW", "5x"}) {
        expect_refused(std::string(row) + "\n1\n2\n", "1", "column 1: '", "unit=mW,step=1s");
    }
    expect_refused("# 0,1.2 mW\n1,2\n2,3\n", "2", "no line names the columns");
    expect_two_rows("time_s,,power_mw\n0,7,1\n1,7,2\n");
    expect_two_rows("time_s,3V3_rail,power_mw\n0,7,1\n1,7,2\n");
    expect_two_rows("x-axis,1\nsecond,mW\n0,1\n1,2\n");
}

TEST(Cells, LinesEndInManyWays) {
    for (const char* end : {"\n", "\r\n", "\r", "\r\r\n", "\n\r"}) {
        std::string text = "time_s,power_mw";
        for (const char* line : {"", "0,1", "1,2"}) text += line + std::string(end);
        expect_two_rows(text);
        const std::string bad = "time_s,power_mw" + std::string(end) + "0,1" + end + "1,x" + end;
        expect_refused(bad, "3", "column 2: 'x'");
    }
    expect_two_rows("time_s,power_mw\r0,1\n1,2\r\n");
    expect_two_rows("time_s,power_mw\r0,1\r1,2\n");
}

TEST(Cells, QuotedCellsHoldLineEnds) {
    const std::string header = "\"time\n(s)\",\"power,\r\n\"\"harvested\"\"\n(mW)\"\n";
    const Outcome outcome = outcome_of(header + "0,1\n1,2\n");
    EXPECT_NE(outcome.summary.text().find("'time (s)', power from 'power, \"harvested\" (mW)'"), std::string::npos)
        << outcome.error << outcome.summary.text();
    expect_refused(header + "0,1\n1,x\n", "6", "column 2: 'x'");
    expect_two_rows("time_s,remark,power_mw\n0,\"two\nlines\",1\n1,\"a \"\"b\"\", c\",2\n");
    expect_refused("time_s,remark,power_mw\n0,\"two\nlines\",1\n1,\"\n\",x\n", "4", "column 3: 'x'");
    expect_two_rows("\"time (s)\" \"power (mW)\"\n0 1\n1 2\n");
    expect_two_rows("time_s,remark,power_mw\n0,\"a; b\",1\n1,\"c|\td; e\",2\n");
    expect_two_rows("time_s,5\" panel,power_mw\n0,7,1\n1,7,2\n");
    expect_two_rows("# a \"mark\n" + two_rows);
    expect_two_rows("operator: \"me\n" + two_rows);
    for (const char* rows : {"0,1,\"a\n1,2,\n2,3,b\"\n", "0,1,\"a\n1,2,b\"\n", "0,1,\"a\n1,2,x\nb\"\n"}) {
        expect_refused("time_s,power_mw,remark\n" + std::string(rows) + "3,4,\n", "2", "line 3 looks like a row");
    }
    expect_refused("remark,time_s,power_mw\n\"a,0,1\nx,1,2\nb\",2,3\nx,3,4\n", "2", "line 3 looks like a row");
    expect_two_rows("remark,time_s,power_mw\n\"a\nb\",0,1\nx,1,2\n");
}

TEST(Cells, NothingBelowATableIsLost) {
    for (const char* end : {"", "# end\n", "% end\n", "\n\n", " \n\t\n", "\r\n"}) expect_two_rows(two_rows + end);
    for (const char* end : {"Total,3", "EOF", "; end", "// end", "end,", "stop,", "\x1A", "</html>"}) {
        expect_refused(two_rows + end, "4", "");
        EXPECT_NE(outcome_of(two_rows + end).error.find("begin it with #"), std::string::npos) << end;
    }
    expect_refused(two_rows + "\n,3\n", "5", "column 1: an empty cell is not a number");
    for (const char* end : {"Total,3", "mean,1.5", "Sum:,3"}) {
        expect_refused(",power_mw\n0,1\n1,2\n" + std::string(end), "4", "names no row", "step=1s");
    }
    expect_refused(two_rows + two_rows, "4", "the header again");
    expect_refused("power_mw\n1\n2\npower_mw\n3\n", "4", "the header again", "step=1s");
    const Outcome outcome = outcome_of(two_rows + "#2,3\n# 3 lines\n#3,4\n");
    EXPECT_NE(outcome.summary.text().find("2 rows are left out as comments, the first in line 4"), std::string::npos);
    const Outcome dated = outcome_of("time,state,power_mw\n2024-05-31,on,1\n# 2024-06-01,off,1\n2024-06-02,on,1\n");
    EXPECT_NE(dated.summary.text().find("line 3 is left out as a comment, but looks like a row"), std::string::npos);
    EXPECT_EQ(outcome_of(two_rows + "# end, all\n# 3\n").summary.notes.size(), 0U);
    expect_refused(two_rows + std::string(100, '\0'), "4", "zeros (NUL)");
}

TEST(Cells, WhatIsNoValueIsToldFromARemark) {
    for (const char* cell : {"inf", "-inf", "-nan", "1.#QNAN", "OVER", "-----", "\xE2\x88\x9E"}) {
        expect_refused(two_rows + "2," + cell + "\n", "4", "a value that is missing is an empty cell");
    }
    expect_refused("time_s,power_mw\n0,1\n1,-99999\n", "3", "-99999 is negative");
    expect_refused("time,power\ns,mW\nsince start,harvested\n0,1\n1,2\n", "3", "line 3 stands between it and the rows");
    expect_refused("time_s,power_mw\nfrom roof,of cell\n0,1\n1,2\n", "2", "line 1 names some");
}

TEST(Cells, FilesThatAreNoTables) {
    const auto ends_with = [](const std::string& content, const std::string& end) {
        const std::string error = outcome_of(content).error;
        EXPECT_TRUE(error.ends_with("cells.csv: " + end)) << error;
    };
    for (const char* blank : {"", "\n \r\n", "\xEF\xBB\xBF", "sep=;\n"}) ends_with(blank, "the file is empty");
    ends_with(std::string("t\0i\0m\0e\0", 8), "this is text in UTF-16; save it as UTF-8");
    ends_with(std::string("\1\2\0\n", 4), "this is a binary file, and no table of text");
}

}  // namespace
}  // namespace dynbal::power
