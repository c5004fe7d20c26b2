//! A sweep as jobs of a Slurm cluster: an array job with a task for each shard, and behind it a job that merges them.
//!
//! Invariants:
//!  1. a task that is begun again goes on where its shard was: no finished cell is computed twice;
//!  2. the merge job runs whatever became of the tasks; shards that are not complete then are submitted again, at most
//!     `attempts` times, and named in its log if that was not enough.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace dynbal::cli {

struct SlurmOptions {
    std::string program;  ///< path of this program; all nodes must see it
    std::string grid;
    std::string folder;
    uint32_t tasks = 16;              ///< shards
    uint32_t jobs = 1;                ///< threads a task: its processors
    uint32_t attempts = 3;            ///< that are left
    std::vector<std::string> sbatch;  ///< options of sbatch for both jobs: resources, partition, account
};

/// Text and name of a script in FOLDER/slurm.
struct Script {
    std::string name;
    std::string text;
};

/// task.sh, merge.sh and submit.sh, which submits the tasks of `shards` (from 1) and the merge job.
std::vector<Script> slurm_scripts(const SlurmOptions& options, const std::vector<uint32_t>& shards);

/// Shards of the sweep in this folder that are not complete; all of them if it has none yet. Throws InputError.
std::vector<uint32_t> open_shards(const std::string& folder, uint32_t tasks);

/// The options of `dynbal sweep` that are about Slurm.
struct SlurmArguments {
    bool wanted = false;
    uint32_t tasks = 16, attempts = 3;
    std::string partition, time, memory;
    std::vector<std::string> sbatch;

    void add_to(CLI::App& command);
};

/// Writes the scripts and submits what is not complete. Throws InputError: there is no sbatch, or it refuses.
void submit_to_slurm(const SlurmArguments& arguments, const std::string& grid, const std::string& folder, uint32_t jobs,
                     Context& context);

}  // namespace dynbal::cli
