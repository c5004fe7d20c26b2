#include "torture/torture.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "io/progress.hpp"

namespace dynbal::cli {
namespace {

struct TortureArguments {
    torture::Options options;
    std::string replay;
};

std::string replay_of(const torture::Scenario& scenario) {
    return "dynbal torture --replay " + shell_word(torture::text_of(scenario));
}

void run_replay(const TortureArguments& arguments, Context& context) {
    const torture::Scenario scenario = torture::parse_scenario(arguments.replay);
    const std::string reason = torture::replay(scenario);
    context.print({{"scenario", torture::text_of(scenario)}, {"right", reason.empty()}, {"reason", reason}},
                  (reason.empty() ? "All is right." : "WRONG: " + reason) + "\n");
    context.exit_code = reason.empty() ? exit_ok : exit_failed;
}

nlohmann::ordered_json json_of(const torture::Options& options, const torture::Result& result, double seconds) {
    nlohmann::ordered_json never = nlohmann::ordered_json::array();
    for (const torture::Place place : result.places.never()) never.push_back(torture::text_of(place));
    nlohmann::ordered_json json{{"seed", options.seed},
                                {"runs", result.runs},
                                {"failures", result.failures},
                                {"never_reached", never},
                                {"seconds", seconds}};
    if (result.first) {
        json["first_failure"] = {{"run", result.first->run},
                                 {"reason", result.first->reason},
                                 {"smaller_reason", result.first->smaller_reason},
                                 {"replay", replay_of(result.first->scenario)}};
    }
    return json;
}

std::string text_of(const torture::Options& options, const torture::Result& result, double seconds) {
    std::string text = fmt::format("{} runs of seed {} in {:.1f} s: {} failed\n", grouped(result.runs), options.seed,
                                   seconds, grouped(result.failures));
    if (result.first) {
        text += fmt::format("\nThe first, run {}: {}\nMade smaller: {}\n  {}\n", result.first->run,
                            result.first->reason, result.first->smaller_reason, replay_of(result.first->scenario));
    }
    const std::vector<torture::Place> never = result.places.never();
    text += never.empty() ? "\nEach branch of recovery was reached.\n" : "\nNever reached in recovery:\n";
    for (const torture::Place place : never) text += fmt::format("  {}\n", torture::text_of(place));
    return text;
}

void run(TortureArguments& arguments, Context& context) {
    if (!arguments.replay.empty()) return run_replay(arguments, context);
    torture::Options& options = arguments.options;
    auto progress = std::make_unique<io::Progress>("torture", static_cast<int64_t>(options.runs));
    options.on_runs = [&](uint64_t runs) { progress->advance(static_cast<int64_t>(runs)); };
    const auto begin = std::chrono::steady_clock::now();
    const torture::Result result = torture::torture(options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    progress.reset();
    context.print(json_of(options, result, seconds.count()), text_of(options, result, seconds.count()));
    context.exit_code = result.failures == 0 ? exit_ok : exit_failed;
}

}  // namespace

void add_torture(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "torture",
        "Random networks, memories, supplies, policies and calls: is each answer right, does each run get on?");
    const auto arguments = std::make_shared<TortureArguments>();
    command->add_option("--seed", arguments->options.seed, "Seed that the runs are drawn from")->capture_default_str();
    command->add_option("--runs", arguments->options.runs, "Number of runs")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}))
        ->capture_default_str();
    command->add_option("--replay", arguments->replay, "One run alone, as a failure has printed it");
    add_jobs(*command, arguments->options.jobs);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
