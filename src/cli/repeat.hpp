//! Many inferences instead of one lucky one: --repeat, --whole-trace, --period, --deadline.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "io/table.hpp"
#include "report/series_json.hpp"
#include "sim/series.hpp"

namespace dynbal::cli {

struct RepeatArguments {
    uint64_t count = 0;  ///< 0: not asked for
    bool whole_trace = false;
    std::string period, deadline;

    void add_to(CLI::App& command);
    /// These options as a command has them: "--repeat 50 --period 10s".
    std::string command_text() const;
    bool asked_for() const { return count > 0 || whole_trace; }
    /// Throws InputError if the supply has no trace to run through, or a time is none.
    sim::Series series_for(const sim::Supply& supply) const;
};

/// `option` as seconds; nothing if it is empty. Throws InputError.
std::optional<double> seconds_of(const std::string& option, const std::string& text);

/// What was asked for, and what came of it.
struct Repeated {
    sim::Series series;
    sim::SeriesResult result;
};

/// On a device and a supply of their own.
Repeated run_repeated(const RepeatArguments& arguments, const ImageFile& file, const sim::DeviceProfile& profile,
                      std::span<const int16_t> input, const std::string& supply, const sim::RunOptions& options);

using report::series_json;
/// The cells of one series in a table: what the heading says was wanted, and what came of it.
std::vector<io::Column> series_columns();
/// `fixed`: the same under the policy fixed, at least one of which ended; null if there is none.
std::vector<std::string> series_cells(const sim::SeriesResult& result, const sim::SeriesResult* fixed);
/// What stands under a table of them, where `any` has fixed beside it: which direction is good; else "".
std::string repeated_against_note(bool any);
/// "One inference every 30 s, in time within 30 s"
std::string series_heading(const sim::Series& series);
/// "120 inferences due, one every 30 s: 80 within 30 s, 40 missed: 13 ended later, 27 left out because another one still ran; mean 21 s,
/// ...". Latencies are of those that ended.
std::string series_text(const Repeated& repeated);

}  // namespace dynbal::cli
