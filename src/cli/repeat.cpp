#include "cli/repeat.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/error.hpp"
#include "cli/write_report.hpp"
#include "power/quantity.hpp"

namespace dynbal::cli {

void RepeatArguments::add_to(CLI::App& command) {
    command.add_option("--repeat", count, "Number of inferences; gives their mean, median, 90 % and worst latency")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}));
    command.add_flag("--whole-trace", whole_trace,
                     "Inferences until the trace of the supply is over; one that has begun goes on in its repetition");
    command.add_option(
        "--period", period,
        "With --repeat or --whole-trace: begin one inference every T, such as 10s, instead of one after the other; in "
        "between the device sleeps (`dynbal help supplies`)");
    command.add_option(
        "--deadline", deadline,
        "With --repeat or --whole-trace: an inference that ends later than T after it was due is missed "
        "(default: the period); so is one that is left out because another one still runs when it is due");
}

std::string RepeatArguments::command_text() const {
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
    if (count > 0) add(fmt::format("--repeat {}", count));
    if (whole_trace) add("--whole-trace");
    if (!period.empty()) add("--period " + shell_word(period));
    if (!deadline.empty()) add("--deadline " + shell_word(deadline));
    return text;
}

std::optional<double> seconds_of(const std::string& option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto seconds = power::parse_quantity(text, power::Unit::second);
    if (!seconds || !(*seconds > 0)) {
        throw InputError(option + " " + text + ": it must be " + power::example_of(power::Unit::second));
    }
    return seconds;
}

sim::Series RepeatArguments::series_for(const sim::Supply& supply) const {
    if (!asked_for() && !(period.empty() && deadline.empty())) {
        throw InputError("--period and --deadline need --repeat N or --whole-trace");
    }
    if (whole_trace && count > 0) throw InputError("--repeat N and --whole-trace: give one of them");
    sim::Series series;
    series.count = count > 0 ? count : 1'000'000;
    series.period_s = seconds_of("--period", period).value_or(0);
    if (series.period_s > 0) series.deadline_s = series.period_s;
    series.deadline_s = seconds_of("--deadline", deadline).value_or(series.deadline_s);
    if (whole_trace) {
        if (supply.trace() == nullptr) throw InputError("--whole-trace: the supply is no trace:FILE; use --repeat N");
        series.until_s = supply.trace()->offered_s();
    }
    check_length(series);
    return series;
}

Repeated run_repeated(const RepeatArguments& arguments, const ImageFile& file, const sim::DeviceProfile& profile,
                      std::span<const int16_t> input, const std::string& supply, const sim::RunOptions& options) {
    sim::Session session(file, profile);
    const auto fresh = sim::parse_supply(supply, profile);
    Repeated repeated{arguments.series_for(*fresh), {}};
    repeated.result = run_series(session, input, *fresh, options, repeated.series);
    return repeated;
}

namespace {

/// "40 missed: 13 ended later, 27 left out because another one still ran"
std::string missed_text(const sim::SeriesResult& result) {
    std::string why;
    const auto add = [&](uint64_t count, const char* what) {
        if (count > 0) why += fmt::format("{}{} {}", why.empty() ? ": " : ", ", grouped(count), what);
    };
    add(result.late, "ended later");
    add(result.left_out, "left out because another one still ran");
    add(result.never_ends, result.never_ends == 1 ? "never ends" : "never end");
    return grouped(result.missed()) + " missed" + why;
}

}  // namespace

std::string series_heading(const sim::Series& series) {
    std::string text = series.period_s > 0 ? fmt::format("One inference every {}", quantity(series.period_s, "s"))
                                           : std::string("One inference after the other");
    if (std::isfinite(series.deadline_s)) text += fmt::format(", in time within {}", quantity(series.deadline_s, "s"));
    return text;
}

std::vector<io::Column> series_columns() {
    return {{"due"},           {"in time"}, {"late"},  {"left out"}, {"never end"},    {"mean latency"},
            {"against fixed"}, {"median"},  {"worst"}, {"a minute"}, {"against fixed"}};
}

std::string repeated_against_note(bool any) {
    return any ? "Against fixed: what a policy takes or brings, in multiples of fixed; less latency and more a "
                 "minute is better.\n"
               : "";
}

std::vector<std::string> series_cells(const sim::SeriesResult& result, const sim::SeriesResult* fixed) {
    const bool any = result.ended() > 0;
    const auto against = [&](double value, double of_fixed) {
        return any && fixed != nullptr ? fmt::format("{:.2f} x", value / of_fixed) : "";
    };
    return {grouped(result.due),
            grouped(result.in_time()),
            grouped(result.late),
            grouped(result.left_out),
            grouped(result.never_ends),
            any ? quantity(result.mean_s(), "s") : "",
            against(result.mean_s(), fixed != nullptr ? fixed->mean_s() : 1),
            any ? quantity(result.median_s(), "s") : "",
            any ? quantity(result.worst_s(), "s") : "",
            fmt::format("{:.3g}", result.per_minute()),
            against(result.per_minute(), fixed != nullptr ? fixed->per_minute() : 1)};
}

std::string series_text(const Repeated& repeated) {
    const sim::Series& series = repeated.series;
    const sim::SeriesResult& result = repeated.result;
    std::string text;
    if (series.period_s > 0) {
        text = fmt::format("{} inferences due, one every {}: ", grouped(result.due), quantity(series.period_s, "s"));
    } else {
        text = fmt::format("{} inferences one after the other: ", grouped(result.due));
    }
    if (std::isfinite(series.deadline_s)) {
        text += fmt::format("{} within {}, ", grouped(result.in_time()), quantity(series.deadline_s, "s"));
    }
    if (std::isfinite(series.deadline_s) || result.missed() > 0) text += missed_text(result) + "; ";
    if (result.ended() > 0) {
        text += fmt::format("latency mean {}, median {}, 90 % within {}, worst {}; ", quantity(result.mean_s(), "s"),
                            quantity(result.median_s(), "s"), quantity(result.p90_s(), "s"),
                            quantity(result.worst_s(), "s"));
    }
    text += fmt::format("{:.3g} a minute for {}", result.per_minute(), quantity(result.duration_s, "s"));
    if (!result.stuck.empty()) {
        text += fmt::format("\nThe {} one never ends: {}", result.ended() == 0 ? "first" : "next", result.stuck);
        if (result.stuck.starts_with("stuck")) text += ". `dynbal size` finds a capacitor with which all do";
    }
    return text;
}

}  // namespace dynbal::cli
