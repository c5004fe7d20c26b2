#include "cli/report_summary.hpp"

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/repeat.hpp"
#include "cli/write_report.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
namespace {

using report::PolicyRun;
using report::Results;

const PolicyRun* fixed_of(const Results& results) {
    for (const PolicyRun& run : results.runs) {
        if (run.policy == PolicyKind::fixed && run.result.completed()) return &run;
    }
    return nullptr;
}

std::string policies_text(const Results& results) {
    io::Table table({{"policy", io::Align::left},
                     {"latency"},
                     {"latency against fixed"},
                     {"energy"},
                     {"power cycles"},
                     {"NVM bytes"},
                     {"tile changes"},
                     {"of them forced"}});
    const PolicyRun* fixed = fixed_of(results);
    for (const PolicyRun& run : results.runs) {
        const sim::RunResult& result = run.result;
        const std::string name = sim::name_of(run.policy);
        if (!result.completed()) {
            table.add_row({name, "never ends"});
            continue;
        }
        const uint64_t shrinks = result.activity.shrinks;
        table.add_row({name, quantity(result.latency_s, "s"),
                       fixed == nullptr ? "" : fmt::format("{:.2f} x", result.latency_s / fixed->result.latency_s),
                       quantity(result.energy_j, "J"), grouped(result.power_cycles),
                       grouped(result.traffic.read_bytes + result.traffic.write_bytes),
                       grouped(result.activity.reconfigurations + shrinks), grouped(shrinks)});
    }
    return table.text() + against_note(fixed != nullptr);
}

/// The same for many inferences in a row; "" where they were not asked for.
std::string series_table(const report::Experiment& experiment, const Results& results) {
    if (!experiment.series) return "";
    std::vector<io::Column> columns{{"policy", io::Align::left}};
    for (const io::Column& column : series_columns()) columns.push_back(column);
    io::Table table(columns);
    const PolicyRun* fixed = fixed_of(results);
    const bool is_fixed_known = fixed != nullptr && fixed->repeated->ended() > 0;
    std::string stuck;
    for (const PolicyRun& run : results.runs) {
        std::vector<std::string> cells{sim::name_of(run.policy)};
        for (std::string& cell : series_cells(*run.repeated, is_fixed_known ? &*fixed->repeated : nullptr)) {
            cells.push_back(std::move(cell));
        }
        table.add_row(cells);
        // Why the first one does not end is said for itself.
        if (run.result.completed() && !run.repeated->stuck.empty()) {
            stuck += fmt::format("{}, one of many: {}\n", cells.front(), run.repeated->stuck);
        }
    }
    return series_heading(*experiment.series) + ":\n" + table.text() + repeated_against_note(is_fixed_known) + stuck +
           "\nThe first inference:\n";
}

std::string methods_text(const Results& results) {
    io::Table table({{"preservation", io::Align::left},
                     {"latency"},
                     {"energy"},
                     {"power cycles"},
                     {"NVM bytes read"},
                     {"written"}});
    for (const report::MethodRun& run : results.methods) {
        const sim::RunResult& result = run.result;
        const std::string name = methods[run.method].name;
        if (!result.completed()) {
            table.add_row({name, "never ends"});
            continue;
        }
        table.add_row({name, quantity(result.latency_s, "s"), quantity(result.energy_j, "J"),
                       grouped(result.power_cycles), grouped(result.traffic.read_bytes),
                       grouped(result.traffic.write_bytes)});
    }
    return table.text();
}

std::string breakdown_text(const Results& results) {
    std::vector<io::Column> columns{{"", io::Align::left}};
    std::vector<report::Breakdown> totals;
    for (const PolicyRun& run : results.runs) {
        const std::string name = sim::name_of(run.policy);
        columns.push_back({name + ": time"});
        columns.push_back({"energy"});
        totals.push_back(report::total_of(run.stages));
    }
    io::Table table(columns);
    for (size_t category = 0; category < report::category_count; ++category) {
        std::vector<std::string> row{report::category_names[category]};
        double any = 0;
        for (const report::Breakdown& total : totals) {
            row.push_back(quantity(total.time_s[category], "s"));
            row.push_back(quantity(total.energy_j[category], "J"));
            any += total.time_s[category] + total.energy_j[category];
        }
        if (any > 0) table.add_row(row);
    }
    return table.text();
}

std::string layers_text(const report::Experiment& experiment, const Results& results) {
    std::vector<io::Column> columns{{"layer, while on", io::Align::left}};
    for (const PolicyRun& run : results.runs) {
        columns.push_back({std::string(sim::name_of(run.policy)) + ": time"});
        columns.push_back({"energy"});
    }
    io::Table table(columns);
    const std::vector<std::string>& names = experiment.file->host.stage_names;
    for (size_t stage = 0; stage < names.size(); ++stage) {
        std::vector<std::string> row{fmt::format("{} {}", stage, names[stage])};
        for (const PolicyRun& run : results.runs) {
            const report::Breakdown& all = run.stages[stage];
            double time_s = -all.time_s[static_cast<size_t>(report::Category::charging)], energy_j = 0;
            for (const double part_s : all.time_s) time_s += part_s;
            for (const double part_j : all.energy_j) energy_j += part_j;
            row.push_back(quantity(time_s, "s"));
            row.push_back(quantity(energy_j, "J"));
        }
        table.add_row(row);
    }
    return table.text();
}

std::string sweep_text(const report::Experiment& experiment, const report::Sweep& sweep, const char* name,
                       const char* unit) {
    std::vector<io::Column> columns{{name}};
    for (const PolicyKind policy : experiment.policies) columns.push_back({sim::name_of(policy)});
    io::Table table(columns);
    for (size_t place = 0; place < sweep.values.size(); ++place) {
        std::vector<std::string> row{quantity(sweep.values[place], unit)};
        for (const auto& latencies : sweep.latency_s) {
            row.push_back(latencies[place] ? quantity(*latencies[place], "s") : "never ends");
        }
        table.add_row(row);
    }
    return table.text();
}

}  // namespace

std::string report_summary(const report::Experiment& experiment, const Results& results) {
    std::string text = series_table(experiment, results) + policies_text(results) + "\n";
    if (!results.methods.empty()) text += methods_text(results) + "\n";
    text += breakdown_text(results) + "\n" + layers_text(experiment, results);
    if (results.powers || results.capacitors) {
        text +=
            "\nLatency of the first inference, the first charge included, at other powers (constant ones) and with "
            "other capacitors:\n";
    }
    if (results.powers) text += "\n" + sweep_text(experiment, *results.powers, "harvested power", "W");
    if (results.capacitors) text += "\n" + sweep_text(experiment, *results.capacitors, "capacitor", "F");
    for (const PolicyRun& run : results.runs) {
        if (!run.result.completed()) text += fmt::format("\n{}: {}\n", sim::name_of(run.policy), run.result.message);
    }
    const PolicyRun* answered = results.answered();
    if (answered == nullptr) return text;
    const std::string answer = answer_text(*experiment.file, answered->result.output);
    return text + (results.same_answers() ? "\nAnswer, the same bits in every run that ended: " + answer + "\n"
                                          : "\nThe answers DIFFER: this is a fault of the engine, please report it\n");
}

}  // namespace dynbal::cli
