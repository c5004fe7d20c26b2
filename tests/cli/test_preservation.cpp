// Preservation methods as a user meets them: chosen when compiling, compared, and what the one that keeps nothing says.
#include <algorithm>

#include "cli_fixture.hpp"
#include "compiler/for_method.hpp"
#include "image_file/method_names.hpp"

namespace dynbal::cli {
namespace {

class PreservationTest : public CliTest {
protected:
    /// The fixture's network with another method.
    std::string image_for(const std::string& method) const {
        const std::string name = path(method + ".dynbal");
        write_image_file(name, compiler::for_method(sim::tiny_image(), method_by_name(method)));
        return name;
    }
    double least_units(const std::string& method) const {
        return call({"inspect", image_for(method), "--json"}).json().at("least_units_per_cycle");
    }
    /// Enough for the methods that keep something, and too little for the one that keeps nothing.
    std::string weak_supply() const {
        const double enough = 1.1 * std::max(least_units("stateful"), least_units("hawaii"));
        EXPECT_LT(enough, least_units("none"));
        return "budget:" + std::to_string(static_cast<uint64_t>(enough));
    }
    nlohmann::json compared(const std::string& supply) const {
        const Called called = call({"compare", image(), "--input", x(), "--supply", supply, "--preservations",
                                    "stateful,hawaii,none", "--policies", "best", "--json"});
        EXPECT_EQ(called.code, 0) << called.err << called.out;
        return called.json();
    }
};

TEST_F(PreservationTest, CompareShowsThemSideBySide) {
    const nlohmann::json json = compared("none");
    ASSERT_EQ(json.at("runs").size(), 3U);
    EXPECT_EQ(json.at("same_answers"), true);
    const auto written = [&](size_t run) { return json.at("runs").at(run).at("nvm_write_bytes").get<int>(); };
    EXPECT_EQ(json.at("runs").at(1).at("preservation"), "hawaii");
    EXPECT_GT(written(1), written(0)) << "footprints cost";
    EXPECT_LE(written(2), written(0));
    const Called text =
        call({"compare", image(), "--input", x(), "--supply", "none", "--preservations", "hawaii,none"});
    EXPECT_NE(text.out.find("hawaii"), std::string::npos) << text.out;
    EXPECT_EQ(text.out.find("stateful"), std::string::npos) << text.out;
}

/// What compare makes of an image is what simulate makes of one that was compiled for the method.
TEST_F(PreservationTest, CompareIsSimulateOfEach) {
    const nlohmann::json json = compared("budget:60000");
    for (const auto& run : json.at("runs")) {
        const std::string method = run.at("preservation");
        const Called called =
            call({"simulate", image_for(method), "--input", x(), "--supply", "budget:60000", "--json"});
        ASSERT_EQ(called.code, 0) << called.out;
        EXPECT_EQ(called.json().at("preservation"), method);
        for (const char* key : {"cost_units", "nvm_write_bytes", "power_cycles", "output_sha256"}) {
            EXPECT_EQ(called.json().at(key), run.at(key)) << method << ", " << key;
        }
    }
}

/// It says so, and is no failure of the others.
TEST_F(PreservationTest, NoneNeverEndsOnAWeakSupply) {
    const std::string supply = weak_supply();
    const nlohmann::json json = compared(supply);
    EXPECT_EQ(json.at("completed"), true);
    EXPECT_EQ(json.at("runs").at(0).at("completed"), true);
    EXPECT_EQ(json.at("runs").at(1).at("completed"), true);
    EXPECT_EQ(json.at("runs").at(2).at("outcome"), "stuck");
    const Called alone = call({"simulate", image_for("none"), "--input", x(), "--supply", supply});
    EXPECT_EQ(alone.code, exit_failed);
    EXPECT_NE(alone.out.find("keeps nothing inside a stage"), std::string::npos) << alone.out;
}

TEST_F(PreservationTest, CrashTestsPassUnderEach) {
    for (const std::string& method : method_names()) {
        for (const char* cuts : {"sample:300", "random:1,20"}) {
            const Called called = call({"crash-test", image_for(method), "--input", x(), "--cuts", cuts, "--json"});
            ASSERT_EQ(called.code, 0) << called.out;
            EXPECT_EQ(called.json().at("preservation"), method);
            EXPECT_EQ(called.json().at("wrong"), 0);
            EXPECT_EQ(called.json().at("stuck"), 0) << called.out;
        }
    }
}

/// To be stuck is a fault of the engine, but for the method that keeps nothing.
TEST_F(PreservationTest, ACrashTestOnAWeakSupplySaysWhyNoneIsStuck) {
    const std::string supply = weak_supply();
    const auto test = [&](const std::string& method) {
        return call({"crash-test", image_for(method), "--input", x(), "--cuts", "sample:10", "--supply", supply});
    };
    EXPECT_EQ(test("hawaii").code, 0);
    const Called none = test("none");
    EXPECT_EQ(none.code, 0) << none.out;
    EXPECT_NE(none.out.find("To be stuck is no fault here"), std::string::npos) << none.out;
}

TEST_F(PreservationTest, InspectSaysWhichOne) {
    EXPECT_EQ(call({"inspect", image_for("hawaii"), "--json"}).json().at("preservation"), "hawaii");
    EXPECT_NE(call({"inspect", image_for("hawaii")}).out.find("hawaii"), std::string::npos);
}

TEST_F(PreservationTest, UnknownOnesAreRefused) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"compile", path("x.onnx"), "-o", path("y.dynbal"), "--calibrate", path("x.npy"),
                                   "--preservation", "japan"},
          std::vector<std::string>{"compare", image(), "--input", x(), "--supply", "none", "--preservations",
                                   "japan"}}) {
        const Called called = call(words);
        EXPECT_EQ(called.code, exit_bad_input);
        EXPECT_NE(called.err.find("stateful, hawaii, none"), std::string::npos) << called.err;
    }
    const Called twice = call({"compare", image(), "--input", x(), "--supply", "none", "--preservations", "none,none"});
    EXPECT_EQ(twice.code, exit_bad_input);
    EXPECT_NE(twice.err.find("'none' is there twice"), std::string::npos) << twice.err;
}

}  // namespace
}  // namespace dynbal::cli
