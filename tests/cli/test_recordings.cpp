// Recordings and what follows from them, as the program shows them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class RecordingsTest : public CliTest {
protected:
    std::string recording() const {
        const std::string file = path("r.csv");
        std::ofstream(file) << "time_s,power_mw\n0,2\n1,0\n2,4\n3,2\n";
        return file;
    }
};

TEST_F(RecordingsTest, ATraceIsShown) {
    const std::string picture = path("r.svg");
    const Called called = call({"trace", recording(), "-o", picture});
    EXPECT_EQ(called.code, 0) << called.err;
    EXPECT_NE(
        called.out.find(
            "trace r.csv: csv, time from 'time_s', power from 'power_mw'; 4 samples, 4 s, mean 2 mW, largest 4 mW"),
        std::string::npos)
        << called.out;
    EXPECT_NE(called.out.find("####"), std::string::npos);
    EXPECT_TRUE(io::read_text(picture).starts_with("<svg"));
    const Called json = call({"trace", recording() + ",scale=2", "--json"});
    EXPECT_NEAR(json.json().at("mean_w").get<double>(), 4e-3, 1e-9);
    EXPECT_EQ(call({"trace", recording() + ",sunny=1"}).code, 2);
    const Called skipped = call({"trace", "trace:" + recording() + ",skip=1s,repeat=no", "--json"});
    EXPECT_EQ(skipped.json().at("duration_s").get<double>(), json.json().at("duration_s").get<double>() - 1);
    EXPECT_EQ(call({"trace", recording() + ",skip=1h,repeat=no"}).code, 2);
    EXPECT_NE(call({"trace", recording() + ",skip=1h"}).err.find("no less than the recording lasts"),
              std::string::npos);
    EXPECT_NE(call({"trace", recording() + ",time_unit=ms"}).err.find("contradicts the header"), std::string::npos);
    EXPECT_EQ(call({"trace", path("none.csv")}).code, 2);
    EXPECT_EQ(call({"trace", recording(), "-o", recording()}).code, 2);
}

TEST_F(RecordingsTest, ANameMayLookLikeOptions) {
    const std::string file = path("r,scale=3.csv");
    std::filesystem::rename(recording(), file);
    const auto mean_mw = [](const Called& called, const char* where) {
        EXPECT_EQ(called.code, 0) << called.err;
        if (called.code != 0) return 0.0;
        const nlohmann::json json = *where == 0 ? called.json() : called.json().at(where);
        return 1e3 * json.at("mean_w").get<double>();
    };
    EXPECT_NEAR(mean_mw(call({"trace", file, "--json"}), ""), 2, 1e-6);
    EXPECT_NEAR(mean_mw(call({"trace", file + ",scale=2", "--json"}), ""), 4, 1e-6);
    for (const std::string before : {"trace:", "once:100+trace:"}) {
        const std::vector<std::string> words{
            "simulate", image(), "--input", x(), "--supply", before + file + ",scale=2", "--json"};
        EXPECT_NEAR(mean_mw(call(words), "trace"), 4, 1e-6) << before;
    }
}

TEST_F(RecordingsTest, ATraceIsSummedUpWhereItIsUsed) {
    const std::string supply = "trace:" + recording();
    for (const char* command : {"simulate", "compare"}) {
        const Called called = call({command, image(), "--input", x(), "--supply", supply});
        EXPECT_EQ(called.code, 0) << called.err;
        EXPECT_NE(called.err.find("trace r.csv: csv"), std::string::npos) << command << called.err;
    }
    const Called json = call({"simulate", image(), "--input", x(), "--supply", supply, "--json"});
    EXPECT_EQ(json.json().at("trace").at("samples"), 4);
    // What the converter takes is part of it.
    const nlohmann::json trace = json.json().at("trace");
    EXPECT_NEAR(trace.at("reaching_w").get<double>(), 0.464 * trace.at("mean_w").get<double>(),
                1e-3 * trace.at("mean_w").get<double>());
    const auto err = [&](const std::string& words) {
        return call({"simulate", image(), "--input", x(), "--supply", supply + words}).err;
    };
    EXPECT_NE(err("").find(" at the harvester, "), std::string::npos) << err("");
    EXPECT_NE(err("").find(" behind the converter (efficiency=46.4%), largest "), std::string::npos) << err("");
    EXPECT_EQ(err(",efficiency=100%").find("harvester"), std::string::npos) << err(",efficiency=100%");
    // Once for all supplies of which it is the same.
    const std::string twice =
        call({"compare", image(), "--input", x(), "--supply", supply, "--supply", supply + ",capacitance=2mF"}).err;
    EXPECT_EQ(twice.find("trace r.csv", twice.find("trace r.csv") + 1), std::string::npos) << twice;
}

