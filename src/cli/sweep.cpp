#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/report.hpp"
#include "cli/sweep_run.hpp"
#include "experiment/read_grid.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
namespace {

struct Arguments {
    std::string grid;
    SweepArguments sweep;
};

/// 1234.56 as 1,234.6.
std::string with_tenths(double value) {
    const auto tenths = static_cast<uint64_t>(std::llround(value * 10));
    return fmt::format("{}.{}", grouped(tenths / 10), tenths % 10);
}

/// The rows are sums over their inferences; people see the mean of one.
std::string table_of(const std::vector<experiment::Row>& rows) {
    io::Table table({{"model", io::Align::left},
                     {"device", io::Align::left},
                     {"supply", io::Align::left},
                     {"policy", io::Align::left},
                     {"outcome", io::Align::left},
                     {"mean power cycles"},
                     {"mean cost units"},
                     {"mean latency"},
                     {"mean energy"}});
    for (const experiment::Row& row : rows) {
        const double runs = std::max(1U, row.completed);
        const bool ended = row.completed == row.repetitions;
        table.add_row({row.model, row.device, row.supply, row.policy, row.outcome,
                       ended ? with_tenths(static_cast<double>(row.power_cycles) / runs) : "",
                       ended ? grouped(static_cast<uint64_t>(std::llround(row.cost_units / runs))) : "",
                       ended ? quantity(row.latency_s / runs, "s") : "",
                       ended ? quantity(row.energy_j / runs, "J") : ""});
    }
    return table.text();
}

void run(Arguments arguments, Context& context) {
    const experiment::Grid grid = experiment::read_grid(arguments.grid);
    std::string& folder = arguments.sweep.folder;
    if (folder.empty()) folder = std::filesystem::path(arguments.grid).stem().string() + ".sweep";
    const experiment::SweepResult result = run_with_progress(grid, arguments.sweep, "sweep");
    const auto ended = std::count_if(result.rows.begin(), result.rows.end(),
                                     [](const experiment::Row& row) { return row.completed == row.repetitions; });
    context.print(
        {{"folder", folder},
         {"rows", result.rows.size()},
         {"rows_done_before", result.done_before},
         {"rows_completed", ended}},
        table_of(result.rows) + fmt::format("\n{} rows ({} of them from before) in {}: rows.csv, rows.jsonl\n",
                                            result.rows.size(), result.done_before, folder));
    context.exit_code = exit_ok;
}

}  // namespace

void SweepArguments::add_to(CLI::App& command, const std::string& otherwise) {
    command.add_option("-o,--output", folder,
                       "Folder for the rows, made if it is not there (default: " + otherwise + ")");
    command.add_flag("--restart", restart, "Forget the rows that the folder holds");
    add_jobs(command, jobs);
}

experiment::SweepResult run_with_progress(const experiment::Grid& grid, const SweepArguments& arguments,
                                          const std::string& label) {
    constexpr int64_t parts = 1'000'000;  // of a cell
    experiment::SweepOptions options;
    options.folder = arguments.folder;
    options.jobs = arguments.jobs;
    options.restart = arguments.restart;
    std::unique_ptr<io::Progress> progress;
    options.on_start = [&](uint64_t cells, uint64_t done) {
        progress = std::make_unique<io::Progress>(label, static_cast<int64_t>(cells - done) * parts);
    };
    options.on_progress = [&](double share) { progress->advance(std::llround(share * parts)); };
    return experiment::run_sweep(grid, options);
}

void add_sweep(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("sweep", "Run a grid of models, devices, supplies and policies");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("GRID", arguments->grid, "A .toml file; see `dynbal help sweep`")->required();
    arguments->sweep.add_to(*command, "GRID.sweep");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
