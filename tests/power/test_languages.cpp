//! Exports of other languages, and files that were cut off or hold nothing: what is told is true, and says what to do.
#include <gtest/gtest.h>

#include <string>

#include "told.hpp"

namespace dynbal::power {
namespace {

TEST(Languages, WordsForTimeAreKnown) {
    const std::string no_unit = "has no unit; write it into the header, such as time_s or Time [ms]";
    for (const char* name : {"Zeit", "Uhrzeit", "Datum/Uhrzeit", "Zeitstempel", "Tiempo", "Fecha", "Heure", "Ora"}) {
        const std::string told = told_of(std::string(name) + ";Leistung [mW]\n0;1\n1;2\n", "");
        EXPECT_NE(told.find(no_unit), std::string::npos) << told;
        EXPECT_EQ(told.find("no known units"), std::string::npos) << told;
    }
    expect_told("Zeit (s);Leistung (uW)\n0;950\n1;1000\n", "", "2 samples, 2 s, mean 975 uW");
    expect_told("Datum/Uhrzeit;U [V];I [mA]\n31.05.2024 12:00:00;1;2\n31.05.2024 12:00:01;1;2\n", "", "mean 2 mW");
    expect_told("Datum;Uhrzeit;Spannung_V;Strom_mA\n31.05.2024;12:00:00;1;2\n31.05.2024;12:00:01;1;2\n", "",
                "with dates from 'Datum', power = 'Spannung_V' x 'Strom_mA'");
    expect_told("Datum;Uhrzeit;P_mW\n20240531;12:00:00;1\n20240531;12:00:01;1\n", "", "'Datum' holds no date");
    expect_told("Zeit (s);Leistung\n0;950\n1;1000\n", "", "'Leistung' has no unit");
    // Hours, and not hora in seconds.
    for (const char* name : {"horas", "heures"}) {
        expect_told(std::string(name) + ";P_mW\n0;1\n1;2\n", "", "no column holds the time");
    }
}

TEST(Languages, AKnownUnitIsNotCalledUnknown) {
    const std::string told = told_of("Temps;Puissance [mW];E [lux]\n0;1;1\n1;2;1\n", "");
    EXPECT_NE(told.find("no column holds the time"), std::string::npos) << told;
    EXPECT_NE(told.find("no known units: 'lux'"), std::string::npos) << told;
    EXPECT_EQ(told.find("'mW'"), std::string::npos) << told;
}

/// A scale would make 950 mW of the 950 uW.
TEST(Thousands, AreWrittenWithoutTheMarkAndNotScaled) {
    for (const char* rows : {"0;950\n1;1.200\n2;1.350\n", "0;1.200\n1;1.350\n"}) {
        const std::string told = told_of("Zeit (s);Leistung (uW)\n" + std::string(rows), "");
        EXPECT_NE(told.find("if it is a thousand times as much write 1200, without the mark"), std::string::npos)
            << told;
        EXPECT_EQ(told.find("scale="), std::string::npos) << told;
    }
}

TEST(Tables, WithoutARowOrCutOff) {
    expect_told("time_s,power_mw\n", "", ":1: a header and no row");
    expect_told("# logger 3\ntime_s,power_mw\n", "", ":2: a header and no row");
    const std::string good = "time_s,power_mw\n0,1\n1,2\n";
    expect_told(good + "2", "", ":4: 1 cell, but the table has 2 columns; the last line is cut off: remove it");
    expect_told("time,a,power_mw\n2024-05-31 12:00,0,1\n2024-05-31 12:01,0,1\n2024-05-31 12", "", "is cut off");
    EXPECT_EQ(told_of(good + "2\n", "").find("cut off"), std::string::npos) << "a whole line";
}

TEST(Tables, OfRigolCountTheRows) {
    const std::string rows = "0,1.0,\n1,2.0,\n2,1.0,\n";
    expect_told("X,CH1,Start,Increment,\nSequence,Volt,-5.0e-02,1.0e-04\n" + rows, "",
                ":2: an oscilloscope's start and increment, and no row; remove the lines before the rows, and give "
                "step=1.0e-04s,column=2,unit=V");
    const std::string by_hand = "step=1.0e-04s,column=2,unit=V,resistance=1kOhm";
    expect_told(rows, by_hand, "3 samples, 300 us, mean 2 mW");
    const std::string wide = "0,1.0,,\n1,2.0,,\n2,1.0,,\n";
    expect_told("X,CH1,Start,Increment\nSequence,Volt,-5.0e-02,1.0e-04\n" + wide, "", "remove line 2, and give");
    expect_told("X,CH1,Start,Increment\n" + wide, by_hand, "3 samples, 300 us, mean 2 mW");
}

TEST(Tables, OfNothingSayThatAlone) {
    const std::string told = told_of("time_s,power_mw\n0,0\n1,0\n2,0\n", "");
    EXPECT_TRUE(told.ends_with("nothing 100 % of the time; nothing is harvested")) << told;
}

}  // namespace
}  // namespace dynbal::power