/// Each policy stands beside fixed, as in one inference.
TEST_F(RecordingsTest, ManyInferencesAreComparedWithFixed) {
    const std::vector<std::string> arguments{"compare",  image(), "--input", x(), "--supply", "trace:" + recording(),
                                             "--repeat", "5"};
    const Called called = call(arguments);
    ASSERT_EQ(called.code, 0) << called.err;
    const size_t table = called.out.find("\nOne inference after the other:\n");
    ASSERT_NE(table, std::string::npos) << called.out;
    EXPECT_NE(called.out.find("against fixed", table), std::string::npos) << called.out;
    EXPECT_NE(called.out.find("less latency and more a minute is better", table), std::string::npos) << called.out;
    std::vector<std::string> with_json = arguments;
    with_json.emplace_back("--json");
    const nlohmann::json runs = call(with_json).json().at("runs");
    const double fixed_s = runs.at(0).at("repeated").at("mean_s").get<double>();
    for (const nlohmann::json& run : runs) {
        const nlohmann::json& repeated = run.at("repeated");
        EXPECT_DOUBLE_EQ(repeated.at("against_fixed").at("mean").get<double>(),
                         repeated.at("mean_s").get<double>() / fixed_s);
    }
}

TEST_F(RecordingsTest, ManyInferencesOneAfterTheOtherOrOneAPeriod) {
    const std::string supply = "trace:" + recording();
    EXPECT_NE(call({"simulate", image(), "--input", x(), "--supply", supply, "--repeat", "2"})
                  .out.find("the first inference"),
              std::string::npos);
    const Called row = call({"simulate", image(), "--input", x(), "--supply", supply, "--repeat", "5", "--json"});
    EXPECT_EQ(row.code, 0) << row.err;
    EXPECT_EQ(row.json().at("repeated").at("ended"), 5);
    EXPECT_GT(row.json().at("repeated").at("per_minute").get<double>(), 0);
    const Called whole =
        call({"compare", image(), "--input", x(), "--supply", supply, "--whole-trace", "--period", "500ms"});
    EXPECT_NE(whole.out.find("One inference every 500 ms, in time within 500 ms:\n"), std::string::npos)
        << whole.out << whole.err;
    const Called told =
        call({"simulate", image(), "--input", x(), "--supply", supply, "--whole-trace", "--period", "500ms"});
    EXPECT_NE(told.out.find(" inferences due, one every 500 ms: "), std::string::npos) << told.out;
    EXPECT_EQ(call({"simulate", image(), "--input", x(), "--supply", "power:2mW", "--whole-trace"}).code, 2);
    EXPECT_EQ(call({"simulate", image(), "--input", x(), "--supply", supply, "--period", "1s"}).code, 2);
    EXPECT_EQ(call({"simulate", image(), "--input", x(), "--supply", supply, "--repeat", "2", "--period", "soon"}).code,
              2);
}

TEST_F(RecordingsTest, OneOfManyThatNeverEndsIsNoSuccess) {
    // The first finds the capacitor charged; nothing comes for those behind it.
    const std::string supply = "power:1nW,start_voltage=2.99V,sleep=1mW";
    for (const std::string command : {"simulate", "compare", "report"}) {
        const std::vector<std::string> once{command, image(), "--input", x(), "--supply", supply};
        EXPECT_EQ(call(once).code, 0) << command;
        std::vector<std::string> many = once;
        many.insert(many.end(), {"--repeat", "3", "--period", "10s"});
        EXPECT_EQ(call(many).code, 1) << command;
    }
}

