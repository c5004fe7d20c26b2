#include "report/magnifier.hpp"

#include <algorithm>
#include <array>

namespace dynbal::report {
namespace {

/// Above this a cycle is not worth its memory while it runs; it is no typical one either.
constexpr size_t running_spans_max = 200'000;

/// One span for each of `parts` equal parts of the cycle: of the kind that took most of it; neighbours of one kind join.
std::vector<sim::Span> coarsened(const std::vector<sim::Span>& spans, double begin_s, double end_s, size_t parts) {
    const double part_s = (end_s - begin_s) / static_cast<double>(parts);
    struct Part {
        std::array<double, sim::span_kind_count> time_s{};
        double energy_j = 0;
    };
    std::vector<Part> sums(parts);
    for (const sim::Span& span : spans) {
        const double span_end_s = span.begin_s + span.duration_s;
        size_t index = std::min(parts - 1, static_cast<size_t>(std::max(0.0, span.begin_s - begin_s) / part_s));
        for (double at_s = span.begin_s; index < parts; ++index) {
            const double stop_s = std::min(span_end_s, begin_s + static_cast<double>(index + 1) * part_s);
            const double piece_s = std::max(0.0, stop_s - at_s);
            sums[index].time_s[static_cast<size_t>(span.kind)] += piece_s;
            sums[index].energy_j += span.duration_s > 0 ? span.energy_j * piece_s / span.duration_s : 0;
            at_s = stop_s;
            if (stop_s >= span_end_s) break;
        }
    }
    std::vector<sim::Span> result;
    for (size_t index = 0; index < parts; ++index) {
        const auto& time_s = sums[index].time_s;
        const auto kind = static_cast<sim::SpanKind>(std::max_element(time_s.begin(), time_s.end()) - time_s.begin());
        if (result.empty() || result.back().kind != kind) {
            sim::Span span;
            span.kind = kind;
            span.stage = spans.front().stage;
            span.begin_s = begin_s + static_cast<double>(index) * part_s;
            result.push_back(span);
        }
        result.back().duration_s += part_s;
        result.back().energy_j += sums[index].energy_j;
    }
    return result;
}

}  // namespace

void Magnifier::power_on(double time_s) {
    spans_.clear();
    begin_s_ = time_s;
    whole_ = cycle_count_ != 0;  // the first has begun before its stage
}

void Magnifier::power_off(double time_s) {
    if (whole_ && !spans_.empty()) take(time_s);
    ++cycle_count_;
}

void Magnifier::span(const sim::Span& span) {
    if (span.kind == sim::SpanKind::charging || !whole_) return;
    spans_.push_back(span);
    whole_ = spans_.size() <= running_spans_max;
}

void Magnifier::stage(uint16_t stage) {
    if (stage == stage_) return;
    stage_ = stage;
    whole_ = false;
}

void Magnifier::take(double end_s) {
    Taken& taken = taken_[stage_];
    ++taken.seen;
    if (taken.seen != 1 && taken.seen != 3) return;
    taken.cycle = {stage_, cycle_count_, begin_s_, end_s - begin_s_, {}};
    taken.cycle.spans = spans_.size() <= spans_max_ ? spans_ : coarsened(spans_, begin_s_, end_s, spans_max_);
}

std::vector<MagnifiedCycle> Magnifier::cycles() const {
    std::vector<MagnifiedCycle> result;
    for (const auto& [stage, taken] : taken_) result.push_back(taken.cycle);
    return result;
}

}  // namespace dynbal::report
