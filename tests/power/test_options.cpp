#include "power/options.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/error.hpp"
#include "power/quantity.hpp"
#include "sim/supply.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

TEST(Quantity, TakesPrefixesAndUnits) {
    EXPECT_DOUBLE_EQ(*parse_quantity("4mW", Unit::watt), 4e-3);
    EXPECT_DOUBLE_EQ(*parse_quantity("0.5W", Unit::watt), 0.5);
    EXPECT_DOUBLE_EQ(*parse_quantity("1e-3mW", Unit::watt), 1e-6);
    EXPECT_DOUBLE_EQ(*parse_quantity("330uF", Unit::farad), 330e-6);
    EXPECT_DOUBLE_EQ(*parse_quantity("30kOhm", Unit::ohm), 30e3);
    EXPECT_DOUBLE_EQ(*parse_quantity("20ms", Unit::second), 0.02);
    EXPECT_DOUBLE_EQ(*parse_quantity("2min", Unit::second), 120);
    EXPECT_DOUBLE_EQ(*parse_quantity("24h", Unit::second), 86400);
    EXPECT_DOUBLE_EQ(*parse_quantity("80%", Unit::share), 0.8);
    EXPECT_DOUBLE_EQ(*parse_quantity("0.8", Unit::share), 0.8);
    EXPECT_DOUBLE_EQ(*parse_quantity("-3", Unit::none), -3);
    for (const char* text : {"", "W", "mW", "4", "4 mW", "4kg", "4mV", "nanW", "infW", "1eW", "4mWx"}) {
        EXPECT_FALSE(parse_quantity(text, Unit::watt)) << text;
    }
}

TEST(Options, RefuseWhatTheyDoNotKnow) {
    Options options("power:4mW", "efficiency=0.8,leakage=1uA");
    EXPECT_DOUBLE_EQ(options.number("efficiency", Unit::share, 1, 0.01, 1), 0.8);
    EXPECT_DOUBLE_EQ(options.number("esr", Unit::ohm, 7, 0, 10), 7);
    EXPECT_THROW(options.check_all_used(), InputError) << "nobody asked for the leakage";
    EXPECT_DOUBLE_EQ(options.required("leakage", Unit::ampere, 0, 1), 1e-6);
    EXPECT_NO_THROW(options.check_all_used());
    EXPECT_THROW(options.required("esr", Unit::ohm, 0, 1), InputError);
    for (const char* words : {"x", "=1", "a=1,a=2", "a=1,,b=2", "a=1,"})
        EXPECT_THROW(Options("s", words), InputError) << words;
    for (const char* words : {"p=5mV", "p=", "p=20W", "p=0W"}) {
        Options bad("s", words);
        EXPECT_THROW(bad.required("p", Unit::watt, 1e-9, 10), InputError) << words;
    }
    Options flags("s", "a=yes,b=no,c=maybe,seed=12,d=5");
    EXPECT_TRUE(flags.flag("a", false));
    EXPECT_FALSE(flags.flag("b", true));
    EXPECT_THROW(flags.flag("c", true), InputError);
    EXPECT_EQ(flags.seed(), 12U);
    EXPECT_THROW(Options("s", "seed=-1").seed(), InputError);
}

std::string why_not(const std::string& text, Unit unit) {
    EXPECT_FALSE(parse_quantity(text, unit)) << text;
    return why_no_quantity(text, unit);
}

TEST(Quantity, SaysWhatIsWrongWithTheUnit) {
    EXPECT_EQ(why_not("4mw", Unit::watt), "the unit 'mw' is written mW: 4mW");
    EXPECT_EQ(why_not("10OHM", Unit::ohm), "the unit 'OHM' is written Ohm: 10Ohm");
    EXPECT_EQ(why_not("4mA", Unit::watt), "'mA' is the unit of a current; write a power such as 4mW or 250uW");
    EXPECT_EQ(why_not("4", Unit::watt), "'4' has no unit; write a power such as 4mW or 250uW");
    EXPECT_EQ(why_not("4 mW", Unit::watt), "'4 mW' has a blank; write a power such as 4mW or 250uW");
    EXPECT_EQ(why_not("4hp", Unit::watt), "'hp' is no unit of a power; write a power such as 4mW or 250uW");
    for (const char* text : {"", "mW", "four"}) {
        EXPECT_EQ(why_not(text, Unit::watt), "'" + std::string(text) + "' is not a power such as 4mW or 250uW");
    }
    EXPECT_EQ(why_not("x", Unit::none), "'x' is not a number");
    Options options("s", "e=80,f=180");
    EXPECT_NE(io::message_of<InputError>([&] { options.required("e", Unit::share, 0.01, 1); }).find("80% or 0.8"),
              std::string::npos);
    EXPECT_NE(io::message_of<InputError>([&] { options.required("f", Unit::share, 0.01, 1); }).find("outside of"),
              std::string::npos);
}

TEST(Options, AMisspeltOneIsToldWithTheNearestName) {
    constexpr std::array<std::string_view, 4> names{"scale", "capacitance", "column", "step"};
    Options options("s", "colum=2,scale=3");
    options.add_known(names);
    EXPECT_NE(io::message_of<InputError>([&] {
                  options.check_known();
              }).find("there is no option colum= here; there are: column, "),
              std::string::npos);
    Options shortened("s", "cap=1mF");
    shortened.add_known(names);
    EXPECT_NE(io::message_of<InputError>([&] { shortened.check_known(); }).find("there are: capacitance, "),
              std::string::npos);
    Options good("s", "column=2,scale=3");
    good.add_known(names);
    EXPECT_NO_THROW(good.check_known());
    EXPECT_NE(io::message_of<InputError>([&] { good.check_all_used(); }).find("column=2 has no effect here"),
              std::string::npos);
}

/// Whatever else is wrong, and before a file is opened.
TEST(Supplies, AMisspeltOptionIsToldFirst) {
    for (const char* text : {"trace:/there/is/none.csv,colum=CH2", "markov:powr=8mW,on=1s", "power:4mA,eficiency=80%",
                             "walk:hihg=1mW", "daynight:peek=1mW"}) {
        EXPECT_NE(io::message_of<InputError>([&] { sim::parse_supply(text); }).find("there is no option"),
                  std::string::npos)
            << text;
    }
    for (const char* text : {"markov:power=8mW,on=1s,off=1s,low=0W,seed=1", "walk:low=1mW,high=2mW,step=1mW,every=1s",
                             "daynight:peak=1mW,period=1h,clouds=10%",
                             "power:4mW,efficiency=80%,min_power=1uW,min_voltage=0V,capacitance=1mF,on_voltage=3V,"
                             "off_voltage=2V,max_voltage=4V,leakage=1uA,esr=1Ohm,start_voltage=2V,sleep=1uW"}) {
        EXPECT_NO_THROW(sim::parse_supply(text)) << text;
    }
}

}  // namespace
}  // namespace dynbal::power
