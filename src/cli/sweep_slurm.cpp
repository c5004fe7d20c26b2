#include <array>
#include <cstdio>
#include <filesystem>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/program.hpp"
#include "cli/slurm.hpp"
#include "experiment/read_grid.hpp"
#include "experiment/shard.hpp"
#include "experiment/sweep_folder.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

/// What the command says on both streams, and how it ended.
int output_of(const std::string& command, std::string& output) {
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw InputError("bash: cannot be started");
    std::array<char, 4096> buffer{};
    for (size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.append(buffer.data(), count);
    }
    return ::pclose(pipe);
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

SlurmOptions options_of(const SlurmArguments& arguments, const std::string& grid, const std::string& folder,
                        uint32_t jobs) {
    SlurmOptions options;
    options.program = std::filesystem::read_symlink("/proc/self/exe").string();
    options.grid = absolute(grid);
    options.folder = absolute(folder);
    options.tasks = arguments.tasks;
    options.attempts = arguments.attempts;
    options.jobs = jobs == 0 ? 1 : jobs;
    if (!arguments.partition.empty()) options.sbatch.push_back("--partition=" + arguments.partition);
    if (!arguments.time.empty()) options.sbatch.push_back("--time=" + arguments.time);
    if (!arguments.memory.empty()) options.sbatch.push_back("--mem=" + arguments.memory);
    options.sbatch.insert(options.sbatch.end(), arguments.sbatch.begin(), arguments.sbatch.end());
    return options;
}

}  // namespace

void SlurmArguments::add_to(CLI::App& command) {
    command.add_flag(
        "--slurm", wanted,
        "Submit the sweep to a Slurm cluster: one task for each shard, then a job that merges them; when called "
        "again, it submits only what is not complete");
    command.add_option("--tasks", tasks, "With --slurm: number of shards")
        ->check(CLI::Range(2U, experiment::shards_max))
        ->capture_default_str();
    command.add_option("--partition", partition, "With --slurm: the cluster's partition");
    command.add_option("--time", time, "With --slurm: time limit of a task, as sbatch takes it (2:00:00)");
    command.add_option("--memory", memory, "With --slurm: memory of a task, as sbatch takes it (4G)");
    command.add_option("--sbatch", sbatch, "With --slurm: a further option of sbatch (--sbatch=--account=physics)")
        ->allow_extra_args(false);
    command
        .add_option("--attempts", attempts, "With --slurm: how often shards are submitted before they count as lost")
        ->check(CLI::Range(1U, 100U))
        ->capture_default_str();
}

void submit_to_slurm(const SlurmArguments& arguments, const std::string& grid, const std::string& folder, uint32_t jobs,
                     Context& context) {
    (void)experiment::read_grid(grid);  // a mistake is told here, and not in the log of a task
    experiment::SweepFolder(folder).check();
    const SlurmOptions options = options_of(arguments, grid, folder, jobs);
    const std::vector<uint32_t> shards = open_shards(options.folder, options.tasks);
    if (shards.empty()) {
        context.print({{"folder", folder}, {"tasks_submitted", 0}}, "All " + std::to_string(options.tasks) +
                                                                        " shards are complete: dynbal sweep --merge " +
                                                                        shell_word(folder) + "\n");
        return;
    }
    const std::filesystem::path scripts = std::filesystem::path(options.folder) / "slurm";
    std::error_code error;
    std::filesystem::create_directories(scripts, error);
    for (const Script& script : slurm_scripts(options, shards)) {
        io::write_file((scripts / script.name).string(), script.text);
    }
    std::string said;
    const int code = output_of("bash " + shell_word((scripts / "submit.sh").string()), said);
    if (code != 0) {
        throw InputError("the sweep was not submitted: " + said + "the scripts are in " + scripts.string() +
                         "; without a cluster: dynbal sweep GRID.toml --shard I/N, on as many machines as there are");
    }
    context.print({{"folder", folder}, {"tasks_submitted", shards.size()}, {"jobs", said}},
                  std::to_string(shards.size()) + " of " + std::to_string(options.tasks) + " shards submitted: " +
                      said + "Rows come to " + folder + "; what tasks say, to " + scripts.string() + "\n");
}

}  // namespace dynbal::cli
