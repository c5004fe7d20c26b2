#include "report/page_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/engine.hpp"
#include "report/series_json.hpp"
#include "report/span_names.hpp"
#include "report/usage.hpp"

namespace dynbal::report {
namespace {

using nlohmann::ordered_json;

/// Six digits: shorter to print, and nobody sees more.
double rounded(double value) {
    if (value == 0 || !std::isfinite(value)) return 0;
    const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
    // Dividing by a power of ten gives the double nearest to the decimal number; multiplying by its inverse does not.
    return std::isfinite(scale) && scale >= 1 ? std::round(value * scale) / scale : value;
}

int64_t microseconds(double seconds) { return std::llround(seconds * 1e6); }

ordered_json rounded_list(const Amounts& amounts) {
    ordered_json list = ordered_json::array();
    for (const double amount : amounts) list.push_back(rounded(amount));
    return list;
}

ordered_json stages_json(const ImageFile& file, const std::vector<compiler::UsageMap>& usage) {
    ordered_json stages = ordered_json::array();
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        const StageDescriptor stage = file.stage(index);
        const LoopShape shape = shape_of(stage);
        const Positions positions = positions_of(shape, {0, shape.pixels()});
        const uint64_t products = uint64_t{positions.count()} * shape.channels_out * shape.taps() * shape.group_in();
        stages.push_back({{"name", file.host.stage_names[index]},
                          {"operator", file.host.stage_operators[index]},
                          {"output", {stage.out_h, stage.out_w, stage.channels_out}},
                          {"ideal_macs", shape.counts_macs ? products : 0},
                          {"weight_bytes", uint64_t{stage.channels_out} * shape.weight_row_bytes()},
                          {"usage", usage_json(usage[index])}});
    }
    return stages;
}

ordered_json model_json(const ImageFile& file) {
    uint64_t weight_bytes = 0;
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        const StageDescriptor stage = file.stage(index);
        weight_bytes += uint64_t{stage.channels_out} * shape_of(stage).weight_row_bytes();
    }
    return {{"name", file.host.model_name},
            {"ideal_macs", file.host.ideal_macs},
            {"nvm_bytes", file.header().nvm_bytes},
            {"sram_bytes", Engine::sram_bytes_of(file.header())},
            {"weight_bytes", weight_bytes}};
}

ordered_json device_json(const sim::DeviceProfile& profile) {
    ordered_json facts = ordered_json::array();
    facts.push_back({"CPU", fmt::format("{:.4g} MHz", profile.clock_mhz)});
    return {{"name", profile.name}, {"facts", facts}};
}

ordered_json supply_json(const std::string& text, const std::optional<device::Capacitor>& capacitor) {
    if (!capacitor) return {{"text", text}, {"capacitor_uf", nullptr}, {"on_v", nullptr}, {"off_v", nullptr}};
    return {{"text", text},
            {"capacitor_uf", rounded(capacitor->capacitance_f * 1e6)},
            {"on_v", capacitor->on_v},
            {"off_v", capacitor->off_v}};
}

ordered_json answer_json(const Facts& facts, const Experiment& experiment, const Results& results) {
    const PolicyRun* run = results.answered();
    if (run == nullptr) return nullptr;
    const std::vector<float> values = experiment.file->dequantise_output(run->result.output);
    std::vector<size_t> order(values.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] > values[b]; });
    order.resize(std::min<size_t>(3, order.size()));
    ordered_json top = ordered_json::array();
    for (const size_t index : order) top.push_back({index, rounded(static_cast<double>(values[index]))});
    return {{"class", order.front()}, {"top", top}, {"same", results.same_answers()}, {"sha256", facts.answer_sha256}};
}

ordered_json tiles_json(const Recorder& recorder) {
    constexpr std::array<const char*, 3> reasons{"chosen", "reconfigured", "shrunk"};
    ordered_json tiles = ordered_json::array();
    for (const TileChoice& choice : recorder.choices()) {
        tiles.push_back({{"time_s", rounded(choice.time_s)},
                         {"stage", choice.stage},
                         {"reason", reasons[static_cast<size_t>(choice.reason)]},
                         {"config",
                          {{"tile_out", choice.config.tile_out},
                           {"tile_in", choice.config.tile_in},
                           {"tile_pixels", choice.config.tile_pixels},
                           {"run_pixels", choice.config.run_pixels},
                           {"order", name_of(choice.config.order)}}}});
    }
    return tiles;
}

ordered_json voltage_json(const Recorder& recorder) {
    const std::vector<Point> points = recorder.voltage();
    if (points.empty()) return nullptr;
    ordered_json steps = ordered_json::array(), millivolts = ordered_json::array();
    int64_t before_us = 0;
    for (const Point& point : points) {
        const int64_t now_us = microseconds(point.time_s);
        steps.push_back(now_us - before_us);
        millivolts.push_back(std::lround(point.value * 1e3));
        before_us = now_us;
    }
    return {{"step_us", steps}, {"millivolts", millivolts}};
}

ordered_json activity_json(const ActivityBuckets& activity) {
    ordered_json buckets = ordered_json::array();
    for (const ActivityBuckets::Bucket& bucket : activity.buckets()) {
        const double all_s = std::accumulate(bucket.begin(), bucket.end(), 0.0);
        ordered_json shares = ordered_json::array();
        for (const double time_s : bucket) shares.push_back(all_s > 0 ? std::lround(1000 * time_s / all_s) : 0);
        buckets.push_back(shares);
    }
    return {{"bucket_s", activity.bucket_s()}, {"permille", buckets}};
}

