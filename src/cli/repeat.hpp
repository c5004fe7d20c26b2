//! Many inferences in a row instead of one lucky one: --repeat, --whole-trace, --period, --deadline.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"
#include "sim/series.hpp"

namespace dynbal::cli {

struct RepeatArguments {
    uint64_t count = 0;  ///< 0: not asked for
    bool whole_trace = false;
    std::string period, deadline;

    void add_to(CLI::App& command);
    bool asked_for() const { return count > 0 || whole_trace; }
    /// Throws InputError if the supply has no trace to run through, or a time is none.
    sim::Series series_for(const sim::Supply& supply) const;
};

/// `option` as seconds; nothing if it is empty. Throws InputError.
std::optional<double> seconds_of(const std::string& option, const std::string& text);

nlohmann::ordered_json series_json(const sim::SeriesResult& result);
/// "50 inferences in a row: mean 74 s, median 12 s, worst 412 s, 0.8 a minute".
std::string series_text(const sim::SeriesResult& result);

}  // namespace dynbal::cli
