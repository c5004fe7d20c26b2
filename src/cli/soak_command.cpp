#include "sim/soak.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "device/nvm_class.hpp"
#include "image_file/method_names.hpp"
#include "io/progress.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct SoakArguments {
    ImageArguments image;
    std::string inputs;
    int64_t distinct = 16;
    sim::SoakOptions options;
    std::string policy = policy_of(default_policy).name;
    std::string device;
    std::string nvm;
};

std::vector<std::vector<int16_t>> read_inputs(const SoakArguments& arguments, const ImageFile& file,
                                              const Context& context) {
    const SampleFile samples(arguments.inputs, file.host.input_dims, file.host.sound_text);
    note_input(context, samples.note());
    const float scale = arguments.image.scale_for(file);
    const int64_t count = std::min(samples.count(), arguments.distinct);
    std::vector<std::vector<int16_t>> inputs;
    for (int64_t i = 0; i < count; ++i) {
        inputs.push_back(file.quantise_input(samples.sample(i * samples.count() / count, scale)));
    }
    return inputs;
}

nlohmann::ordered_json json_of(const SoakArguments& arguments, const sim::SoakResult& result, double seconds) {
    nlohmann::ordered_json json{{"policy", arguments.policy},
                                {"supply", arguments.options.supply},
                                {"nvm", device::text_of(arguments.options.profile.nvm.nvm_class)},
                                {"inferences", result.inferences},
                                {"wrong", result.wrong},
                                {"stuck", result.stuck},
                                {"abandoned", result.abandoned},
                                {"power_cycles", result.power_cycles},
                                {"nvm_read_bytes", result.traffic.read_bytes},
                                {"nvm_write_bytes", result.traffic.write_bytes},
                                {"nvm_transfers", result.traffic.transfers},
                                {"macs", result.traffic.macs},
                                {"seconds", seconds}};
    if (!result.reason.empty()) {
        json["first_failure"] = result.first_failure;
        json["reason"] = result.reason;
    }
    return json;
}

/// The command that stops right after the first failure.
std::string replay_of(const SoakArguments& arguments, const sim::SoakResult& result) {
    std::string line = "dynbal soak " + shell_word(arguments.image.path) + " --inputs " + shell_word(arguments.inputs);
    if (arguments.image.scale) line += fmt::format(" --scale {}", *arguments.image.scale);
    line += fmt::format(" --distinct {} --count {} --supply {} --policy {}", arguments.distinct,
                        result.first_failure + 1, shell_word(arguments.options.supply), arguments.policy);
    if (!arguments.device.empty()) line += " --device " + shell_word(arguments.device);
    line += nvm_words(arguments.nvm);
    if (arguments.options.abandon_every != 0) {
        line += fmt::format(" --abandon-every {}", arguments.options.abandon_every);
    }
    return line;
}

void run(SoakArguments& arguments, Context& context) {
    sim::SoakOptions& options = arguments.options;
    options.policy = sim::parse_policy(arguments.policy);
    const ImageFile file = arguments.image.read();
    options.profile = profile_for(file, arguments.device, context);
    set_nvm(options.profile, arguments.nvm);
    read_supply(context, options.supply, options.profile);
    const std::vector<std::vector<int16_t>> inputs = read_inputs(arguments, file, context);
    auto progress = std::make_unique<io::Progress>("soak", static_cast<int64_t>(options.inferences));
    options.on_inferences = [&](uint64_t count) { progress->advance(static_cast<int64_t>(count)); };
    const auto begin = std::chrono::steady_clock::now();
    const sim::SoakResult result = sim::run_soak(file, inputs, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    progress.reset();
    nlohmann::ordered_json json = json_of(arguments, result, seconds.count());
    std::string text = fmt::format(
        "{} inferences on one NVM through {} power cycles in {:.1f} s: {} wrong, {} stuck, {} "
        "given up as asked\n",
        grouped(result.inferences), grouped(result.power_cycles), seconds.count(), grouped(result.wrong),
        grouped(result.stuck), grouped(result.abandoned));
    if (!result.reason.empty()) {
        json["replay"] = replay_of(arguments, result);
        text += fmt::format("\nFirst failure, inference {}: {}\n  {}\n", result.first_failure, result.reason,
                            replay_of(arguments, result));
    }
    context.print(json, text);
    const uint64_t faults = keeps_stages_only(file) ? result.wrong : result.wrong + result.stuck;
    context.exit_code = faults == 0 ? exit_ok : exit_failed;
}

}  // namespace

void add_soak(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("soak", "Many inferences on one NVM: is each answer right, and the NVM alive at the end?");
    const auto arguments = std::make_shared<SoakArguments>();
    arguments->options.inferences = 1000;
    arguments->options.supply = "random:1,400,4000";
    arguments->image.add_to(*command, true);
    command->add_option("--inputs", arguments->inputs, "Samples: .npy, .npz, .csv, or a folder")->required();
    command->add_option("--distinct", arguments->distinct, "Number of different inputs that are used")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}))
        ->capture_default_str();
    command->add_option("--count", arguments->options.inferences, "Number of inferences")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}))
        ->capture_default_str();
    command
        ->add_option("--abandon-every", arguments->options.abandon_every, "Give up about one inference in N half-way")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}));
    add_supply(*command, arguments->options.supply);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    add_nvm(*command, arguments->nvm);
    add_jobs(*command, arguments->options.jobs);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
