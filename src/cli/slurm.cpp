#include "cli/slurm.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <numeric>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "experiment/merge.hpp"

namespace dynbal::cli {
namespace {

/// Options of sbatch that both jobs have.
std::string common_options(const SlurmOptions& options) {
    std::string text;
    for (const std::string& option : options.sbatch) text += " " + shell_word(option);
    return text;
}

/// The command that submits what is missing, once more.
std::string again(const SlurmOptions& options) {
    std::string text = fmt::format("{} sweep {} --slurm --tasks {} --jobs {} --attempts {} -o {}",
                                   shell_word(options.program), shell_word(options.grid), options.tasks, options.jobs,
                                   options.attempts - 1, shell_word(options.folder));
    for (const std::string& option : options.sbatch) text += " --sbatch=" + shell_word(option);
    return text;
}

std::string task_text(const SlurmOptions& options) {
    return fmt::format(R"(#!/bin/bash
# One shard of the sweep. Where it was killed, it goes on: finished cells are in its journal.
shard=$SLURM_ARRAY_TASK_ID/{tasks}
for attempt in 1 2 3; do
    {program} sweep {grid} --shard "$shard" --jobs {jobs} -o {folder}
    code=$?
    [ $code -gt 128 ] || exit $code  # above: killed by a signal
    echo "shard $shard was killed (signal $((code - 128))), attempt $attempt"
done
exit $code
)",
                       fmt::arg("tasks", options.tasks), fmt::arg("program", shell_word(options.program)),
                       fmt::arg("grid", shell_word(options.grid)), fmt::arg("jobs", options.jobs),
                       fmt::arg("folder", shell_word(options.folder)));
}

std::string merge_text(const SlurmOptions& options) {
    const std::string folder = shell_word(options.folder);
    std::string text = fmt::format(R"(#!/bin/bash
# Runs when all tasks have ended, well or not.
{} sweep --merge {} -o {} && exit 0
)",
                                   shell_word(options.program), folder, folder);
    if (options.attempts > 1) text += "echo 'submitting what is missing once more'\nexec " + again(options) + "\n";
    return text + (options.attempts > 1 ? "" : "exit 1\n");
}

std::string submit_text(const SlurmOptions& options, const std::vector<uint32_t>& shards) {
    const std::string folder = shell_word(options.folder + "/slurm");
    const std::string common = common_options(options);
    return fmt::format(R"(#!/bin/bash
# Submits the sweep; may be changed and run by hand.
set -eu
tasks=$(sbatch --parsable --job-name=dynbal --array={shards} --cpus-per-task={jobs} --requeue \
    --open-mode=append --output={folder}/task-%a.log{common} {folder}/task.sh)
merge=$(sbatch --parsable --job-name=dynbal-merge --dependency=afterany:"${{tasks%%;*}}" \
    --open-mode=append --output={folder}/merge.log{common} {folder}/merge.sh)
echo "array job ${{tasks%%;*}}, merge job ${{merge%%;*}}"
)",
                       fmt::arg("shards", fmt::join(shards, ",")), fmt::arg("jobs", options.jobs),
                       fmt::arg("folder", folder), fmt::arg("common", common));
}

}  // namespace

std::vector<Script> slurm_scripts(const SlurmOptions& options, const std::vector<uint32_t>& shards) {
    return {{"task.sh", task_text(options)},
            {"merge.sh", merge_text(options)},
            {"submit.sh", submit_text(options, shards)}};
}

std::vector<uint32_t> open_shards(const std::string& folder, uint32_t tasks) {
    std::vector<uint32_t> open;
    bool begun = false;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const bool is_shard = entry.path().filename().string().starts_with("shard-");
        begun = begun || (is_shard && experiment::SweepFolder(entry.path()).holds_a_sweep());
    }
    if (!begun) {
        open.resize(tasks);
        std::iota(open.begin(), open.end(), 1U);
        return open;
    }
    const experiment::Merge merge = experiment::merge_shards({folder});
    if (merge.shards != tasks) {
        throw InputError(folder + ": holds a sweep of " + std::to_string(merge.shards) + " tasks; give --tasks " +
                         std::to_string(merge.shards) + ", or choose another folder");
    }
    for (const experiment::LostShard& lost : merge.lost) open.push_back(lost.shard.index);
    return open;
}

}  // namespace dynbal::cli
