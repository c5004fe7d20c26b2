#include "demo/state_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dynbal::demo {
namespace {

using Json = nlohmann::ordered_json;

const char* name_of(sim::SpanKind kind) {
    switch (kind) {
        case sim::SpanKind::charging: return "charging";
        case sim::SpanKind::boot: return "booting";
        case sim::SpanKind::idle: return "idle";
        case sim::SpanKind::weights: return "fetching weights";
        case sim::SpanKind::inputs: return "fetching inputs";
        case sim::SpanKind::outputs: return "writing values";
        case sim::SpanKind::checkpoints: return "saving sums";
        case sim::SpanKind::recovery: return "finding its place again";
        case sim::SpanKind::control: return "keeping its record";
        case sim::SpanKind::compute: return "computing";
    }
    return "";
}

Json answer_json(const Network& network, const Board& board) {
    if (board.output().empty()) return nullptr;
    const std::vector<float> scores = network.file().dequantise_output(board.output());
    const auto best = std::max_element(scores.begin(), scores.end());
    const bool same =
        std::equal(board.output().begin(), board.output().end(), network.expected().begin(), network.expected().end());
    return {{"class", best - scores.begin()}, {"scores", scores}, {"output", board.output()}, {"same", same}};
}

Json board_json(const Network& network, Board& board) {
    Json layers = Json::array();
    for (size_t i = 0; i < board.layers().size(); ++i) {
        const Layer& layer = board.layers()[i];
        const double share = layer.ended ? 1 : i == board.layer() && layer.begun ? board.values().share() : 0;
        layers.push_back({{"share", share}, {"changes", layer.changes}});
    }
    const TileConfig& config = board.layers()[board.layer()].config;
    const Region tile = board.tile();
    Json samples = Json::array();
    for (const VoltageSample& sample : board.take_samples()) {
        samples.push_back(sample.time_s);
        samples.push_back(sample.voltage_v);
        samples.push_back(sample.is_on ? 1 : 0);
    }
    return {{"policy", policy_of(board.policy()).name},
            {"ended", board.has_ended()},
            {"on", board.is_on()},
            {"doing", name_of(board.doing())},
            {"trouble", board.trouble()},
            {"time_s", board.time_s()},
            {"voltage_v", board.voltage_v()},
            {"power_cycles", board.power_cycles()},
            {"kills", board.totals().kills},
            {"idle_cycles", board.idle_cycles()},
            {"energy_j", board.energy_j()},
            {"cost_units", board.cost_units()},
            {"layer", board.layer()},
            {"layers", layers},
            {"config", {config.tile_out, config.tile_in, config.tile_pixels}},
            {"tile", {tile.pixel_begin, tile.pixel_end, tile.channel_begin, tile.channel_end}},
            {"finished", board.values().finished()},
            {"samples", samples},
            {"answer", answer_json(network, board)}};
}

}  // namespace

Json program_json() {
    Json list = Json::array();
    for (const Policy& policy : policies) list.push_back({{"name", policy.name}, {"title", policy.title}});
    return {{"policies", list}, {"default_policy", policy_of(default_policy).name}};
}

Json network_json(const Network& network) {
    const ImageFile& file = network.file();
    Json layers = Json::array();
    for (uint32_t i = 0; i < file.header().stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        layers.push_back({{"name", file.host.stage_names[i]},
                          {"operator", file.host.stage_operators[i]},
                          {"h", stage.out_h},
                          {"w", stage.out_w},
                          {"channels", stage.channels_out}});
    }
    const device::Capacitor& capacitor = network.profile().capacitor;
    return {{"model", file.host.model_name},
            {"device", network.profile().name},
            {"input_dims", file.host.input_dims},
            {"ideal_macs", file.host.ideal_macs},
            {"nvm_bytes", file.header().nvm_bytes},
            {"sram_bytes", file.header().arena_bytes},
            {"capacitance_f", capacitor.capacitance_f},
            {"on_v", capacitor.on_v},
            {"off_v", capacitor.off_v},
            {"layers", layers}};
}

Json input_json(const Network& network) {
    return {{"samples", network.samples()},
            {"note", network.note()},
            {"outside", network.outside()},
            {"steady_units", network.steady_units()},
            {"values", std::vector<float>(network.sample().begin(), network.sample().end())}};
}

Json race_json(const Network& network, const Race& race) {
    Json boards = Json::array();
    for (const auto& board : race.boards()) boards.push_back(board_json(network, *board));
    return {{"time_s", race.time_s()}, {"power_w", race.power_w()}, {"ended", race.has_ended()}, {"boards", boards}};
}

}  // namespace dynbal::demo
