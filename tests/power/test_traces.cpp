//! Trace formats: written here as the published files are, and those files themselves where they are present.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "base/error.hpp"
#include "power/chain.hpp"
#include "power/trace_file.hpp"
#include "sim/supply.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

std::string write_trace(const std::string& content) {
    const std::string path = io::temporary_file("dynbal_trace.txt");
    std::ofstream(path) << content;
    return path;
}

std::vector<Piece> pieces_in(const std::string& content, const std::string& words = "") {
    Options options("trace", words);
    const Recording recording = read_trace(write_trace(content), options);
    options.check_all_used();
    return *recording.pieces;
}

std::string error_of(const std::string& content, const std::string& words = "") {
    try {
        pieces_in(content, words);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

TEST(Traces, MementosCountsLinesNotTheirTimes) {
    const auto pieces = pieces_in("103717744\t0.3\n103717745\t0.6\n103717700\t0.6\n");
    ASSERT_EQ(pieces.size(), 2U) << "equal powers are one piece";
    EXPECT_NEAR(pieces[0].power_w, 0.09 / 30e3, 1e-12);
    EXPECT_DOUBLE_EQ(pieces[0].duration_s, 1e-3);
    EXPECT_DOUBLE_EQ(pieces[1].duration_s, 2e-3);
    EXPECT_EQ(pieces[1].voltage_v, 0.6);
    EXPECT_NEAR(pieces_in("1 0.6\n", "format=mementos,resistance=10kOhm,load=matched")[0].power_w, 0.36 / 40e3, 1e-12);
}

TEST(Traces, CapSimuIsOneVoltageALine) {
    const auto pieces = pieces_in(
        "\xEF\xBB\xBF"
        "2.0\n3.0\r\n",
        "resistance=1kOhm,step=5ms");
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_NEAR(pieces[1].power_w, 9e-3, 1e-12);
    EXPECT_DOUBLE_EQ(pieces[1].duration_s, 5e-3);
}

TEST(Traces, ReactIsSecondsAndMilliwatts) {
    const auto pieces = pieces_in("sec RSSI,mW\n0.00\t0.10\n0.02\t0.21\n0.06\t0.03\n");
    ASSERT_EQ(pieces.size(), 3U);
    EXPECT_NEAR(pieces[1].power_w, 0.21e-3, 1e-12);
    EXPECT_NEAR(pieces[1].duration_s, 0.04, 1e-12);
    EXPECT_NEAR(pieces[2].duration_s, 0.04, 1e-12);
}

TEST(Traces, NrelIsLight) {
    const std::string text =
        "DATE (MM/DD/YYYY),MST,Global CM3 (cor) [W/m^2]\n9/1/2018,00:00,-0.43\n9/1/2018,00:01,500\n";
    const auto pieces = pieces_in(text, "panel=10mW");
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(pieces[0].power_w, 0) << "a pyranometer shows less than nothing at night";
    EXPECT_NEAR(pieces[1].power_w, 5e-3, 1e-12);
    EXPECT_DOUBLE_EQ(pieces[1].duration_s, 60);
    EXPECT_NE(error_of(text).find("panel="), std::string::npos);
}

TEST(Traces, LightGoesThroughAnIvCurve) {
    const std::string curve = io::temporary_file("dynbal,curve_lux=1lux.json");
    std::ofstream(curve) << R"({"0": {"0.0": -0.002, "1.0": -0.002, "2.0": -0.001, "3.0": 0.0005}})";
    const std::string text = "irradiance_w_m2\n10\n20\n";
    const auto best = pieces_in(text, "step=1s,cells=3,curve=" + curve + ",curve_lux=1200lux");
    EXPECT_NEAR(best[0].power_w, 3 * 2e-3, 1e-12);
    EXPECT_NEAR(best[1].power_w, 6 * 2e-3, 1e-12);
    const auto fixed = pieces_in(text, "step=1s,curve_irradiance=10W/m2,curve_voltage=1.5V,curve=" + curve);
    EXPECT_NEAR(fixed[0].power_w, 1.5 * 1.5e-3, 1e-12);
    EXPECT_NE(error_of(text, "step=1s,curve=" + curve).find("curve_lux="), std::string::npos);
    for (const char* bad :
         {"[]", "{", R"({"0": {"x": 1, "2": 3}})", R"({"0": {"1": "a", "2": 3}})", R"({"0": {"1": 0, "2": 0}})"}) {
        std::ofstream(curve) << bad;
        EXPECT_NE(error_of(text, "step=1s,curve_lux=1lux,curve=" + curve).find(curve), std::string::npos) << bad;
    }
}

TEST(Traces, OurOwnNamesItsColumns) {
    const auto pieces = pieces_in("# a comment\nname,time_s,power_uw\nx,0,5\nx,0.5,7\nx,2,1\n", "scale=2");
    ASSERT_EQ(pieces.size(), 3U);
    EXPECT_NEAR(pieces[1].power_w, 14e-6, 1e-15);
    EXPECT_DOUBLE_EQ(pieces[1].duration_s, 1.5);
}

TEST(Traces, AMistakeIsNamedWithFileAndLine) {
    const std::string path = write_trace("");
    const auto expect_at = [&](const std::string& content, const std::string& line, const std::string& words = "") {
        const std::string message = error_of(content, words);
        EXPECT_TRUE(message.starts_with(path + ":" + line + ": ")) << content << ": " << message;
    };
    EXPECT_EQ(error_of(""), path + ": the file is empty");
    expect_at("1 0.5\n2 x\n", "2", "format=mementos");
    expect_at("1 0.5\n2\n", "2", "format=mementos");
    expect_at("1 0.5\n2 nan\n", "2", "format=mementos");
    expect_at("1 0.5\n2 -0.5\n", "2", "format=mementos");
    expect_at("time_s,power_w\n0,1\n0,2\n", "3");
    expect_at("time_s,power_w\n1,1\n", "2");
    expect_at("time_s,harvest\n1,1\n", "1");
    expect_at("power_w,power_mw\n1,1\n", "1");
    EXPECT_NE(error_of("power_w\n1\n").find("step="), std::string::npos);
    EXPECT_NE(error_of("1\n", "format=abc").find("mementos"), std::string::npos);
    EXPECT_NE(error_of("1\n", "format=capsimu,load=none").find("matched"), std::string::npos);
    Options options("trace", "");
    EXPECT_THROW(read_trace("/there/is/none.txt", options), InputError);
}

TEST(Traces, ASupplyTakesThem) {
    const std::string path = write_trace("sec RSSI,mW\n0.00\t3\n0.5\t0\n1.0\t3\n");
    const auto supply = sim::parse_supply("trace:" + path + ",repeat=yes,skip=0.1s,capacitance=1mF");
    supply->begin_cycle();
    EXPECT_GT(supply->charging_ps(), 0U);
    const auto ends = sim::parse_supply("trace:" + path + ",repeat=no,capacitance=1F");
    EXPECT_THROW(ends->begin_cycle(), NeverCharges);
    EXPECT_THROW(sim::parse_supply("trace:"), InputError);
    EXPECT_THROW(sim::parse_supply("trace:" + path + ",sunny=1"), InputError);
}

/// Facts that were measured when the files were collected.
TEST(Traces, ThePublishedOnesAreRead) {
    const char* named = std::getenv("DYNBAL_SHARED");
    const std::filesystem::path folder =
        std::filesystem::path(named != nullptr ? named : DYNBAL_SHARED_DEFAULT) / "data/traces";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    struct Case {
        const char* file;
        const char* words;
        double length_s, mean_w;
    };
    const std::string simba = (folder / "simba_nrel_solar_pv/Simba/src/Harvesters/harvesting_data").string();
    const std::string curve = "curve_lux=1000lux,curve=" + simba + "/IVCurves/AM1417_lux1000.json";
    for (const Case& c :
         {Case{"react_rf_asplos24/traces/rf-cart.trace", "", 315, 2.12e-3},
          Case{"react_rf_asplos24/traces/rf-mobile.trace", "", 315, 0.497e-3},
          Case{"mementos_rf_wisp/traces/1.txt", "", 27, 0},
          Case{"capsimu_solar/traces/Solar_Indoor_Moving.csv", "resistance=1kOhm", 300, 0},
          Case{"simba_nrel_solar_pv/Simba/src/Harvesters/harvesting_data/SolarTraces/NREL/Raw/2018sep.txt",
               curve.c_str(), 43200 * 60.0, 0}}) {
        Options options("trace", c.words);
        const auto pieces = *read_trace((folder / c.file).string(), options).pieces;
        double length_s = 0, energy_j = 0;
        for (const Piece& piece : pieces) {
            length_s += piece.duration_s;
            energy_j += piece.duration_s * piece.power_w;
        }
        EXPECT_NEAR(length_s, c.length_s, 0.1 * c.length_s) << c.file;
        EXPECT_GT(energy_j, 0) << c.file;
        const double expected_w = c.mean_w > 0 ? c.mean_w : energy_j / length_s;
        EXPECT_NEAR(energy_j / length_s, expected_w, 0.01 * expected_w) << c.file;
    }
}

}  // namespace
}  // namespace dynbal::power
