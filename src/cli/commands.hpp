//! The subcommands: each adds itself to the command line and says what it does when chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace dynbal::cli {

/// What all commands share during one call of the program.
struct Context {
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
    bool json = false;
    int exit_code = 0;

    /// Prints what a command has found: `json` for machines, `text` for people.
    void print(const nlohmann::ordered_json& object, const std::string& text) const;
    /// Says what a user should know, beside the results.
    void warn(const std::string& message) const;
    /// The same without alarm. What was said is not said again.
    void note(const std::string& message) const;

    mutable std::vector<std::string> noted{};
};

void add_compile(CLI::App& app, Context& context);
void add_inspect(CLI::App& app, Context& context);
void add_diff(CLI::App& app, Context& context);
void add_run(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_watch(CLI::App& app, Context& context);
void add_compare(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_evaluate(CLI::App& app, Context& context);
void add_crash_test(CLI::App& app, Context& context);
void add_soak(CLI::App& app, Context& context);
void add_torture(CLI::App& app, Context& context);
void add_emulate(CLI::App& app, Context& context);
void add_fidelity(CLI::App& app, Context& context);
void add_firmware(CLI::App& app, Context& context);
void add_size(CLI::App& app, Context& context);
void add_trace(CLI::App& app, Context& context);
void add_sweep(CLI::App& app, Context& context);
void add_reproduce(CLI::App& app, Context& context);
void add_zoo(CLI::App& app, Context& context);
void add_help(CLI::App& app, Context& context);

}  // namespace dynbal::cli
