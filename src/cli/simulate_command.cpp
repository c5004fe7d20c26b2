#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/repeat.hpp"
#include "cli/waiting.hpp"
#include "cli/write_report.hpp"
#include "device/nvm_class.hpp"
#include "sim/advice.hpp"
#include "sim/campaign.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct SimulateArguments {
    ImageArguments image;
    std::string input;
    std::string supply = "none";
    std::string policy = policy_of(default_policy).name;
    std::string device;
    std::string nvm;
    bool expose_input = false;
    bool before = false;
    bool again = false;
    std::string again_supply = "none";
    RepeatArguments repeat;
};

/// The answer of an uninterrupted run on new NVM.
std::vector<int16_t> expected_answer(const ImageFile& file, const std::vector<int16_t>& input) {
    sim::Session session(file);
    const auto steady = sim::parse_supply("none");
    return session.run_inference(input, *steady, sim::RunOptions{}).output;
}

/// An inference with another input, on the same NVM: empty if it is right as well, else what is not.
std::string fault_of_other(sim::Session& session, const ImageFile& file, const std::vector<int16_t>& input,
                           sim::Supply& supply, const sim::RunOptions& options) {
    const std::vector<int16_t> other = sim::other_input(input);
    const sim::RunResult result = session.run_inference(other, supply, options);
    if (!result.completed()) return "has no answer: " + result.message;
    return result.output == expected_answer(file, other) ? "" : "is WRONG";
}

void run(const SimulateArguments& arguments, Context& context) {
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    options.expose_input = arguments.expose_input;
    options.on_waiting = waiting_bar();
    const ImageFile file = arguments.image.read();
    sim::DeviceProfile profile = profile_for(file, arguments.device, context);
    set_nvm(profile, arguments.nvm);
    const auto supply = read_supply(context, arguments.supply, profile);
    (void)arguments.repeat.series_for(*supply);  // a mistake must not wait for the end of the run
    InputUse use;
    const std::vector<int16_t> input =
        read_input(context, file, arguments.input, arguments.image.scale_for(file), &use);
    sim::Session session(file, profile);
    if (arguments.before) {
        fault_of_other(session, file, input, *sim::parse_supply("none"), options);
    }
    const sim::RunResult result = session.run_inference(input, *supply, options);

    const bool right = result.completed() && result.output == expected_answer(file, input);
    bool all_right = right;
    nlohmann::ordered_json json = result_json(file, result);
    const size_t saturated = file.count_saturated(result.output);
    warn_of_range(context, {input.size(), use.outside, result.output.size(), saturated, use.largest_share});
    json["input_values_outside"] = use.outside;
    json["input_range_used"] = use.largest_share;
    json["output_values_saturated"] = saturated;
    json["supply"] = arguments.supply;
    json["policy"] = arguments.policy;
    json["device"] = profile.name;
    json["nvm"] = device::text_of(profile.nvm.nvm_class);
    if (supply->trace() != nullptr) json["trace"] = trace_json(supply->trace());
    json["same_as_uninterrupted"] = right;
    std::string text = "No answer: " + result.message;
    const auto plan =
        result.outcome == sim::Outcome::stuck ? sim::plan_harvest(arguments.supply, profile) : std::nullopt;
    if (plan) {
        std::string advice =
            sim::advice_for({.file = &file, .profile = profile, .input = input, .options = options, .plan = *plan});
        advice +=
            least_text({arguments.image.path, arguments.input, arguments.supply, arguments.device, &*plan}, advice);
        json["advice"] = advice;
        text += "\n" + advice;
    }
    if (result.completed()) {
        text = "Answer: " + answer_text(file, result.output) +
               (right ? ", the same bits as without power failures" : ", NOT the same as without power failures");
    }
    if (arguments.again && result.completed()) {
        const bool same = arguments.again_supply == sim::same_supply;
        const auto other = sim::parse_supply(same ? "none" : arguments.again_supply, profile);
        const std::string fault = fault_of_other(session, file, input, same ? *supply : *other, options);
        all_right = all_right && fault.empty();
        json["second_is_right"] = fault.empty();
        text += "\nThe next inference on the same NVM " + (fault.empty() ? "is right, too" : fault);
    }
    text += "\n\n" + cost_text(result, arguments.repeat.asked_for() ? "the first inference" : "one inference") +
            wear_text(file, result.wear);
    if (arguments.repeat.asked_for()) {
        const Repeated repeated = run_repeated(arguments.repeat, file, profile, input, arguments.supply, options);
        json["repeated"] = series_json(repeated.result);
        all_right = all_right && repeated.result.stuck.empty();
        text += "\n" + series_text(repeated) + "\n";
    }
    context.print(json, text);
    context.exit_code = all_right ? exit_ok : exit_failed;
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("simulate", "Run one input on a supply whose power fails");
    const auto arguments = std::make_shared<SimulateArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_supply(*command, arguments->supply);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    add_nvm(*command, arguments->nvm);
    command->add_flag("--expose-input", arguments->expose_input,
                      "Power may fail while the input is loaded, too, and loading it is counted the first "
                      "time; loading it again is free and cannot fail");
    command->add_flag("--again", arguments->again, "Afterwards run another input on the same NVM and check its answer");
    command
        ->add_option("--again-supply", arguments->again_supply,
                     "Supply of the run of --again; `same`: the first supply goes on")
        ->capture_default_str();
    command->add_flag("--before", arguments->before, "First run another input on the same NVM, on steady power");
    arguments->repeat.add_to(*command);
    add_json(*command, context);
    command->footer(
        "A run begins cold: the image is in NVM, the capacitor is at its off voltage (start_voltage=U in `dynbal help "
        "supplies` "
        "changes that), and the device knows nothing of the supply. Latency counts the first charging. With --repeat "
        "and "
        "--whole-trace only the first inference begins like this: each further one finds what the one before has left "
        "in "
        "the capacitor.");
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
