// The command `dynbal report`: what it writes, and how it refuses.
#include <algorithm>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class ReportCommandTest : public CliTest {
protected:
    Called report(std::vector<std::string> more) const {
        std::vector<std::string> words{"report", image(), "--input", x(), "--jobs", "2"};
        words.insert(words.end(), more.begin(), more.end());
        return call(words);
    }
    /// The document inside of a page.
    static nlohmann::json document_in(const std::string& html) {
        const std::string mark = "id=\"document\">";
        const size_t begin = html.find(mark) + mark.size();
        return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
    }
};

TEST_F(ReportCommandTest, JsonHoldsTheSummary) {
    const Called called = report({"--supply", "power:1mW", "--json"});
    ASSERT_EQ(called.code, exit_ok) << called.err;
    const nlohmann::json json = called.json();
    EXPECT_EQ(json.at("schema"), "dynbal-report/1");
    ASSERT_EQ(json.at("runs").size(), 3U);
    EXPECT_FALSE(json.at("runs").at(0).contains("timeline"));
    EXPECT_EQ(json.at("sweep").at("latency_s").size(), 3U);
    EXPECT_EQ(json.at("capacitors").is_null() ? 3U : json.at("capacitors").at("latency_s").size(), 3U);
    const nlohmann::json simulated =
        call({"simulate", image(), "--input", x(), "--supply", "power:1mW", "--json"}).json();
    const nlohmann::json& best = json.at("runs").at(2);
    EXPECT_EQ(best.at("power_cycles"), simulated.at("power_cycles"));
    EXPECT_NEAR(best.at("latency_s").get<double>(), simulated.at("latency_s").get<double>(), 1e-5);
    EXPECT_EQ(json.at("answer").at("sha256"), simulated.at("output_sha256"));
    EXPECT_EQ(json.at("answer").at("class"), simulated.at("argmax"));
}

TEST_F(ReportCommandTest, TheTerminalGetsTables) {
    const Called called = report({"--supply", "budget:20000", "--policies", "fixed,best", "--no-sweep"});
    ASSERT_EQ(called.code, exit_ok) << called.err;
    for (const char* word :
         {"latency against fixed", "less is better", "refetch", "preservation", "Answer, the same bits"}) {
        EXPECT_NE(called.out.find(word), std::string::npos) << word << "\n" << called.out;
    }
    EXPECT_EQ(called.out.find("paper"), std::string::npos);
    EXPECT_EQ(called.out.find("harvested power"), std::string::npos);
}

TEST_F(ReportCommandTest, PreservationMethodsStandSideBySide) {
    const std::vector<std::string> words{"--supply",   "budget:20000",    "--policies",     "best",
                                         "--no-sweep", "--preservations", "hawaii,stateful"};
    const Called called = report(words);
    ASSERT_EQ(called.code, exit_ok) << called.err;
    EXPECT_NE(called.out.find("hawaii"), std::string::npos) << called.out;
    std::vector<std::string> as_json = words;
    as_json.emplace_back("--json");
    const nlohmann::json json = report(as_json).json();
    const nlohmann::json& preservations = json.at("preservations");
    ASSERT_EQ(preservations.size(), 2U);
    EXPECT_EQ(preservations.at(0).at("preservation"), "hawaii");
    EXPECT_EQ(preservations.at(1).at("power_cycles"), json.at("runs").at(0).at("power_cycles"));
    EXPECT_NE(json.at("command").get<std::string>().find("--preservations hawaii,stateful"), std::string::npos);
    EXPECT_NE(report({"--supply", "none", "--preservations", "luck"}).err.find("there is no preservation method"),
              std::string::npos);
}

