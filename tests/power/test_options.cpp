#include "power/options.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "power/quantity.hpp"

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

}  // namespace
}  // namespace dynbal::power
