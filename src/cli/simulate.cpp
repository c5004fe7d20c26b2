#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/report.hpp"
#include "sim/campaign.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct Arguments {
    ImageArguments image;
    std::string input;
    std::string supply = "none";
    std::string policy = "best";
    std::string device;
    bool expose_input = false;
    bool before = false;
    bool again = false;
    std::string again_supply = "none";
};

/// The answer of an uninterrupted run on new NVM.
std::vector<int16_t> expected_answer(const compiler::ImageFile& file, const std::vector<int16_t>& input) {
    sim::Session session(file);
    const auto steady = sim::parse_supply("none");
    return session.run_inference(input, *steady, sim::RunOptions{}).output;
}

/// An inference with another input, on the same NVM: empty if it is right as well, else what is not.
std::string fault_of_other(sim::Session& session, const compiler::ImageFile& file, const std::vector<int16_t>& input,
                           sim::Supply& supply, const sim::RunOptions& options) {
    const std::vector<int16_t> other = sim::other_input(input);
    const sim::RunResult result = session.run_inference(other, supply, options);
    if (!result.completed()) return "has no answer: " + result.message;
    return result.output == expected_answer(file, other) ? "" : "is WRONG";
}

void run(const Arguments& arguments, Context& context) {
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    options.expose_input = arguments.expose_input;
    const compiler::ImageFile file = arguments.image.read();
    const sim::DeviceProfile profile = profile_for(file, arguments.device, context);
    const auto supply = sim::parse_supply(arguments.supply, profile);
    size_t outside = 0;
    const std::vector<int16_t> input = read_input(file, arguments.input, arguments.image.scale_for(file), &outside);
    warn_of_range(context, outside, input.size());
    sim::Session session(file, profile);
    if (arguments.before) {
        fault_of_other(session, file, input, *sim::parse_supply("none"), options);
    }
    const sim::RunResult result = session.run_inference(input, *supply, options);

    const bool right = result.completed() && result.output == expected_answer(file, input);
    bool all_right = right;
    nlohmann::ordered_json json = result_json(file, result);
    json["supply"] = arguments.supply;
    json["policy"] = arguments.policy;
    json["device"] = profile.name;
    json["same_as_uninterrupted"] = right;
    std::string text = "No answer: " + result.message;
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
    context.print(json, text + "\n\n" + cost_text(result));
    context.exit_code = all_right ? exit_ok : exit_failed;
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("simulate", "Run one input on a supply whose power fails");
    const auto arguments = std::make_shared<Arguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_supply(*command, arguments->supply);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    command->add_flag("--expose-input", arguments->expose_input,
                      "Power may fail while the input is loaded, too, and loading it counts; a "
                      "second time the host pays");
    command->add_flag("--again", arguments->again, "Afterwards run another input on the same NVM and check its answer");
    command->add_option("--again-supply", arguments->again_supply, "The supply of --again; `same`: the first goes on")
        ->capture_default_str();
    command->add_flag("--before", arguments->before, "First run another input on the same NVM, on steady power");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
