#include <filesystem>
#include <memory>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/sweep_run.hpp"
#include "experiment/cycle_energy.hpp"
#include "experiment/method_costs.hpp"
#include "experiment/paper_grid.hpp"
#include "experiment/speedup.hpp"
#include "experiment/sweep_folder.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"

namespace dynbal::cli {
namespace {

struct ReproduceArguments {
    SweepArguments sweep;
    std::optional<std::string> models, traces, rf, thermal;
    uint32_t repetitions = 20;
    bool oracle = false;
};

/// The grid, and what has to be said about it. Nothing is written before all that was given is known to be right.
experiment::Grid grid_of(const ReproduceArguments& arguments, std::string& note) {
    experiment::PaperGridOptions options;
    options.rf = arguments.rf.value_or(experiment::rf_supply(arguments.traces));
    options.thermal = arguments.thermal.value_or(experiment::thermal_supply());
    options.oracle = arguments.oracle;
    options.repetitions = arguments.repetitions;
    experiment::check_supplies(experiment::paper_grid({}, options));
    note = "The paper's RF and thermal traces were never published; in their place: `" + options.rf + "` and `" +
           options.thermal + "`.\n";
    if (arguments.models) return experiment::paper_grid(experiment::paper_models(*arguments.models), options);
    note += "The networks are ours (`dynbal zoo`); --models takes the paper's own.\n";
    const experiment::SweepFolder sweep(arguments.sweep.folder);
    sweep.create();
    const std::string folder = (sweep.path() / "models").string();
    return experiment::paper_grid(experiment::own_models(folder, sweep.holds_a_sweep()), options);
}

/// What the columns of the tables mean.
constexpr const char* cell_words =
    "\n*fixed alone ends*: it ends without the net, which is that every policy takes smaller tiles where nothing gets "
    "on. *speed-up over fixed*: fixed / best. *oracle*: the best tile of each stage, found by trying (`--oracle`).\n\n";
constexpr const char* line_words =
    "\n*ends from*: the weakest power cycle tried with which it ends. *gain*: fixed / best, in cost (units drawn), "
    "energy (joules) and latency; *there* is where fixed alone ends. *worst best / fixed*: over all energies; below 1 "
    "best is always cheaper.\n";

/// The second half: the same models and devices against the energy of a power cycle.
std::vector<experiment::CycleEnergyLine> cycle_energy_of(const experiment::Grid& grid,
                                                         const ReproduceArguments& arguments,
                                                         experiment::ModelStore& models, const Context& context) {
    SweepArguments sweep = arguments.sweep;
    sweep.folder = (std::filesystem::path(sweep.folder) / "cycle_energy").string();
    const experiment::Grid line = experiment::cycle_energy_grid(grid);
    return experiment::cycle_energy_lines(run_with_progress(line, sweep, "cycle energy", &models, context.err).rows);
}

/// And what the methods of preservation cost there.
std::vector<experiment::MethodCost> method_costs_of(const experiment::Grid& grid, const ReproduceArguments& arguments,
                                                    experiment::ModelStore& models, const Context& context) {
    SweepArguments sweep = arguments.sweep;
    sweep.folder = (std::filesystem::path(sweep.folder) / "preservation").string();
    const experiment::Grid methods_grid = experiment::method_grid(grid);
    return experiment::method_costs(methods_grid,
                                    run_with_progress(methods_grid, sweep, "preservation", &models, context.err).rows);
}

/// What it writes when all is done, too: nothing there is in the way of it, and nothing is somebody else's.
void check_folder(const std::filesystem::path& folder) {
    for (const char* part : {"", "cycle_energy", "preservation"}) experiment::SweepFolder(folder / part).check();
    const std::vector<std::string> names{"speedup.md", "speedup.json"};
    io::check_targets(folder, names);
    const experiment::SweepFolder sweep(folder);
    if (!sweep.holds_a_sweep()) sweep.check_not_there(names);
}

void run(const ReproduceArguments& arguments, Context& context) {
    std::string note;
    check_folder(arguments.sweep.folder);
    const experiment::Grid grid = grid_of(arguments, note);
    experiment::ModelStore models;
    const auto comparisons =
        experiment::comparisons_of(run_with_progress(grid, arguments.sweep, "reproduce", &models, context.err).rows);
    const experiment::SpeedupSummary summary = experiment::summary_of(comparisons);
    const auto lines = cycle_energy_of(grid, arguments, models, context);
    const auto costs = method_costs_of(grid, arguments, models, context);
    const std::string text = note + "Latency of one inference, charging included, mean of " +
                             std::to_string(grid.repetitions) + ".\n\n" + experiment::markdown_of(comparisons) +
                             cell_words + experiment::markdown_of(summary) +
                             "\nGain of best over fixed, against the energy of a power cycle (budget:E, in units; "
                             "where charging takes the time, time goes as energy):\n\n" +
                             experiment::markdown_of(lines) + line_words +
                             "\nWhat preservation costs an inference under best (dynbal compile --preservation):\n\n" +
                             experiment::markdown_of(costs);
    const nlohmann::ordered_json json{{"repetitions", grid.repetitions},
                                      {"note", note},
                                      {"summary", experiment::json_of(summary)},
                                      {"cells", experiment::json_of(comparisons)},
                                      {"cycle_energy", experiment::json_of(lines)},
                                      {"preservation", experiment::json_of(costs)}};
    const std::filesystem::path folder(arguments.sweep.folder);
    io::write_file((folder / "speedup.md").string(), text);
    io::write_file((folder / "speedup.json").string(), io::json_text(json, 2) + "\n");
    context.print(json, text + "\nIn " + arguments.sweep.folder +
                            ": speedup.md, speedup.json, rows.csv, rows.jsonl, cycle_energy/rows.csv, "
                            "preservation/rows.csv\n");
    context.exit_code = summary.best_ends == summary.cells ? exit_ok : exit_failed;
}

}  // namespace

void add_reproduce(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "reproduce", "Run the grid of the DynBal paper, a minute on two cores: what adapting to the supply is worth");
    const auto arguments = std::make_shared<ReproduceArguments>();
    arguments->sweep.folder = "reproduce.sweep";
    arguments->sweep.add_to(*command, arguments->sweep.folder);
    command->add_option("--models", arguments->models,
                        "Folder of the paper's HAR-CNN.onnx, KWS-DNN_S.onnx and squeezenet_cifar10.onnx (default: "
                        "three of our own)");
    command->add_option("--traces", arguments->traces,
                        "Folder of recorded traces, for RF (default: power that comes and goes at random)");
    command->add_option("--rf", arguments->rf, "Supply in place of the paper's RF trace");
    command->add_option("--thermal", arguments->thermal, "Supply in place of the paper's thermal trace");
    command->add_option("--inferences", arguments->repetitions, "Inferences in a row in each cell")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    command->add_flag("--oracle", arguments->oracle,
                      "Also try every tile of every stage for the best one: takes minutes");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
