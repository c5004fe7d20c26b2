#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/report.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct Arguments {
    ImageArguments image;
    std::string input;
    std::string policy = "best";
    std::string device;
};

void run(const Arguments& arguments, Context& context) {
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    const compiler::ImageFile file = arguments.image.read();
    const std::vector<int16_t> input = read_input(file, arguments.input, arguments.image.scale_for(file));
    sim::Session session(file, profile_for(file, arguments.device, context));
    const auto supply = sim::parse_supply("none");
    const sim::RunResult result = session.run_inference(input, *supply, options);
    const std::string answer =
        result.completed() ? "Answer: " + answer_text(file, result.output) : "No answer: " + result.message;
    context.print(result_json(file, result), answer + "\n\n" + cost_text(result));
    context.exit_code = result.completed() ? exit_ok : exit_failed;
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("run", "Run one input on steady power");
    const auto arguments = std::make_shared<Arguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