TEST_F(RecordingsTest, CompareSaysWhyPoliciesAreAlike) {
    const Called called = call({"compare", image(), "--input", x(), "--supply", "none"});
    EXPECT_NE(called.out.find("alike: without a power failure the largest tiles are the best"), std::string::npos)
        << called.out;
}

TEST_F(RecordingsTest, SizeNamesCapacitorPowerAndVoltage) {
    const std::vector<std::string> arguments{
        "size", image(), "--input", x(), "--supply", "power:2mW,max_voltage=3.6V", "--period", "2s"};
    const Called called = call(arguments);
    EXPECT_EQ(called.code, 0) << called.err;
    for (const char* text :
         {"capacitor, least", "capacitor, sensible", "capacitor, generous", "power, least", "on voltage, least"}) {
        EXPECT_NE(called.out.find(text), std::string::npos) << called.out;
    }
    std::vector<std::string> with_json = arguments;
    with_json.emplace_back("--json");
    const Called json = call(with_json);
    EXPECT_GT(json.json().at("capacitance_f").get<double>(), 1e-6);
    EXPECT_LT(json.json().at("power_factor").get<double>(), 1);
    // Of four one that is late would be a quarter: --share 90 would ask for all of them.
    EXPECT_EQ(json.json().at("choices").at(0).at("due"), 100);
    // What is missed is tried to its end, too: its share is that of all.
    for (const auto& trial : json.json().at("curve")) EXPECT_EQ(trial.at("due"), 100) << trial;
    EXPECT_EQ(call({"size", image(), "--input", x(), "--supply", "budget:1000", "--period", "2s"}).code, 2);
    EXPECT_EQ(call({"size", image(), "--input", x(), "--supply", "power:2mW"}).code, 2);
    EXPECT_EQ(call({"size", image(), "--input", x(), "--supply", "power:2mW", "--period", "100d"}).code, 2)
        << "longer than a run may last";
}

/// Each obstacle has a sentence of its own, with what to do.
TEST_F(RecordingsTest, SizeSaysWhyNoCapacitorDoes) {
    const auto size = [&](const std::string& supply, const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"size", image(), "--input", x(), "--supply", supply};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Called called = call(arguments);
        EXPECT_EQ(called.out.find("Why no capacitor does:") == std::string::npos,
                  called.out.find("capacitor, least") != std::string::npos);
        return called.out;
    };
    const auto expect_said = [](const std::string& out, const std::string& text) {
        EXPECT_NE(out.find(text), std::string::npos) << text << '\n' << out;
    };
    const std::string weak = size("power:1uW", {"--period", "1s"});
    expect_said(weak,
                "the supply brings 464 nW behind the converter (1 uW at the harvester, efficiency=46.4%): too little, "
                "whatever the capacitor is. For the mean alone it is --period ");
    expect_said(weak, " needs power cycles of about ");
    expect_said(size("power:10uW,leakage=1mA", {"--period", "10s"}), "It needs less leakage and sleep, or at least ");
    expect_said(size("power:2mW", {"--period", "1s", "--deadline", "1ms"}),
                "That is longer than the deadline of 1.00 ms");
    std::ofstream(path("gaps.csv")) << "time_s,power_mw\n0,5\n100,0\n200,5\n300,0\n400,0\n";
    const std::string gaps = size("trace:" + path("gaps.csv"), {"--period", "1s"});
    expect_said(gaps,
                "In its weakest time, 3.333 min from 5 min on, it brings 0 J; some 200 inferences are due then. ");
    expect_said(gaps, "The best capacitor tried, ");
    EXPECT_EQ(size("power:2mW,max_voltage=3.6V", {"--period", "2s"}).find("Why no"), std::string::npos);
}

