#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/program.hpp"
#include "cli/write_report.hpp"
#include "input/sample_set.hpp"
#include "io/npy.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct RunArguments {
    ImageArguments image;
    std::string input;
    std::string policy = policy_of(default_policy).name;
    std::string device;
    std::string output_file;
};

/// What the model gives, in its own shape.
void write_output(const std::string& path, const ImageFile& file, const std::vector<int16_t>& output) {
    io::Array array;
    array.values = file.model_output(output);
    array.shape = file.host.epilogue.answer_dims(file.host.output_dims);
    io::write_npy(path, array);
}

void run(const RunArguments& arguments, Context& context) {
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    check_output("--output-file", arguments.output_file,
                 {arguments.image.path, input::file_of(arguments.input), arguments.device});
    const ImageFile file = arguments.image.read();
    InputUse use;
    const std::vector<int16_t> input =
        read_input(context, file, arguments.input, arguments.image.scale_for(file), &use);
    sim::Session session(file, profile_for(file, arguments.device, context));
    const auto supply = sim::parse_supply("none");
    const sim::RunResult result = session.run_inference(input, *supply, options);
    const std::string answer =
        result.completed() ? "Answer: " + answer_text(file, result.output) : "No answer: " + result.message;
    nlohmann::ordered_json json = result_json(file, result);
    const size_t saturated = file.count_saturated(result.output);
    json["input_values_outside"] = use.outside;
    json["input_range_used"] = use.largest_share;
    json["output_values_saturated"] = saturated;
    warn_of_range(context, {input.size(), use.outside, result.output.size(), saturated, use.largest_share});
    if (result.completed() && !arguments.output_file.empty()) write_output(arguments.output_file, file, result.output);
    context.print(json, answer + "\n\n" + cost_text(result));
    context.exit_code = result.completed() ? exit_ok : exit_failed;
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("run", "Run one input on steady power");
    const auto arguments = std::make_shared<RunArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    command->add_option("-o,--output-file,--output", arguments->output_file,
                        "Write what the model gives to this .npy file");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
