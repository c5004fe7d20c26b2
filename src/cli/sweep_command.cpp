#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/slurm.hpp"
#include "cli/sweep_run.hpp"
#include "cli/write_report.hpp"
#include "experiment/merge.hpp"
#include "experiment/read_grid.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
namespace {

struct SweepCommandArguments {
    std::string grid;
    SweepArguments sweep;
    std::string shard;
    std::vector<std::string> merge;
    SlurmArguments slurm;

    /// Where the rows go if nobody says.
    std::string folder() const {
        return sweep.folder.empty() ? std::filesystem::path(grid).stem().string() + ".sweep" : sweep.folder;
    }
};

/// More rows than anybody reads on a terminal.
constexpr size_t shown_max = 60;

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
    const bool any_uncharged = std::any_of(rows.begin(), rows.end(), [](const experiment::Row& row) {
        return row.completed == row.repetitions && row.power_cycles > row.completed && row.charging_s == 0;
    });
    return table.text() + uncharged_note(any_uncharged);
}

size_t ended(const std::vector<experiment::Row>& rows) {
    return static_cast<size_t>(std::count_if(
        rows.begin(), rows.end(), [](const experiment::Row& row) { return row.completed == row.repetitions; }));
}

/// The rows, or how many there are of each outcome where they are too many.
std::string rows_text(const std::vector<experiment::Row>& rows) {
    if (rows.size() <= shown_max) return table_of(rows) + "\n";
    std::map<std::string, uint64_t> outcomes;
    for (const experiment::Row& row : rows) ++outcomes[row.outcome];
    io::Table table({{"outcome", io::Align::left}, {"rows"}});
    for (const auto& [outcome, count] : outcomes) table.add_row({outcome, grouped(count)});
    return table.text() + "\n";
}

void run_grid(SweepCommandArguments arguments, Context& context) {
    const experiment::Grid grid = experiment::read_grid(arguments.grid);
    if (!arguments.shard.empty()) arguments.sweep.shard = experiment::parse_shard(arguments.shard);
    const experiment::Shard& shard = arguments.sweep.shard;
    std::string& folder = arguments.sweep.folder;
    folder = arguments.folder();
    const std::string merge =
        fmt::format("journal.jsonl; after the last shard: `dynbal sweep --merge {}`", shell_word(folder));
    if (!shard.is_whole()) experiment::SweepFolder(folder).check();  // the merge, after hours, will write there
    if (!shard.is_whole()) folder = (std::filesystem::path(folder) / shard.folder()).string();
    const experiment::SweepResult result = run_with_progress(grid, arguments.sweep, "sweep");
    nlohmann::ordered_json json{{"folder", folder},
                                {"rows", result.rows.size()},
                                {"rows_done_before", result.done_before},
                                {"rows_completed", ended(result.rows)}};
    if (!shard.is_whole()) json["shard"] = shard.name();
    context.print(json, rows_text(result.rows) + fmt::format("{} rows ({} of them from before) in {}: {}\n",
                                                             result.rows.size(), result.done_before, folder,
                                                             shard.is_whole() ? "rows.csv, rows.jsonl" : merge));
}

void run_merge(const SweepCommandArguments& arguments, Context& context) {
    if (arguments.sweep.folder.empty() && arguments.merge.size() > 1) {
        throw InputError("--merge: of several folders, the one for the result must be named: -o FOLDER");
    }
    const std::string folder = arguments.sweep.folder.empty() ? arguments.merge.front() : arguments.sweep.folder;
    const experiment::Merge merge = experiment::merge_shards(arguments.merge);
    experiment::write_merged(merge, folder);
    context.print({{"folder", folder},
                   {"rows", merge.rows.size()},
                   {"shards", merge.shards},
                   {"rows_completed", ended(merge.rows)}},
                  rows_text(merge.rows) + fmt::format("{} rows of {} shards in {}: rows.csv, rows.jsonl\n",
                                                      merge.rows.size(), merge.shards, folder));
}

void run(const SweepCommandArguments& arguments, Context& context) {
    const bool merges = !arguments.merge.empty();
    if (arguments.grid.empty() != merges) {
        throw InputError(merges ? "--merge takes folders of shards, and no grid"
                                : "GRID is missing: a .toml file; see `dynbal help sweep`");
    }
    context.exit_code = exit_ok;
    if (merges) return run_merge(arguments, context);
    if (!arguments.slurm.wanted) return run_grid(arguments, context);
    if (!arguments.shard.empty() || arguments.sweep.restart) {
        throw InputError(
            "--slurm makes the shards itself and goes on where they are: it takes no --shard and no --restart");
    }
    submit_to_slurm(arguments.slurm, arguments.grid, arguments.folder(), arguments.sweep.jobs, context);
}

}  // namespace

void SweepArguments::add_to(CLI::App& command, const std::string& otherwise) {
    command.add_option("-o,--output", folder,
                       "Folder for the rows, made if it is not there (default: " + otherwise + ")");
    command.add_flag("--restart", restart, "Forget the rows that the folder holds");
    add_jobs(command, jobs);
}

experiment::SweepResult run_with_progress(const experiment::Grid& grid, const SweepArguments& arguments,
                                          const std::string& label, experiment::ModelStore* models, std::ostream* log) {
    constexpr int64_t parts = 1'000'000;  // of a cell
    experiment::SweepOptions options;
    options.folder = arguments.folder;
    options.jobs = arguments.jobs;
    options.restart = arguments.restart;
    options.shard = arguments.shard;
    options.models = models;
    std::unique_ptr<io::Progress> progress;
    options.on_start = [&](uint64_t cells, uint64_t done) {
        progress = std::make_unique<io::Progress>(label, static_cast<int64_t>(cells - done) * parts);
    };
    std::mutex logging;
    if (log != nullptr && ::isatty(STDERR_FILENO) != 1) {
        options.on_model = [&](const std::string& model) {
            const std::lock_guard lock(logging);
            *log << label << ": " << model << " begins" << std::endl;
        };
    }
    options.on_progress = [&](double share) { progress->advance(std::llround(share * parts)); };
    return experiment::run_sweep(grid, options);
}

void add_sweep(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("sweep", "Run a grid of models, devices, supplies and policies");
    const auto arguments = std::make_shared<SweepCommandArguments>();
    command->add_option("GRID", arguments->grid, "A .toml file; see `dynbal help sweep`");
    arguments->sweep.add_to(*command, "GRID.sweep");
    command->add_option("--shard", arguments->shard,
                        "I/N: run the I-th of N parts, into a folder of its own in that of the sweep");
    command->add_option("--merge", arguments->merge,
                        "Bring shards together, without a GRID: their folders, or the folder that holds them");
    arguments->slurm.add_to(*command);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
