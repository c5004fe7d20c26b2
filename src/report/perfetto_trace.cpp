#include "report/perfetto_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/json_text.hpp"
#include "report/span_names.hpp"

namespace dynbal::report {
namespace {

enum Track { track_power = 1, track_layers = 2, track_work = 3 };

/// Smaller changes are not worth an event.
constexpr double voltage_step_v = 0.005;

std::string json_text(const std::string& text) {
    return io::json_text(nlohmann::json(text), -1, io::JsonLetters::ascii);
}

std::string slice(int process, Track track, const std::string& name, double begin_s, double end_s,
                  const std::string& arguments) {
    return fmt::format(R"({{"ph":"X","pid":{},"tid":{},"name":{},"ts":{:.3f},"dur":{:.3f},"args":{{{}}}}})", process,
                       static_cast<int>(track), name, begin_s * 1e6, (end_s - begin_s) * 1e6, arguments);
}

std::string counter(int process, const char* name, const char* unit, double time_s, double value) {
    return fmt::format(R"({{"ph":"C","pid":{},"name":"{}","ts":{:.3f},"args":{{"{}":{:.6g}}}}})", process, name,
                       time_s * 1e6, unit, value);
}

std::string config_arguments(const TileConfig& config) {
    return fmt::format(R"("tile_out":{},"tile_in":{},"tile_pixels":{},"run_pixels":{},"order":"{}")", config.tile_out,
                       config.tile_in, config.tile_pixels, config.run_pixels, name_of(config.order));
}

const char* event_name(EventKind kind) {
    switch (kind) {
        case EventKind::boot: return "boot";
        case EventKind::resumed: return "resumed";
        case EventKind::stage_begin: return "tile chosen";
        case EventKind::reconfigured: return "tile changed";
        case EventKind::shrunk: return "tile forced";
        case EventKind::stage_end: return "layer done";
        case EventKind::inference_end: return "answer";
    }
    return "event";
}

}  // namespace

TraceFile::TraceFile(std::vector<std::string> stage_names, uint64_t work_spans_max)
    : stage_names_(std::move(stage_names)), work_spans_max_(work_spans_max) {
    for (std::string& name : stage_names_) name = json_text(name);
}

void TraceFile::begin_run(const std::string& policy) {
    ++process_;
    work_spans_ = cycle_ = 0;
    is_on_ = in_layer_ = false;
    on_s_ = now_s_ = energy_j_ = shown_voltage_v_ = 0;
    add(fmt::format(R"({{"ph":"M","pid":{},"name":"process_name","args":{{"name":{}}}}})", process_,
                    json_text("policy " + policy)));
    name_track(track_power, "power");
    name_track(track_layers, "layers");
    name_track(track_work, "work");
}

void TraceFile::name_track(int track, const char* name) {
    add(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":"{}"}}}})", process_, track,
                    name));
    add(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})", process_,
                    track, track));
}

void TraceFile::add(const std::string& event) {
    if (!events_.empty()) events_ += ",\n";
    events_ += event;
}

void TraceFile::power_on(double time_s) {
    is_on_ = true;
    on_s_ = time_s;
}

void TraceFile::power_off(double time_s) {
    const std::string name = fmt::format("\"power cycle {}\"", cycle_ + 1);
    add(slice(process_, track_power, name, on_s_, time_s, fmt::format("\"cycle\":{}", cycle_)));
    is_on_ = false;
    ++cycle_;
}

void TraceFile::span(const sim::Span& span) {
    now_s_ = span.begin_s + span.duration_s;
    energy_j_ += span.energy_j;
    if (std::abs(span.voltage_end_v - shown_voltage_v_) >= voltage_step_v) {
        shown_voltage_v_ = span.voltage_end_v;
        add(counter(process_, "voltage", "V", now_s_, span.voltage_end_v));
    }
    if (span.kind == sim::SpanKind::boot) add(counter(process_, "energy", "mJ", now_s_, energy_j_ * 1e3));
    if (++work_spans_ == work_spans_max_ + 1) {
        add(slice(process_, track_work, "\"further work is left out: the trace would become too large\"", span.begin_s,
                  now_s_, ""));
    }
    if (work_spans_ > work_spans_max_) return;
    const std::string arguments =
        fmt::format(R"("layer":{},"energy_uJ":{:.6g})", stage_name(span.stage), span.energy_j * 1e6);
    add(slice(process_, track_work, fmt::format("\"{}\"", span_kind_names[static_cast<size_t>(span.kind)]),
              span.begin_s, now_s_, arguments));
}

const std::string& TraceFile::stage_name(uint16_t stage) const {
    static const std::string unknown = "\"\"";
    return stage < stage_names_.size() ? stage_names_[stage] : unknown;
}

void TraceFile::end_layer() {
    if (in_layer_) add(slice(process_, track_layers, stage_name(layer_), layer_begin_s_, now_s_, ""));
    in_layer_ = false;
}

void TraceFile::event(double time_s, const Event& event) {
    now_s_ = std::max(now_s_, time_s);
    if (event.kind == EventKind::stage_begin && !(in_layer_ && layer_ == event.stage)) {
        end_layer();
        in_layer_ = true;
        layer_ = event.stage;
        layer_begin_s_ = time_s;
    }
    const bool about_tiles = event.kind == EventKind::stage_begin || event.kind == EventKind::reconfigured ||
                             event.kind == EventKind::shrunk;
    if (!about_tiles && event.kind != EventKind::inference_end) return;
    add(fmt::format(R"({{"ph":"i","s":"t","pid":{},"tid":{},"name":"{}","ts":{:.3f},"args":{{{}}}}})", process_,
                    static_cast<int>(track_layers), event_name(event.kind), time_s * 1e6,
                    about_tiles ? config_arguments(event.config) : std::string()));
}

void TraceFile::end_run() {
    if (is_on_) power_off(now_s_);
    end_layer();
    add(counter(process_, "energy", "mJ", now_s_, energy_j_ * 1e3));
}

std::string TraceFile::text() { return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + events_ + "\n]}\n"; }

}  // namespace dynbal::report