/// What is advised was tried, and a little less does not do.
TEST_F(RecordingsTest, SizeAdvisesWhatIsMet) {
    std::ofstream dawn(path("dawn.csv"));
    dawn << "time_s,power_mw\n";
    for (int i = 0; i < 200; ++i) dawn << i << ',' << (i >= 100 && i < 130 ? 0 : std::min(i, 60) / 15.0) << '\n';
    dawn.close();
    const auto size = [&](const std::string& more, const std::string& period, const std::string& share) {
        return call({"size", image(), "--input", x(), "--supply", "trace:" + path("dawn.csv") + more, "--period",
                     period, "--share", share, "--json"});
    };
    const auto met = [](const Called& called) { return !called.json().at("capacitance_f").is_null(); };
    const std::string out =
        call({"size", image(), "--input", x(), "--supply", "trace:" + path("dawn.csv"), "--period", "5s"}).out;
    const auto word_after = [&](const std::string& before) {
        const size_t at = out.find(before);
        EXPECT_NE(at, std::string::npos) << before << '\n' << out;
        if (at == std::string::npos) return std::string();
        const size_t begin = at + before.size();
        return out.substr(begin, out.find(' ', begin) - begin);
    };
    EXPECT_NE(out.find("In its weakest time, 30 s from 100 s on, it brings 0 J; some 6 inferences"), std::string::npos)
        << out;
    EXPECT_NE(out.find("The first charge is in the way: "), std::string::npos) << out;
    const std::string words = word_after("With capacitance=");
    const Called run = call({"simulate", image(), "--input", x(), "--supply",
                             "trace:" + path("dawn.csv") + ",capacitance=" + words, "--whole-trace", "--period", "5s"});
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(met(size(",start_voltage=2.99V", "5s", "100"))) << words;
    const int share = std::stoi(word_after("With --share "));
    EXPECT_TRUE(met(size("", "5s", std::to_string(share))));
    EXPECT_FALSE(met(size("", "5s", std::to_string(share + 1))));
    const std::string period = word_after(" or with --period ");
    const double period_s = std::stod(period);
    const std::string farads = word_after(" or with --period " + period + " and ") + "mF";
    const Called named =
        call({"simulate", image(), "--input", x(), "--supply", "trace:" + path("dawn.csv") + ",capacitance=" + farads,
              "--whole-trace", "--period", period, "--json"});
    EXPECT_EQ(named.json().at("repeated").at("missed"), 0) << farads;
    const Called longer = size("", fmt::format("{:g}s", period_s), "100");
    EXPECT_TRUE(met(longer)) << period_s;
    EXPECT_FALSE(met(size("", fmt::format("{:g}s", period_s / 1.06), "100"))) << period_s;
    // Only what is met is named.
    for (const auto& choice : longer.json().at("choices")) EXPECT_TRUE(choice.at("met").get<bool>()) << choice;
}

TEST_F(RecordingsTest, AHopelessSupplySaysWhatToChange) {
    const Called called = call({"simulate", image(), "--input", x(), "--supply",
                                "power:1mW,capacitance=1\xC2\xB5"
                                "F,max_voltage=3.6V"});
    EXPECT_EQ(called.code, 1);
    EXPECT_NE(called.out.find("1 uF between "), std::string::npos) << called.out;
    EXPECT_NE(called.out.find("capacitance="), std::string::npos) << called.out;
    EXPECT_NE(called.out.find(" a power cycle), sensible"), std::string::npos) << called.out;
    EXPECT_NE(called.out.find("sensible is capacitance="), std::string::npos) << called.out;
    // What is the same for several policies is said once.
    const Called compared = call({"compare", image(), "--input", x(), "--supply", "power:1mW,capacitance=1uF"});
    EXPECT_NE(compared.out.find(", stateful, fixed, paper, best: stuck "), std::string::npos) << compared.out;
    const Called leaking = call({"simulate", image(), "--input", x(), "--supply", "power:1uW,leakage=10uA"});
    EXPECT_EQ(leaking.code, 1);
    EXPECT_NE(leaking.out.find("leakage takes "), std::string::npos) << leaking.out;
}

}  // namespace
}  // namespace dynbal::cli
