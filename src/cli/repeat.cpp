#include "cli/repeat.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/write_report.hpp"
#include "power/quantity.hpp"

namespace dynbal::cli {

void RepeatArguments::add_to(CLI::App& command) {
    command.add_option("--repeat", count, "Number of inferences in a row; gives their mean, median and worst latency")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}));
    command.add_flag("--whole-trace", whole_trace, "Inferences in a row until the trace of the supply is over");
    command.add_option(
        "--period", period,
        "With --repeat or --whole-trace: begin one inference every T, such as 10s, instead of one after the other; in "
        "between the device sleeps (`dynbal help supplies`)");
    command.add_option("--deadline", deadline,
                       "With --repeat or --whole-trace: an inference that ends later than T after it was due counts as "
                       "missed (default: the period)");
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
    sim::Series series;
    series.count = count > 0 ? count : 1'000'000;
    series.period_s = seconds_of("--period", period).value_or(0);
    if (series.period_s > 0) series.deadline_s = series.period_s;
    series.deadline_s = seconds_of("--deadline", deadline).value_or(series.deadline_s);
    if (whole_trace) {
        if (supply.trace() == nullptr) throw InputError("--whole-trace: the supply is no trace:FILE; use --repeat N");
        series.until_s = supply.trace()->duration_s;
    }
    return series;
}

nlohmann::ordered_json series_json(const sim::SeriesResult& result) {
    nlohmann::ordered_json json{{"due", result.due},
                                {"ended", result.ended()},
                                {"missed", result.missed},
                                {"duration_s", result.duration_s},
                                {"per_minute", result.per_minute()},
                                {"mean_s", result.mean_s()},
                                {"median_s", result.median_s()},
                                {"worst_s", result.worst_s()}};
    if (!result.stuck.empty()) json["stuck"] = result.stuck;
    return json;
}

std::string series_text(const sim::SeriesResult& result) {
    std::string text =
        fmt::format("{} inferences in a row in {}: mean {}, median {}, worst {}, {:.3g} a minute",
                    grouped(result.ended()), quantity(result.duration_s, "s"), quantity(result.mean_s(), "s"),
                    quantity(result.median_s(), "s"), quantity(result.worst_s(), "s"), result.per_minute());
    if (result.missed > 0) text += fmt::format("; {} of {} missed", grouped(result.missed), grouped(result.due));
    if (!result.stuck.empty()) text += "\nand then none any more: " + result.stuck;
    return text;
}

}  // namespace dynbal::cli
