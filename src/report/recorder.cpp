#include "report/recorder.hpp"

#include <algorithm>
#include <cmath>

namespace dynbal::report {
namespace {

constexpr double voltage_tolerance_v = 0.01;
constexpr size_t voltage_points_max = 24'000;
/// Spans of all magnified cycles together, and the least for one.
constexpr size_t magnified_spans_total = 6'000, magnified_spans_min = 120, magnified_spans_max = 600;

size_t magnified_spans(uint32_t stage_count) {
    return std::clamp(magnified_spans_total / std::max(1U, stage_count), magnified_spans_min, magnified_spans_max);
}

}  // namespace

void Usage::add(const sim::Span& span) {
    time_s[static_cast<size_t>(span.kind)] += span.duration_s;
    energy_j[static_cast<size_t>(span.kind)] += span.energy_j;
}

Usage& Usage::operator+=(const Usage& other) {
    for (size_t kind = 0; kind < sim::span_kind_count; ++kind) {
        time_s[kind] += other.time_s[kind];
        energy_j[kind] += other.energy_j[kind];
    }
    return *this;
}

Recorder::Recorder(uint32_t stage_count)
    : usage_(stage_count),
      configs_(stage_count),
      magnifier_(magnified_spans(stage_count)),
      voltage_(voltage_tolerance_v, voltage_points_max) {}

void Recorder::power_on(double time_s) {
    note_power(time_s);
    voltage_.corner();
    magnifier_.power_on(time_s);
    is_on_ = true;
}

void Recorder::power_off(double time_s) {
    note_power(time_s);
    voltage_.corner();
    magnifier_.power_off(time_s);
    is_on_ = false;
}

/// Books the time since the last change of power; a power cycle is complete when its power ends.
void Recorder::note_power(double time_s) {
    const int64_t now_us = std::llround(time_s * 1e6);
    joined_us_[is_on_ ? 1 : 0] += now_us - noted_us_;
    noted_us_ = now_us;
    if (!is_on_ || ++joined_cycles_ < cycles_per_entry_) return;
    power_us_.insert(power_us_.end(), joined_us_.begin(), joined_us_.end());
    joined_us_ = {};
    joined_cycles_ = 0;
    if (power_us_.size() >= 2 * cycles_max) join_cycles();
}

void Recorder::join_cycles() {
    std::vector<int64_t> joined(power_us_.size() / 2);
    for (size_t i = 0; i < power_us_.size(); ++i) joined[i / 4 * 2 + i % 2] += power_us_[i];
    power_us_ = std::move(joined);
    cycles_per_entry_ *= 2;
}

void Recorder::span(const sim::Span& span) {
    end_s_ = std::max(end_s_, span.begin_s + span.duration_s);
    running(span.stage).usage.add(span);
    activity_.add(span);
    magnifier_.span(span);
    add_voltage(span);
}

/// Between the ends of a span energy is linear in time, so the voltage is no straight line.
void Recorder::add_voltage(const sim::Span& span) {
    if (span.voltage_begin_v == 0 && span.voltage_end_v == 0) return;
    has_voltage_ = true;
    voltage_.add({span.begin_s, span.voltage_begin_v});
    const double square_begin = span.voltage_begin_v * span.voltage_begin_v;
    const double square_end = span.voltage_end_v * span.voltage_end_v;
    const bool curved = std::abs(span.voltage_end_v - span.voltage_begin_v) > 4 * voltage_tolerance_v;
    const int parts = curved ? 16 : 1;
    for (int part = 1; part < parts; ++part) {
        const double share = static_cast<double>(part) / parts;
        voltage_.add(
            {span.begin_s + share * span.duration_s, std::sqrt(square_begin + share * (square_end - square_begin))});
    }
    voltage_.add({span.begin_s + span.duration_s, span.voltage_end_v});
}

std::vector<Point> Recorder::voltage() const { return has_voltage_ ? voltage_.points() : std::vector<Point>{}; }

void Recorder::event(double time_s, const Event& event) {
    if (event.stage >= configs_.size()) return;
    switch (event.kind) {
        case EventKind::stage_begin:
        case EventKind::reconfigured:
        case EventKind::shrunk:
        case EventKind::resumed: enter(time_s, event); return;
        case EventKind::boot:
        case EventKind::stage_end:
        case EventKind::inference_end: return;
    }
}

/// The engine works on this stage with this configuration from now on.
void Recorder::enter(double time_s, const Event& event) {
    magnifier_.stage(event.stage);
    const bool begins = intervals_.empty() || intervals_.back().stage != event.stage;
    if (begins) {
        if (!intervals_.empty()) intervals_.back().end_s = time_s;
        intervals_.push_back({event.stage, time_s, time_s});
    }
    std::optional<TileConfig>& config = configs_[event.stage];
    if (!begins && config == event.config) return;
    std::vector<ConfigUsage>& list = usage_[event.stage];
    // What came before the first choice counts for it.
    if (!config && !list.empty()) list.front().config = event.config;
    config = event.config;
    TileReason reason = TileReason::chosen;
    if (event.kind == EventKind::reconfigured) reason = TileReason::reconfigured;
    if (event.kind == EventKind::shrunk) reason = TileReason::shrunk;
    choices_.push_back({time_s, event.stage, reason, event.config});
}

/// Few configurations are ever used in a stage, so a search is quick.
ConfigUsage& Recorder::running(uint16_t stage) {
    std::vector<ConfigUsage>& list = usage_.at(stage);
    const TileConfig config = configs_[stage].value_or(TileConfig{});
    const auto same = [&](const ConfigUsage& usage) { return usage.config == config; };
    const auto found = std::find_if(list.rbegin(), list.rend(), same);
    if (found != list.rend()) return *found;
    list.push_back({config, {}});
    return list.back();
}

void Recorder::finish() {
    if (is_on_) {
        note_power(end_s_);
        magnifier_.power_off(end_s_);
        is_on_ = false;
    }
    // What is left of joined cycles stands for fewer, but nothing is lost.
    if (joined_cycles_ != 0) power_us_.insert(power_us_.end(), joined_us_.begin(), joined_us_.end());
    if (!intervals_.empty()) intervals_.back().end_s = end_s_;
}

}  // namespace dynbal::report
