#include "report/breakdown.hpp"

#include <algorithm>

namespace dynbal::report {
namespace {

using sim::SpanKind;

/// The category of a kind; fetches are all called refetch until reuse is known.
Category category_of(SpanKind kind) {
    switch (kind) {
        case SpanKind::charging: return Category::charging;
        case SpanKind::boot: return Category::boot;
        case SpanKind::idle: return Category::idle;
        case SpanKind::weights:
        case SpanKind::inputs: return Category::refetch;
        case SpanKind::outputs:
        case SpanKind::checkpoints:
        case SpanKind::control: return Category::preservation;
        case SpanKind::recovery: return Category::recovery;
        case SpanKind::compute: return Category::compute;
    }
    return Category::idle;
}

double& at(Amounts& amounts, Category category) { return amounts[static_cast<size_t>(category)]; }

/// Calls the part of the fetches that a run without failures has reuse.
void split(Amounts& amounts, double reuse) {
    const double part = std::min(reuse, at(amounts, Category::refetch));
    at(amounts, Category::reuse) = part;
    at(amounts, Category::refetch) -= part;
}

}  // namespace

Breakdown& Breakdown::operator+=(const Breakdown& other) {
    for (size_t i = 0; i < category_count; ++i) {
        time_s[i] += other.time_s[i];
        energy_j[i] += other.energy_j[i];
    }
    return *this;
}

std::vector<Breakdown> breakdown_of(const std::vector<std::vector<ConfigUsage>>& usage,
                                    const std::vector<Effort>& reuse) {
    std::vector<Breakdown> stages(usage.size());
    for (size_t stage = 0; stage < usage.size(); ++stage) {
        Usage all;
        for (const ConfigUsage& one : usage[stage]) all += one.usage;
        for (size_t kind = 0; kind < sim::span_kind_count; ++kind) {
            const Category category = category_of(static_cast<SpanKind>(kind));
            at(stages[stage].time_s, category) += all.time_s[kind];
            at(stages[stage].energy_j, category) += all.energy_j[kind];
        }
        split(stages[stage].time_s, reuse[stage].time_s);
        split(stages[stage].energy_j, reuse[stage].energy_j);
    }
    return stages;
}

Breakdown total_of(const std::vector<Breakdown>& stages) {
    Breakdown total;
    for (const Breakdown& stage : stages) total += stage;
    return total;
}

}  // namespace dynbal::report
