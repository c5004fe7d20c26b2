//! An oscilloscope with a shunt: a current as the voltage over a resistor.
#include <gtest/gtest.h>

#include <string>

#include "told.hpp"

namespace dynbal::power {
namespace {

const std::string scope = "TIME,CH1,CH2\n0,2,0.1\n1,2,0.2\n";

TEST(Shunt, TheSecondVoltageIsACurrent) {
    expect_told(scope, "column=CH1*CH2,shunt=10Ohm",
                "power = 'CH1' in V x 'CH2' in V / 10 Ohm; 2 samples, 2 s, mean 30 mW, largest 40 mW");
    expect_told(scope, "column=2*3,unit=V*mV,shunt=10Ohm", "'CH2' in mV / 10 Ohm; 2 samples, 2 s, mean 30 uW");
    expect_told("time_s,CH1 (V),CH2 [V]\n0,2,0.1\n1,2,0.2\n", "column=ch1*CH2,shunt=10Ohm", "mean 30 mW");
    expect_told("time_s,CH1_V,CH2/mV\n0,2,100\n1,2,200\n", "column=CH1*CH2,shunt=10Ohm", "mean 30 mW");
    expect_told("time_s,U [V],over R [mV]\n0,2,100\n1,2,200\n", "column=2*3,shunt=10Ohm", "mean 30 mW");
    expect_told("0,2,0.1\n1,2,0.2\n", "time=1,time_unit=s,column=2*3,unit=V*V,shunt=1Ohm", "mean 300 mW");
}

TEST(Shunt, IsProposedForTwoVoltages) {
    expect_told(scope, "",
                "2 columns hold voltage: 'CH1', 'CH2'; say which: column=NAME; is one of them over a shunt? "
                "column=CH1*CH2,shunt=R");
    expect_told(scope, "column=CH1*CH2", "of two voltages give shunt=R");
    EXPECT_EQ(told_of("time_s,a_v,b_v,c_ma\n0,2,1,1\n1,2,1,1\n", "").find("over a shunt"), std::string::npos);
}

TEST(Shunt, WhereItHasNoMeaningTheMessageExplains) {
    expect_told(scope, "column=CH1,shunt=10Ohm", "shunt= is for two voltages");
    expect_told("time_s,power_mw\n0,1\n1,2\n", "shunt=10Ohm", "shunt= is for two voltages");
    expect_told(scope, "column=CH1*CH2,shunt=10Ohm,resistance=1kOhm", "shunt= and resistance= exclude each other");
    expect_told(scope, "column=CH1*CH2,unit=V*mA,shunt=10Ohm", "here they are no two voltages");
    expect_told(scope, "column=CH1*CH2,shunt=10", "'10' has no unit; write a resistance such as 30kOhm");
    expect_told("0.1\n0.2\n", "format=capsimu,shunt=10Ohm", "shunt=10Ohm has no effect here");
}

}  // namespace
}  // namespace dynbal::power
