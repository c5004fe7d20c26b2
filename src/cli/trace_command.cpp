#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/program.hpp"
#include "io/file.hpp"
#include "power/file_words.hpp"
#include "power/trace_file.hpp"
#include "power/trace_plot.hpp"

namespace dynbal::cli {
namespace {

struct TraceArguments {
    std::string trace;
    std::string output;
};

/// What a supply would offer before it starts again.
power::Recording read(const std::string& path, power::Options& options) {
    power::Replay replay = power::read_replay(path, options);
    options.check_all_used();
    if (replay.skip_s <= 0) return std::move(replay.recording);
    return power::without_start(replay.recording, replay.skip_s);
}

void run(const TraceArguments& arguments, Context& context) {
    constexpr std::string_view prefix = "trace:";
    const std::string trace =
        arguments.trace.starts_with(prefix) ? arguments.trace.substr(prefix.size()) : arguments.trace;
    const std::string path = trace.substr(0, power::file_name_size(trace));
    const std::string words = path.size() == trace.size() ? "" : trace.substr(path.size() + 1);
    check_output("-o", arguments.output, {path});
    power::Options options(std::string(prefix) + trace, words);
    const power::Recording recording = read(path, options);
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
