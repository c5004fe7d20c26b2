#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/preservations.hpp"
#include "cli/program.hpp"
#include "cli/repeat.hpp"
#include "cli/report_summary.hpp"
#include "cli/write_report.hpp"
#include "input/sample_set.hpp"
#include "io/file.hpp"
#include "report/html.hpp"
#include "report/page_document.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct ReportArguments {
    ImageArguments image;
    std::string input;
    std::string supply;
    std::vector<std::string> policies = sim::policy_names();
    std::vector<std::string> preservations;
    std::string device;
    std::string output;
    std::string trace_out;
    bool no_sweep = false;
    uint32_t jobs = 0;
    RepeatArguments repeat;
};

std::vector<PolicyKind> parse_policies(const std::vector<std::string>& names) {
    std::vector<PolicyKind> policies;
    for (const std::string& name : names) {
        const PolicyKind policy = sim::parse_policy(name);
        if (std::find(policies.begin(), policies.end(), policy) != policies.end()) {
            throw InputError("--policies: '" + name + "' is named twice");
        }
        policies.push_back(policy);
    }
    return policies;
}

/// The command that makes the same report.
std::string command_text(const ReportArguments& arguments) {
    std::string text = "dynbal report " + shell_word(arguments.image.path);
    const auto add = [&](const std::string& option, const std::string& value) {
        if (!value.empty()) text += " " + option + " " + shell_word(value);
    };
    add("--input", arguments.input);
    if (arguments.image.scale) add("--scale", fmt::format("{}", *arguments.image.scale));
    add("--supply", arguments.supply);
    add("--policies", fmt::format("{}", fmt::join(arguments.policies, ",")));
    add("--preservations", fmt::format("{}", fmt::join(arguments.preservations, ",")));
    add("--device", arguments.device);
    if (arguments.repeat.asked_for()) text += " " + arguments.repeat.command_text();
    if (arguments.no_sweep) text += " --no-sweep";
    add("-o", arguments.output);
    add("--trace-out", arguments.trace_out);
    return text;
}

report::Facts facts_of(const ReportArguments& arguments, const report::Experiment& experiment,
                       const report::Results& results) {
    report::Facts facts;
    facts.program = "dynbal " DYNBAL_VERSION;
    facts.command = command_text(arguments);
    facts.input = arguments.input;
    if (experiment.series) facts.series_heading = series_heading(*experiment.series);
    facts.trace_file = std::filesystem::path(arguments.trace_out).filename().string();
    const report::PolicyRun* answered = results.answered();
    if (answered != nullptr) facts.answer_sha256 = output_sha256(answered->result.output);
    return facts;
}

/// What can be known to be wrong before anything is run.
void check(const ReportArguments& arguments) {
    if (!arguments.output.empty()) report::page_template();
    if (!arguments.output.empty() && arguments.output == arguments.trace_out) {
        throw InputError("-o and --trace-out name the same file: " + arguments.output);
    }
    std::vector<std::string> read_paths = files_of_supply(arguments.supply);
    read_paths.insert(read_paths.end(), {arguments.image.path, input::file_of(arguments.input), arguments.device});
    check_output("-o", arguments.output, read_paths);
    check_output("--trace-out", arguments.trace_out, read_paths);
}

/// Does one of many never end under `best`, or where that does not run under the last policy?
bool is_stuck_later(const report::Results& results) {
    const report::PolicyRun* judged = &results.runs.back();
    for (const report::PolicyRun& run : results.runs) {
        if (run.policy == PolicyKind::best) judged = &run;
    }
    return judged->repeated && !judged->repeated->stuck.empty();
}

void run(const ReportArguments& arguments, Context& context) {
    check(arguments);
    const ImageFile file = arguments.image.read();
    report::Experiment experiment;
    experiment.file = &file;
    const sim::DeviceProfile profile = profile_for(file, arguments.device, context);
    experiment.profile = &profile;
    experiment.supply = arguments.supply;
    const auto supply = read_supply(context, arguments.supply, profile);
    const sim::Series series = arguments.repeat.series_for(*supply);
    if (arguments.repeat.asked_for()) experiment.series = series;
    experiment.policies = parse_policies(arguments.policies);
    experiment.sweep = !arguments.no_sweep;
    experiment.jobs = arguments.jobs;
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));
    experiment.input = input;
    const std::vector<ImageFile> methods_of_all = images_for(file, arguments.preservations);
    experiment.by_method = methods_of_all;

    report::TraceFile trace(file.host.stage_names);
    const report::Results results = run_experiment(experiment, arguments.trace_out.empty() ? nullptr : &trace);
    const nlohmann::ordered_json document = document_of(facts_of(arguments, experiment, results), experiment, results);
    std::string text = report_summary(experiment, results);
    if (!arguments.output.empty()) {
        io::write_file(arguments.output, report::html_of(document));
        text += "\nReport: " + arguments.output + "\n";
    }
    if (!arguments.trace_out.empty()) {
        io::write_file(arguments.trace_out, trace.text());
        text += "Trace, for ui.perfetto.dev: " + arguments.trace_out + "\n";
    }
    context.print(report::summary_of(document), text);
    const bool ends = results.answered() != nullptr && !is_stuck_later(results);
    context.exit_code = ends && results.same_answers() ? exit_ok : exit_failed;
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "report", "Run one input under each policy and show time, energy and tiles: HTML page, trace, summary");
    const auto arguments = std::make_shared<ReportArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    command->add_option("--supply", arguments->supply, "When the power fails; see `dynbal help supplies`")->required();
    command->add_option("--policies", arguments->policies, "Some of fixed, paper and best")
        ->delimiter(',')
        ->capture_default_str();
    add_preservations(*command, arguments->preservations, "no table of them");
    add_device(*command, arguments->device);
    command->add_option("-o,--output", arguments->output, "The page: one HTML file that needs nothing else");
    command->add_option("--trace-out", arguments->trace_out, "Every piece of work, for ui.perfetto.dev");
    command->add_flag("--no-sweep", arguments->no_sweep,
                      "Leave out the runs at other harvested powers and with other capacitors");
    add_jobs(*command, arguments->jobs);
    arguments->repeat.add_to(*command);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