TEST_F(ReportCommandTest, ManyInferencesAreThoseOfSimulate) {
    const std::vector<std::string> many{"--supply", "power:1mW", "--repeat", "7", "--period", "100ms"};
    std::vector<std::string> words = many;
    words.insert(words.end(), {"--no-sweep", "--json"});
    const Called called = report(words);
    ASSERT_EQ(called.code, exit_ok) << called.err;
    const nlohmann::json json = called.json();
    EXPECT_EQ(json.at("repeated").at("heading"), "One inference every 100 ms, in time within 100 ms");
    EXPECT_NE(json.at("command").get<std::string>().find("--repeat 7 --period 100ms"), std::string::npos);
    for (const nlohmann::json& run : json.at("runs")) {
        std::vector<std::string> one{"simulate", image(), "--input", x(), "--policy", run.at("policy"), "--json"};
        one.insert(one.end(), many.begin(), many.end());
        EXPECT_EQ(run.at("repeated"), call(one).json().at("repeated")) << run.at("policy");
    }
    words.pop_back();
    const std::string text = report(words).out;
    for (const char* word : {"One inference every 100 ms", "mean latency", "left out", "The first inference:"}) {
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
}

TEST_F(ReportCommandTest, WritesThePageOrSaysWhyNot) {
    const std::vector<std::string> words{"--supply", "power:1mW", "-o", path("r.html")};
    const long files_before = files();
    const Called called = report(words);
    if (DYNBAL_HAS_PAGE == 0) {
        EXPECT_EQ(called.code, exit_bad_input);
        EXPECT_NE(called.err.find("npm"), std::string::npos) << called.err;
        EXPECT_EQ(files(), files_before);
        return;
    }
    ASSERT_EQ(called.code, exit_ok) << called.err;
    const std::string first = io::read_text(path("r.html"));
    const nlohmann::json document = document_in(first);
    EXPECT_EQ(document.at("runs").at(0).at("timeline").at("stages").size(), 8U);
    const std::string command = document.at("command");
    EXPECT_NE(command.find("--supply power:1mW"), std::string::npos) << command;
    EXPECT_EQ(first.find("/*DOCUMENT*/"), std::string::npos);
    // The same command makes the same bytes.
    ASSERT_EQ(report(words).code, exit_ok);
    EXPECT_EQ(io::read_text(path("r.html")), first);
}

TEST_F(ReportCommandTest, WritesTheTrace) {
    const Called called = report({"--supply", "power:1mW", "--no-sweep", "--trace-out", path("t.json"), "--json"});
    ASSERT_EQ(called.code, exit_ok) << called.err;
    const nlohmann::json trace = nlohmann::json::parse(io::read_text(path("t.json")));
    const auto& events = trace.at("traceEvents");
    const auto count = [&](int process, int track) {
        return std::count_if(events.begin(), events.end(), [&](const nlohmann::json& event) {
            return event.at("ph") == "X" && event.at("pid") == process && event.at("tid") == track;
        });
    };
    const nlohmann::json json = called.json();
    for (int run = 0; run < 3; ++run) {
        const long power_cycles = json.at("runs").at(static_cast<size_t>(run)).at("power_cycles").get<long>();
        EXPECT_EQ(count(run + 1, 1), power_cycles);
        EXPECT_EQ(count(run + 1, 2), 8);
        // Each power cycle boots and works, and each stage fetches, computes and writes.
        EXPECT_GE(count(run + 1, 3), 2 * power_cycles + 3 * 8);
    }
    EXPECT_EQ(json.at("trace_file"), "t.json");
}

TEST_F(ReportCommandTest, ARunThatNeverEndsIsNoSuccess) {
    const Called called = report({"--supply", "budget:100", "--no-sweep"});
    EXPECT_EQ(called.code, exit_failed);
    EXPECT_NE(called.out.find("never ends"), std::string::npos);
    EXPECT_NE(called.out.find("made no progress"), std::string::npos);
}

TEST_F(ReportCommandTest, RefusesWhatMakesNoSense) {
    const long files_before = files();
    const auto refused = [&](const std::vector<std::string>& words, const std::string& reason) {
        const Called called = report(words);
        EXPECT_EQ(called.code, exit_bad_input) << reason;
        EXPECT_NE(called.err.find(reason), std::string::npos) << called.err;
    };
    refused({"--supply", "power:1mW", "--policies", "best,worst"}, "worst");
    refused({"--supply", "power:1mW", "--policies", "best,best"}, "named twice");
    refused({"--supply", "sun"}, "sun");
    refused({"--supply", "none", "--device", "toaster"}, "toaster");
    refused({}, "--supply");
    refused({"--supply", "power:1mW", "--period", "1s"}, "need --repeat N or --whole-trace");
    refused({"--supply", "power:1mW", "--whole-trace"}, "the supply is no trace:FILE");
    refused({"--supply", "none", "--no-sweep", "--trace-out", path("no/such/folder.json")}, "folder.json");
    if (DYNBAL_HAS_PAGE != 0) {
        refused({"--supply", "none", "-o", path("same"), "--trace-out", path("same")}, "same file");
    }
    EXPECT_EQ(files(), files_before);
}

}  // namespace
}  // namespace dynbal::cli
