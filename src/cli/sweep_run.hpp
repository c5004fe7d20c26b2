//! What the commands that run a grid have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <ostream>
#include <string>

#include "experiment/sweep.hpp"

namespace dynbal::cli {

struct SweepArguments {
    std::string folder;
    uint32_t jobs = 0;
    bool restart = false;
    experiment::Shard shard;

    /// Options --output, --jobs and --restart. `otherwise`: the folder if none is named, for people.
    void add_to(CLI::App& command, const std::string& otherwise);
};

/// Runs or resumes the sweep with a progress bar; `models`: see SweepOptions. `log`: where stderr is no terminal and shows no
/// bar, it gets a line for each model begun; null: none. Throws InputError.
experiment::SweepResult run_with_progress(const experiment::Grid& grid, const SweepArguments& arguments,
                                          const std::string& label, experiment::ModelStore* models = nullptr,
                                          std::ostream* log = nullptr);

}  // namespace dynbal::cli
