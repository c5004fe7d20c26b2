#include "experiment/speedup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dynbal::experiment {
namespace {

constexpr std::array strategies{Strategy::fixed, Strategy::paper, Strategy::best, Strategy::oracle};

bool same_cell(const Comparison& comparison, const Row& row) {
    return comparison.model == row.model && comparison.device == row.device && comparison.supply == row.supply;
}

RatioSummary summarise(const std::vector<Comparison>& comparisons, Strategy strategy, Strategy other) {
    RatioSummary summary;
    double logarithms = 0;
    for (const Comparison& comparison : comparisons) {
        const std::optional<double> ratio = comparison.ratio(strategy, other);
        if (!ratio) continue;
        ++summary.count;
        logarithms += std::log(*ratio);
        summary.largest = std::max(summary.largest, *ratio);
    }
    if (summary.count != 0) summary.geometric_mean = std::exp(logarithms / static_cast<double>(summary.count));
    return summary;
}

std::string number(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

nlohmann::ordered_json json_of(const RatioSummary& summary) {
    return {{"cells", summary.count}, {"geometric_mean", summary.geometric_mean}, {"worst", summary.largest}};
}

nlohmann::ordered_json optional_json(const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::optional<double> Comparison::ratio(Strategy strategy, Strategy other) const {
    if (!latency(strategy) || !latency(other)) return std::nullopt;
    return *latency(strategy) / *latency(other);
}

std::vector<Comparison> comparisons_of(const std::vector<Row>& rows) {
    std::vector<Comparison> comparisons;
    for (const Row& row : rows) {
        if (comparisons.empty() || !same_cell(comparisons.back(), row)) {
            comparisons.emplace_back();
            comparisons.back().model = row.model;
            comparisons.back().device = row.device;
            comparisons.back().supply = row.supply;
        }
        Comparison& comparison = comparisons.back();
        const Strategy strategy = parse_strategy(row.policy);
        const bool ended = row.completed == row.repetitions;
        if (ended) comparison.latency_s[static_cast<size_t>(strategy)] = row.latency_s / row.repetitions;
        if (strategy == Strategy::fixed) comparison.fixed_alone_ends = ended && row.shrinks == 0;
    }
    return comparisons;
}

SpeedupSummary summary_of(const std::vector<Comparison>& comparisons) {
    SpeedupSummary summary;
    summary.best_to_oracle = summarise(comparisons, Strategy::best, Strategy::oracle);
    summary.best_to_paper = summarise(comparisons, Strategy::best, Strategy::paper);
    summary.best_to_fixed = summarise(comparisons, Strategy::best, Strategy::fixed);
    summary.cells = comparisons.size();
    for (const Comparison& comparison : comparisons) {
        const double speedup = comparison.ratio(Strategy::fixed, Strategy::best).value_or(0);
        summary.speedup_with_net = std::max(summary.speedup_with_net, speedup);
        if (comparison.latency(Strategy::best)) ++summary.best_ends;
        if (!comparison.fixed_alone_ends) continue;
        ++summary.fixed_alone_ends;
        summary.speedup_alone = std::max(summary.speedup_alone, speedup);
    }
    return summary;
}

nlohmann::ordered_json json_of(const std::vector<Comparison>& comparisons) {
    nlohmann::ordered_json lines = nlohmann::ordered_json::array();
    for (const Comparison& comparison : comparisons) {
        nlohmann::ordered_json line{
            {"model", comparison.model}, {"device", comparison.device}, {"supply", comparison.supply}};
        for (const Strategy strategy : strategies) {
            line[std::string(name_of(strategy)) + "_latency_s"] = optional_json(comparison.latency(strategy));
        }
        line["fixed_alone_ends"] = comparison.fixed_alone_ends;
        line["speedup_over_fixed"] = optional_json(comparison.ratio(Strategy::fixed, Strategy::best));
        line["best_to_oracle"] = optional_json(comparison.ratio(Strategy::best, Strategy::oracle));
        lines.push_back(line);
    }
    return lines;
}

nlohmann::ordered_json json_of(const SpeedupSummary& summary) {
    return {{"cells", summary.cells},
            {"best_ends", summary.best_ends},
            {"fixed_alone_ends", summary.fixed_alone_ends},
            {"best_to_oracle", json_of(summary.best_to_oracle)},
            {"best_to_paper", json_of(summary.best_to_paper)},
            {"best_to_fixed", json_of(summary.best_to_fixed)},
            {"largest_speedup_where_fixed_alone_ends", summary.fixed_alone_ends == 0
                                                           ? nlohmann::ordered_json(nullptr)
                                                           : nlohmann::ordered_json(summary.speedup_alone)},
            {"largest_speedup_with_net", summary.speedup_with_net}};
}

std::string markdown_of(const std::vector<Comparison>& comparisons) {
    std::string text =
        "| model | device | supply | fixed, s | paper, s | best, s | oracle, s | fixed alone ends | speed-up over "
        "fixed | best / oracle |\n|---|---|---|---:|---:|---:|---:|:---:|---:|---:|\n";
    for (const Comparison& comparison : comparisons) {
        text += fmt::format("| {} | {} | {} |", comparison.model, comparison.device, comparison.supply);
        for (const Strategy strategy : strategies) {
            text += fmt::format(" {} |", number(comparison.latency(strategy), 3));
        }
        text += fmt::format(" {} | {} | {} |\n", comparison.fixed_alone_ends ? "yes" : "no",
                            number(comparison.ratio(Strategy::fixed, Strategy::best), 2),
                            number(comparison.ratio(Strategy::best, Strategy::oracle), 3));
    }
    return text +
           "\n* fixed, paper, best, oracle: latency in seconds under this policy; -: it never ends, or was not run\n"
           "* fixed alone ends: whether fixed gets to its end without our safety net, which shrinks tiles that make no "
           "progress\n"
           "* speed-up over fixed: latency of fixed over that of best; more than 1: best is faster\n"
           "* best / oracle: latency of best over that of the best tiles found by trying all; 1: none is better\n";
}

std::string markdown_of(const SpeedupSummary& summary) {
    const auto line = [](const char* name, const RatioSummary& ratio) {
        if (ratio.count == 0) return std::string();
        return fmt::format("* {}: geometric mean {:.3f}, worst {:.3f} ({} cells)\n", name, ratio.geometric_mean,
                           ratio.largest, ratio.count);
    };
    return line("best / oracle", summary.best_to_oracle) + line("best / paper", summary.best_to_paper) +
           line("best / fixed", summary.best_to_fixed) +
           (summary.fixed_alone_ends == 0
                ? std::string("* fixed ends nowhere without our safety net")
                : fmt::format("* largest speed-up over fixed where it ends without our safety net: {:.2f} times",
                              summary.speedup_alone)) +
           fmt::format(" ({} of {} cells); with the net the largest speed-up over fixed is {:.2f} times\n",
                       summary.fixed_alone_ends, summary.cells, summary.speedup_with_net);
}

}  // namespace dynbal::experiment
