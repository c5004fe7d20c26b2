#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/program.hpp"
#include "io/file.hpp"
#include "power/trace_file.hpp"
#include "power/trace_plot.hpp"

namespace dynbal::cli {
namespace {

struct TraceArguments {
    std::string trace;
    std::string output;
};

void run(const TraceArguments& arguments, Context& context) {
    const size_t comma = arguments.trace.find(',');
    const std::string path = arguments.trace.substr(0, comma);
    const std::string words = comma == std::string::npos ? "" : arguments.trace.substr(comma + 1);
    check_output("-o", arguments.output, {path});
    power::Options options("trace:" + arguments.trace, words);
    const power::Recording recording = power::read_trace(path, options);
    options.check_all_used();
    std::string text = recording.summary.text() + "\n\n" + power::trace_text(recording);
    if (!arguments.output.empty()) {
        io::write_file(arguments.output, power::trace_svg(recording));
        text += "Picture: " + arguments.output + "\n";
    }
    context.print(trace_json(&recording.summary), text);
    context.exit_code = exit_ok;
}

}  // namespace

void add_trace(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("trace", "Show how a recording of harvested power is read");
    const auto arguments = std::make_shared<TraceArguments>();
    command
        ->add_option("TRACE", arguments->trace,
                     "FILE, or FILE,KEY=VALUE,... with the options of a recording; see `dynbal help supplies`")
        ->required();
    command->add_option("-o,--output", arguments->output, "Draw it, too: an SVG picture");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
