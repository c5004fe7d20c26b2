// What each command gives when all is well, and its exit codes.
#include <fmt/format.h>
#include <algorithm>

#include <sstream>

#include "cli_fixture.hpp"
#include "device/profile.hpp"

namespace dynbal::cli {
namespace {

using CommandTest = CliTest;

TEST_F(CommandTest, RunGivesAllFiguresAsJson) {
    const Called called = call({"run", image(), "--input", x(), "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    const nlohmann::json json = called.json();
    EXPECT_EQ(json.at("completed"), true);
    EXPECT_EQ(json.at("power_cycles"), 1);
    for (const char* key :
         {"nvm_read_bytes", "nvm_write_bytes", "nvm_transfers", "macs", "cost_units", "latency_s", "energy_j"}) {
        EXPECT_GT(json.at(key).get<double>(), 0) << key;
    }
    EXPECT_EQ(json.at("output_sha256").get<std::string>().size(), 64U);
    EXPECT_LT(json.at("argmax").get<int>(), 5);
    const CostModel prices = device::default_profile().cost_model();
    const auto priced = [&](const char* key, uint32_t price) { return json.at(key).get<double>() * price / 16; };
    EXPECT_EQ(json.at("cost_units").get<double>(),
              priced("macs", prices.mac) + priced("nvm_read_bytes", prices.read_byte) +
                  priced("nvm_write_bytes", prices.write_byte) + priced("nvm_transfers", prices.transfer) +
                  priced("jobs", prices.job));
    EXPECT_EQ(json.at("stages").size(), 8U);
}

TEST_F(CommandTest, RunShowsTheAnswerToPeople) {
    const Called called = call({"run", image(), "--input", x()});
    EXPECT_EQ(called.code, 0) << called.err;
    EXPECT_NE(called.out.find("Answer: class "), std::string::npos) << called.out;
    EXPECT_TRUE(called.err.empty());
}

TEST_F(CommandTest, TheAnswerIsTheSameForEverySupplyAndPolicy) {
    const auto expected = call({"run", image(), "--input", x(), "--json"}).json();
    for (const char* policy : {"fixed", "paper", "best"}) {
        for (const char* supply : {"bytes:300", "budget:30000", "random:1,250,500"}) {
            const Called called = call({"simulate", image(), "--input", x(), "--supply", supply, "--policy", policy,
                                        "--expose-input", "--again", "--json"});
            ASSERT_EQ(called.code, 0) << policy << " " << supply << " " << called.out;
            const auto json = called.json();
            EXPECT_EQ(json.at("output_sha256"), expected.at("output_sha256"));
            EXPECT_EQ(json.at("same_as_uninterrupted"), true);
            EXPECT_EQ(json.at("second_is_right"), true);
            EXPECT_GT(json.at("power_cycles"), 1);
        }
    }
}

TEST_F(CommandTest, SimulateFailsWhenTheRunIsStuck) {
    const Called called = call({"simulate", image(), "--input", x(), "--supply", "budget:100", "--json"});
    EXPECT_EQ(called.code, exit_failed);
    const auto json = called.json();
    EXPECT_EQ(json.at("completed"), false);
    EXPECT_EQ(json.at("outcome"), "stuck");
    EXPECT_NE(json.at("error").get<std::string>().find("made no progress"), std::string::npos);
    const Called text = call({"simulate", image(), "--input", x(), "--supply", "budget:100"});
    EXPECT_EQ(text.code, exit_failed);
    EXPECT_NE(text.out.find("No answer: stuck"), std::string::npos) << text.out;
}

TEST_F(CommandTest, CompareShowsThreePoliciesForEachSupply) {
    const Called called =
        call({"compare", image(), "--input", x(), "--supply", "budget:60000", "--supply", "power:4mW", "--json"});
    ASSERT_EQ(called.code, 0) << called.err << called.out;
    const auto json = called.json();
    ASSERT_EQ(json.at("runs").size(), 6U);
    EXPECT_EQ(json.at("same_answers"), true);
    EXPECT_EQ(json.at("runs")[0].at("policy"), "fixed");
    EXPECT_EQ(json.at("runs")[5].at("policy"), "best");
    const Called text = call({"compare", image(), "--input", x(), "--supply", "bytes:400"});
    EXPECT_NE(text.out.find("paper"), std::string::npos) << text.out;
}

TEST_F(CommandTest, CompareTakesTheOracleForAPolicy) {
    const std::vector<std::string> words{"compare",  image(),        "--input",    x(),
                                         "--supply", "budget:24000", "--policies", "best,oracle"};
    std::vector<std::string> machine = words;
    machine.emplace_back("--json");
    const Called called = call(machine);
    ASSERT_EQ(called.code, 0) << called.err << called.out;
    const auto json = called.json();
    ASSERT_EQ(json.at("runs").size(), 2U);
    EXPECT_EQ(json.at("same_answers"), true);
    EXPECT_TRUE(json.at("runs")[1].at("against_fixed").is_null()) << "fixed was not asked for";
    const auto& oracle = json.at("runs")[1];
    EXPECT_EQ(oracle.at("policy"), "oracle");
    EXPECT_EQ(oracle.at("reconfigurations"), 0);
    ASSERT_EQ(oracle.at("oracle").size(), oracle.at("stages").size());
    for (const auto& stage : oracle.at("oracle")) {
        EXPECT_EQ(stage.at("complete"), true);
        EXPECT_LE(stage.at("tried"), stage.at("configurations"));
    }
    const std::string text = call(words).out;
    EXPECT_NE(text.find("configurations run, the others cost too much"), std::string::npos) << text;
}

/// Boots and charging cost no units: where a capacitor is charged, people see the ratio of latencies.
TEST_F(CommandTest, CompareSaysWhatItComparesWithFixed) {
    // One of these supplies shows that latency and cost are not the same ratio.
    const auto shown = [](const nlohmann::json& run, const char* key) {
        return fmt::format(" {:.2f} x", run.at("against_fixed").at(key).get<double>());
    };
    nlohmann::json json;
    std::string harvested;
    for (const int microfarads : {10, 11, 12, 13, 14, 15, 16, 18, 20, 25, 30}) {
        harvested = fmt::format("power:0.1mW,capacitance={}uF", microfarads);
        json = call({"compare", image(), "--input", x(), "--device", "apollo4", "--supply", "budget:60000", "--supply",
                     harvested, "--json"})
                   .json();
        ASSERT_EQ(json.at("runs").size(), 6U);
        if (shown(json.at("runs").at(5), "latency") != shown(json.at("runs").at(5), "cost")) break;
    }
    const auto& runs = json.at("runs");
    for (size_t index = 0; index < runs.size(); ++index) {
        const auto& fixed = runs.at(index < 3 ? 0 : 3);
        const auto ratio = [&](const char* key) {
            return runs.at(index).at(key).template get<double>() / fixed.at(key).template get<double>();
        };
        ASSERT_EQ(runs.at(index).at("completed"), true) << runs.at(index);
        const auto& against = runs.at(index).at("against_fixed");
        EXPECT_EQ(against.at("cost"), ratio("cost_units")) << index;
        EXPECT_EQ(against.at("latency"), ratio("latency_s")) << index;
        EXPECT_EQ(against.at("energy"), ratio("energy_j")) << index;
    }
    const auto text = [&](std::vector<std::string> supplies) {
        supplies.insert(supplies.begin(), {"compare", image(), "--input", x(), "--device", "apollo4"});
        return call(supplies).out;
    };
    const std::string budget = text({"--supply", "budget:60000"});
    EXPECT_NE(budget.find("cost against fixed"), std::string::npos) << budget;
    EXPECT_NE(budget.find("Against fixed: in multiples of what fixed takes; less is better"), std::string::npos)
        << budget;
    EXPECT_EQ(budget.find("latency against fixed"), std::string::npos) << budget;
    EXPECT_NE(budget.find("is the time with the device on"), std::string::npos) << budget;
    const std::string power = text({"--supply", harvested});
    EXPECT_EQ(power.find("cost against fixed"), std::string::npos) << power;
    EXPECT_EQ(power.find("is the time with the device on"), std::string::npos) << power;
    EXPECT_NE(power.find("latency against fixed"), std::string::npos) << power;
    ASSERT_NE(shown(runs.at(5), "latency"), shown(runs.at(5), "cost")) << "no supply shows a difference";
    EXPECT_NE(power.find(shown(runs.at(5), "latency")), std::string::npos) << power;
    EXPECT_EQ(power.find(shown(runs.at(5), "cost")), std::string::npos) << power;
    const auto weak = call({"compare", image(), "--input", x(), "--supply", "budget:100", "--json"}).json();
    EXPECT_TRUE(weak.at("runs").at(2).at("against_fixed").is_null());
}

TEST_F(CommandTest, InspectShowsStagesMemoryAndLeastEnergy) {
    const Called called = call({"inspect", image(), "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    const auto json = called.json();
    EXPECT_EQ(json.at("stages").size(), 8U);
    EXPECT_GT(json.at("least_units_per_cycle").get<double>(), 0);
    uint64_t end = 0;
    for (const auto& area : json.at("memory_map")) {
        EXPECT_GE(area.at("begin").get<uint64_t>(), end) << "areas overlap";
        end = area.at("end").get<uint64_t>();
    }
    EXPECT_EQ(end, json.at("nvm_bytes").get<uint64_t>());
    for (const auto& stage : json.at("stages")) {
        EXPECT_GE(stage.at("configurations"), 1);
        EXPECT_LE(stage.at("tile_out")[0], stage.at("tile_out")[1]);
    }
    const Called text = call({"inspect", image()});
    EXPECT_NE(text.out.find(" uJ with the boot) or more (stage "), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("; a capacitor for it: "), std::string::npos) << text.out;
}

TEST_F(CommandTest, InspectSaysWhetherValuesAreInTheModelsOrder) {
    ImageFile file = read_image_file(image());
    for (const bool same : {true, false}) {
        for (uint32_t i = 0; i < file.host.output_order.size(); ++i) file.host.output_order[i] = i;
        ASSERT_GT(file.host.output_order.size(), 1U);
        if (!same) std::swap(file.host.output_order[0], file.host.output_order[1]);
        write_image_file(path("order.dynbal"), file);
        const std::string out = call({"inspect", path("order.dynbal")}).out;
        const size_t answer = out.find("answer: y = q");
        ASSERT_NE(answer, std::string::npos) << out;
        EXPECT_EQ(out.find(", in the model's order", answer) != std::string::npos, same) << out;
    }
}

TEST_F(CommandTest, InspectWalksAStageOverTileSizesAndEnergies) {
    const Called called = call({"inspect", image(), "--stage", "1", "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    const auto json = called.json();
    EXPECT_EQ(json.at("stage"), 1);
    const auto energies = json.at("energies").get<std::vector<uint64_t>>();
    EXPECT_TRUE(std::is_sorted(energies.begin(), energies.end()));
    ASSERT_EQ(json.at("dimensions").size(), 3U);
    uint64_t before = UINT64_MAX;
    for (size_t energy = 0; energy < energies.size(); ++energy) {
        const auto& winner = json.at("winners").at(energy);
        ASSERT_FALSE(winner.at("cost").is_null());
        const auto cost = winner.at("cost").get<uint64_t>();
        EXPECT_LE(cost, before + before / 10) << "more energy, and dearer";
        before = cost;
        for (const auto& dimension : json.at("dimensions")) {
            const auto sizes = dimension.at("sizes").get<std::vector<uint32_t>>();
            const auto size = winner.at(dimension.at("dimension").get<std::string>()).get<uint32_t>();
            for (size_t row = 0; row < sizes.size(); ++row) {
                const auto& cell = dimension.at("cost").at(row).at(energy);
                EXPECT_TRUE(cell.is_null() || cell >= cost);
                EXPECT_TRUE(sizes[row] != size || cell == cost) << "the winner's size shows its cost";
            }
        }
    }
    const Called text = call({"inspect", image(), "--stage", "1"});
    EXPECT_NE(text.out.find("By tile_out"), std::string::npos) << text.out;
}

/// From the least energy on, which is said to be enough, each stage ends.
TEST_F(CommandTest, NoStageIsSaidNeverToEndWithTheLeastEnergy) {
    for (int stage = 0; stage < 8; ++stage) {
        const Called called = call({"inspect", image(), "--stage", std::to_string(stage)});
        EXPECT_EQ(called.out.find("never ends\n"), std::string::npos) << called.out;
    }
}

TEST_F(CommandTest, EvaluateCountsRightAnswers) {
    std::vector<float> answers;
    for (int64_t i = 0; i < samples; ++i) {
        const auto json =
            call({"run", image(), "--input", x(std::string("@").append(std::to_string(i))), "--json"}).json();
        answers.push_back(json.at("argmax").get<float>());
    }
    answers[1] = answers[1] == 0 ? 1.0F : 0.0F;
    io::write_npy(path("labels.npy"), {{samples}, answers});
    for (const char* jobs : {"1", "3"}) {
        const Called called = call(
            {"evaluate", image(), "--inputs", path("x.npy"), "--labels", path("labels.npy"), "--jobs", jobs, "--json"});
        ASSERT_EQ(called.code, 0) << called.err;
        EXPECT_EQ(called.json().at("samples"), samples);
        EXPECT_EQ(called.json().at("right"), samples - 1);
        EXPECT_DOUBLE_EQ(called.json().at("accuracy").get<double>(), 5.0 / 6.0);
    }
    const Called limited = call(
        {"evaluate", image(), "--inputs", path("x.npy"), "--labels", path("labels.npy"), "--limit", "1", "--json"});
    EXPECT_EQ(limited.json().at("samples"), 1);
    EXPECT_EQ(limited.json().at("accuracy"), 1.0);
}

TEST_F(CommandTest, CrashTestCountsPoints) {
    const Called called = call({"crash-test", image(), "--input", x(), "--cuts", "sample:40", "--jobs", "2", "--json"});
    ASSERT_EQ(called.code, 0) << called.out << called.err;
    const auto json = called.json();
    EXPECT_EQ(json.at("points"), 40);
    EXPECT_EQ(json.at("wrong"), 0);
    EXPECT_EQ(json.at("stuck"), 0);
    EXPECT_GE(json.at("seconds").get<double>(), 0);
    const Called random = call({"crash-test", image(), "--input", x(), "--cuts", "random:3,20"});
    EXPECT_EQ(random.code, 0) << random.out;
    EXPECT_NE(random.out.find("0 wrong, 0 stuck"), std::string::npos) << random.out;
}

TEST_F(CommandTest, TheReplayLineReplays) {
    const Called called = call({"crash-test", image(), "--input", x(), "--cuts", "sample:20", "--supply", "bytes:20",
                                "--policy", "fixed", "--json"});
    EXPECT_EQ(called.code, exit_failed);
    const auto json = called.json();
    EXPECT_GT(json.at("stuck"), 0);
    ASSERT_FALSE(json.at("failures").empty());
    for (const auto& failure : json.at("failures")) {
        std::istringstream line(failure.at("replay").get<std::string>());
        std::vector<std::string> words{std::istream_iterator<std::string>(line), {}};
        ASSERT_EQ(words.front(), "dynbal");
        words.erase(words.begin());
        words.emplace_back("--json");
        const Called replayed = call(words);
        EXPECT_EQ(replayed.code, exit_failed) << line.str();
        EXPECT_EQ(replayed.json().at("outcome"), "stuck") << line.str();
        EXPECT_EQ(replayed.json().at("error"), failure.at("reason")) << line.str();
    }
}

TEST_F(CommandTest, SoakKeepsOneNvmAlive) {
    const Called called = call({"soak", image(), "--inputs", path("x.npy"), "--count", "30", "--supply",
                                "random:2,250,900", "--abandon-every", "4", "--policy", "best", "--json"});
    ASSERT_EQ(called.code, 0) << called.out << called.err;
    EXPECT_EQ(called.json().at("inferences"), 30);
    EXPECT_EQ(called.json().at("wrong"), 0);
    EXPECT_EQ(called.json().at("stuck"), 0);
    const Called dead = call({"soak", image(), "--inputs", path("x.npy"), "--count", "30", "--supply", "bytes:20"});
    EXPECT_EQ(dead.code, exit_failed);
    EXPECT_NE(dead.out.find("dynbal soak "), std::string::npos) << dead.out;
}

TEST_F(CommandTest, SaysItsVersion) {
    const Called called = call({"--version"});
    EXPECT_EQ(called.code, 0);
    EXPECT_TRUE(called.out.starts_with("dynbal ")) << called.out;
}

TEST_F(CommandTest, CrashTestSaysWhenTheSupplyIsHopeless) {
    const std::vector<std::string> arguments{"crash-test", image(), "--input", x(), "--cuts", "sample:4"};
    std::vector<std::string> weak = arguments;
    weak.insert(weak.end(), {"--supply", "budget:3000"});
    EXPECT_NE(call(weak).out.find("budget:3000 is too weak even without a cut: stuck"), std::string::npos);
    weak.emplace_back("--json");
    EXPECT_EQ(call(weak).json().at("supply_too_weak"), true);
    EXPECT_EQ(call(arguments).out.find("too weak"), std::string::npos);
}

/// What crash-test prints for a failure is run again: on NVM that is not new, and with another inference after it.
TEST_F(CommandTest, SimulateCanGoBeforeAndAfter) {
    for (const char* supply : {"same", "once:500"}) {
        const Called called = call({"simulate", image(), "--input", x(), "--supply", "random:3,250,600", "--before",
                                    "--again", "--again-supply", supply, "--json"});
        ASSERT_EQ(called.code, 0) << called.out;
        EXPECT_EQ(called.json().at("second_is_right"), true);
    }
}

TEST_F(CommandTest, HelpExplainsDevices) {
    const std::string text = call({"help", "devices"}).out;
    for (const char* word :
         {"msp432p401r", "cortex-m4", "65,536", "14.5 a byte read",
          "starts at 2.99 V, stops at 2.8 V, 970 uF: 534 uJ a charge", "102 uJ and 5 ms of them for each boot"}) {
        EXPECT_NE(text.find(word), std::string::npos) << word << " is missing in " << text;
    }
}

TEST_F(CommandTest, OnlyTheHelpOfTheProgramEndsWithItsExample) {
    constexpr const char* example = "dynbal compile model.onnx";
    EXPECT_NE(call({"--help"}).out.find(example), std::string::npos);
    for (const char* command : {"compile", "run", "sweep", "help"}) {
        EXPECT_EQ(call({command, "--help"}).out.find(example), std::string::npos) << command;
    }
}

TEST_F(CommandTest, HelpSaysWhatStandsForAnOptionThatIsLeftOut) {
    const auto help = [](const char* command) { return call({command, "--help"}).out; };
    EXPECT_EQ(help("fidelity").find("image"), std::string::npos) << help("fidelity");
    EXPECT_NE(help("sweep").find("GRID.sweep"), std::string::npos) << help("sweep");
    EXPECT_NE(help("reproduce").find("reproduce.sweep"), std::string::npos) << help("reproduce");
}

TEST_F(CommandTest, HelpExplainsCommandsAndSupplies) {
    for (const char* supply : {"none", "bytes:K", "once:K", "budget:E", "random:", "power:P"}) {
        EXPECT_NE(call({"help", "supplies"}).out.find(supply), std::string::npos) << supply;
    }
    for (const char* command : {"compile", "inspect", "run", "simulate", "compare", "evaluate", "crash-test", "soak"}) {
        EXPECT_NE(call({"--help"}).out.find(command), std::string::npos) << command;
        EXPECT_NE(call({command, "--help"}).out.find("--json"), std::string::npos) << command;
        EXPECT_NE(call({"help", command}).out.find("--json"), std::string::npos) << command;
    }
    EXPECT_EQ(call({"help", "nonsense"}).code, exit_bad_input);
    EXPECT_EQ(call({"help"}).out, call({"--help"}).out);
}

/// Two counts of one network, each with what it counts.
TEST_F(CommandTest, MacsSayWhetherPaddingIsAmongThem) {
    EXPECT_NE(call({"inspect", image()}).out.find(" MACs, padding counted\n"), std::string::npos);
    EXPECT_NE(call({"run", image(), "--input", x()}).out.find("MACs done, padding left out"), std::string::npos);
    EXPECT_NE(call({"zoo"}).out.find("MACs, padding counted"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::cli
