#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "device/nvm_class.hpp"
#include "image_file/method_names.hpp"
#include "io/progress.hpp"
#include "sim/campaign.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct CrashTestArguments {
    ImageArguments image;
    std::string input;
    std::string cuts = "all";
    std::string supply = "none";
    std::string policy = policy_of(default_policy).name;
    std::string device;
    std::string nvm;
    uint32_t jobs = 0;
};

/// The command that runs one failing point alone.
std::string replay_of(const CrashTestArguments& arguments, const sim::PointFailure& failure) {
    std::string line =
        "dynbal simulate " + shell_word(arguments.image.path) + " --input " + shell_word(arguments.input);
    if (arguments.image.scale) line += fmt::format(" --scale {}", *arguments.image.scale);
    line += " --policy " + arguments.policy + " --supply " + shell_word(failure.supply) + " --expose-input";
    if (!arguments.device.empty()) line += " --device " + shell_word(arguments.device);
    line += nvm_words(arguments.nvm);
    if (failure.warm) line += " --before";
    if (failure.second) line += " --again --again-supply " + shell_word(failure.second_supply);
    return line;
}

nlohmann::ordered_json json_of(const CrashTestArguments& arguments, const ImageFile& file, const std::string& nvm,
                               const sim::CampaignResult& result, double seconds) {
    nlohmann::ordered_json failures = nlohmann::ordered_json::array();
    for (const sim::PointFailure& failure : result.failures) {
        failures.push_back({{"point", failure.point},
                            {"verdict", failure.verdict == sim::Verdict::stuck ? "stuck" : "wrong"},
                            {"second_inference", failure.second},
                            {"reason", failure.reason},
                            {"replay", replay_of(arguments, failure)}});
    }
    return {{"cuts", arguments.cuts},
            {"preservation", method_name(file)},
            {"policy", arguments.policy},
            {"supply", arguments.supply},
            {"nvm", nvm},
            {"supply_too_weak", !result.hopeless.empty()},
            {"bytes_written", result.bytes_written},
            {"points", result.points},
            {"wrong", result.wrong},
            {"stuck", result.stuck},
            {"seconds", seconds},
            {"failures", failures}};
}

std::string text_of(const CrashTestArguments& arguments, const ImageFile& file, const sim::CampaignResult& result,
                    double seconds) {
    std::string text = fmt::format(
        "{} power failures tried in {:.1f} s (preservation {}, policy {}, cuts {}; an uninterrupted run writes {} "
        "bytes): {} wrong, {} stuck\n",
        grouped(result.points), seconds, method_name(file), arguments.policy, arguments.cuts,
        grouped(result.bytes_written), grouped(result.wrong), grouped(result.stuck));
    if (result.stuck != 0 && keeps_stages_only(file)) {
        text += fmt::format("\nTo be stuck is no fault here: {}\n", stages_only_text(file));
    }
    if (!result.hopeless.empty()) {
        text += fmt::format("\nThe supply {} is too weak even without a cut: {}\n", arguments.supply, result.hopeless);
    }
    for (const sim::PointFailure& failure : result.failures) {
        text +=
            fmt::format("\n{}{}: {}\n  {}\n", failure.verdict == sim::Verdict::stuck ? "STUCK" : "WRONG",
                        failure.second ? " in the next inference" : "", failure.reason, replay_of(arguments, failure));
    }
    const uint64_t shown = result.failures.size();
    if (result.wrong + result.stuck > shown) {
        text += fmt::format("\nand {} more\n", grouped(result.wrong + result.stuck - shown));
    }
    return text;
}

void run(const CrashTestArguments& arguments, Context& context) {
    sim::CampaignOptions options;
    options.cuts = sim::parse_cuts(arguments.cuts);
    options.policy = sim::parse_policy(arguments.policy);
    options.rest_supply = arguments.supply;
    options.jobs = arguments.jobs;
    const ImageFile file = arguments.image.read();
    options.profile = profile_for(file, arguments.device, context);
    set_nvm(options.profile, arguments.nvm);
    read_supply(context, arguments.supply, options.profile);  // a mistake must not wait for the first point
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));

    std::unique_ptr<io::Progress> progress;
    options.on_start = [&](uint64_t points) {
        progress = std::make_unique<io::Progress>("crash test", static_cast<int64_t>(points));
    };
    options.on_points = [&](uint64_t points) { progress->advance(static_cast<int64_t>(points)); };
    const auto begin = std::chrono::steady_clock::now();
    const sim::CampaignResult result = sim::run_campaign(file, input, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    progress.reset();
    const std::string nvm = device::text_of(options.profile.nvm.nvm_class);
    context.print(json_of(arguments, file, nvm, result, seconds.count()),
                  text_of(arguments, file, result, seconds.count()));
    // Where nothing is kept inside a stage, a run that never gets through one is no fault.
    const uint64_t faults = keeps_stages_only(file) ? result.wrong : result.wrong + result.stuck;
    context.exit_code = faults == 0 ? exit_ok : exit_failed;
}

}  // namespace

void add_crash_test(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("crash-test", "Cut the power everywhere; is the answer always the same?");
    const auto arguments = std::make_shared<CrashTestArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    command
        ->add_option("--cuts", arguments->cuts,
                     "all (one cut before each byte written), sample:N of these, or "
                     "random:SEED,N runs that fail again and again")
        ->capture_default_str();
    command->add_option("--supply", arguments->supply, "The supply after the cut; see `dynbal help supplies`")
        ->capture_default_str();
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    add_nvm(*command, arguments->nvm);
    add_jobs(*command, arguments->jobs);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