ordered_json magnified_json(const Recorder& recorder) {
    ordered_json cycles = ordered_json::array();
    for (const MagnifiedCycle& cycle : recorder.magnified()) {
        ordered_json spans = ordered_json::array();
        for (const sim::Span& span : cycle.spans) {
            spans.push_back({static_cast<int>(span.kind), rounded((span.begin_s - cycle.begin_s) * 1e6),
                             rounded(span.duration_s * 1e6), rounded(span.energy_j * 1e9)});
        }
        cycles.push_back({{"stage", cycle.stage},
                          {"cycle", cycle.cycle},
                          {"begin_s", rounded(cycle.begin_s)},
                          {"duration_s", rounded(cycle.duration_s)},
                          {"spans", spans}});
    }
    return cycles;
}

ordered_json timeline_json(const Recorder& recorder) {
    ordered_json stages = ordered_json::array();
    for (const StageInterval& interval : recorder.stages()) {
        stages.push_back({interval.stage, rounded(interval.begin_s), rounded(interval.end_s)});
    }
    return {{"duration_s", rounded(recorder.end_s())},
            {"power_us", recorder.power_us()},
            {"cycles_per_entry", recorder.cycles_per_entry()},
            {"voltage", voltage_json(recorder)},
            {"stages", stages},
            {"activity", activity_json(recorder.activity())},
            {"magnified", magnified_json(recorder)}};
}

ordered_json run_json(const PolicyRun& run) {
    const sim::RunResult& result = run.result;
    ordered_json time = ordered_json::array(), energy = ordered_json::array();
    for (const Breakdown& stage : run.stages) {
        time.push_back(rounded_list(stage.time_s));
        energy.push_back(rounded_list(stage.energy_j));
    }
    return {{"policy", sim::name_of(run.policy)},
            {"completed", result.completed()},
            {"message", result.message},
            {"latency_s", rounded(result.latency_s)},
            {"charging_s", rounded(result.charging_s)},
            {"energy_j", rounded(result.energy_j)},
            {"power_cycles", result.power_cycles},
            {"nvm_read_bytes", result.traffic.read_bytes},
            {"nvm_write_bytes", result.traffic.write_bytes},
            {"macs", result.traffic.macs},
            {"reconfigurations", result.activity.reconfigurations},
            {"shrinks", result.activity.shrinks},
            {"time_s", time},
            {"energy_by_stage_j", energy},
            {"repeated", run.repeated ? series_json(*run.repeated) : ordered_json(nullptr)},
            {"tiles", tiles_json(run.recorder)},
            {"timeline", timeline_json(run.recorder)}};
}

ordered_json repeated_json(const Facts& facts) {
    if (facts.series_heading.empty()) return nullptr;
    return {{"heading", facts.series_heading}};
}

ordered_json methods_json(const std::vector<MethodRun>& runs) {
    ordered_json list = ordered_json::array();
    for (const MethodRun& run : runs) {
        const sim::RunResult& result = run.result;
        list.push_back({{"preservation", methods[run.method].name},
                        {"title", methods[run.method].title},
                        {"completed", result.completed()},
                        {"latency_s", rounded(result.latency_s)},
                        {"energy_j", rounded(result.energy_j)},
                        {"power_cycles", result.power_cycles},
                        {"nvm_read_bytes", result.traffic.read_bytes},
                        {"nvm_write_bytes", result.traffic.write_bytes}});
    }
    return list;
}

/// `name`: of what is changed, with its unit.
ordered_json sweep_json(const Experiment& experiment, const std::optional<Sweep>& swept, const std::string& name) {
    if (!swept) return nullptr;
    const Sweep& sweep = *swept;
    ordered_json values = ordered_json::array();
    for (const double value : sweep.values) values.push_back(rounded(value));
    ordered_json latencies = ordered_json::object();
    for (size_t policy = 0; policy < experiment.policies.size(); ++policy) {
        ordered_json list = ordered_json::array();
        for (const std::optional<double>& latency_s : sweep.latency_s[policy]) {
            list.push_back(latency_s ? ordered_json(rounded(*latency_s)) : ordered_json(nullptr));
        }
        latencies[sim::name_of(experiment.policies[policy])] = list;
    }
    const ordered_json own = sweep.own ? ordered_json(rounded(*sweep.own)) : ordered_json(nullptr);
    return {{name, values}, {"own_" + name, own}, {"latency_s", latencies}};
}

}  // namespace

ordered_json document_of(const Facts& facts, const Experiment& experiment, const Results& results) {
    ordered_json runs = ordered_json::array();
    for (const PolicyRun& run : results.runs) runs.push_back(run_json(run));
    return {{"schema", "dynbal-report/1"},
            {"program", facts.program},
            {"command", facts.command},
            {"trace_file", facts.trace_file.empty() ? ordered_json(nullptr) : ordered_json(facts.trace_file)},
            {"model", model_json(*experiment.file)},
            {"device", device_json(*experiment.profile)},
            {"supply", supply_json(experiment.supply, results.capacitor)},
            {"input", facts.input},
            {"answer", answer_json(facts, experiment, results)},
            {"categories", category_names},
            {"kinds", span_kind_names},
            {"stages", stages_json(*experiment.file, results.usage)},
            {"repeated", repeated_json(facts)},
            {"runs", runs},
            {"preservations", methods_json(results.methods)},
            {"sweep", sweep_json(experiment, results.powers, "power_w")},
            {"capacitors", sweep_json(experiment, results.capacitors, "capacitance_f")}};
}

ordered_json summary_of(const ordered_json& document) {
    ordered_json summary = document;
    for (ordered_json& run : summary["runs"]) {
        run.erase("timeline");
        run.erase("tiles");
    }
    for (ordered_json& stage : summary["stages"]) stage.erase("usage");
    return summary;
}

}  // namespace dynbal::report
