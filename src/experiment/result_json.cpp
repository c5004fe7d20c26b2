#include "experiment/result_json.hpp"

#include <algorithm>
#include <array>

#include "experiment/counts.hpp"
#include "io/sha256.hpp"
#include "nvm/record.hpp"
#include "report/span_names.hpp"

namespace dynbal::experiment {
namespace {

nlohmann::ordered_json traffic_json(const sim::RunResult& result) {
    constexpr std::array<const char*, traffic_class_count> names{"weights",     "inputs",   "outputs",
                                                                 "checkpoints", "recovery", "control"};
    nlohmann::ordered_json classes;
    for (size_t i = 0; i < names.size(); ++i) {
        const Traffic& traffic = result.activity.by_class[i];
        classes[names[i]] = {
            {"read_bytes", traffic.read_bytes}, {"write_bytes", traffic.write_bytes}, {"transfers", traffic.transfers}};
    }
    return classes;
}

nlohmann::ordered_json stages_json(const ImageFile& file, const sim::RunResult& result) {
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (size_t i = 0; i < result.activity.stages.size(); ++i) {
        const sim::StageActivity& stage = result.activity.stages[i];
        stages.push_back({{"name", file.host.stage_names[i]},
                          {"read_bytes", stage.traffic.read_bytes},
                          {"write_bytes", stage.traffic.write_bytes},
                          {"transfers", stage.traffic.transfers},
                          {"macs", stage.traffic.macs},
                          {"first_config", config_json(stage.first_config)},
                          {"last_config", config_json(stage.last_config)},
                          {"reconfigurations", stage.reconfigurations}});
    }
    return stages;
}

/// In joules; harvested = delivered + lost + stored.
nlohmann::ordered_json balance_json(const power::EnergyBalance& balance) {
    return {{"harvested_j", balance.harvested},
            {"delivered_j", balance.delivered},
            {"lost_j", balance.lost()},
            {"lost_converter_j", balance.lost_converter},
            {"lost_leakage_j", balance.lost_leakage},
            {"lost_resistance_j", balance.lost_resistance},
            {"lost_clipped_j", balance.lost_clipped},
            {"lost_sleeping_j", balance.lost_sleeping},
            {"stored_j", balance.stored},
            {"error_j", balance.error()}};
}

}  // namespace

const char* area_at(const ImageHeader& header, uint32_t offset) {
    if (offset < sizeof(ImageHeader)) return "header";
    if (offset < header.records_offset) return "weights and tables";
    if (offset < header.records_offset + records_bytes) return "progress records";
    if (offset < header.sums_offset) return "checkpoints";
    if (offset < header.sums_offset + 2 * footprint_bytes) return "footprints";
    return offset < header.tensors_offset ? "partial sums" : "tensors";
}

nlohmann::ordered_json wear_json(const ImageFile& file, const sim::WornRow& wear) {
    nlohmann::ordered_json json{{"offset", wear.offset},
                                {"bytes", wear.bytes},
                                {"place", area_at(file.header(), wear.offset)},
                                {"accesses", wear.accesses},
                                {"reads_count", wear.reads_wear},
                                {"lifetime_inferences", nullptr}};
    if (wear.lifetime() > 0) json["lifetime_inferences"] = wear.lifetime();
    return json;
}

nlohmann::ordered_json config_json(const TileConfig& config) {
    return {{"tile_out", config.tile_out},
            {"tile_in", config.tile_in},
            {"tile_pixels", config.tile_pixels},
            {"run_pixels", config.run_pixels},
            {"order", report::name_of(config.order)}};
}

std::string output_sha256(const std::vector<int16_t>& values) {
    std::vector<uint8_t> bytes;
    for (const int16_t value : values) {
        const auto word = static_cast<uint16_t>(value);
        bytes.push_back(static_cast<uint8_t>(word & 0xFFU));
        bytes.push_back(static_cast<uint8_t>(word >> 8U));
    }
    return io::sha256_hex(bytes);
}

size_t argmax(const std::vector<float>& values) {
    return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

nlohmann::ordered_json result_json(const ImageFile& file, const sim::RunResult& result) {
    nlohmann::ordered_json json{{"completed", result.completed()},
                                {"outcome", sim::name_of(result.outcome)},
                                {"preservation", methods[file.header().method].name}};
    json.update(experiment::counts_json(result));
    json["wear"] = wear_json(file, result.wear);
    if (result.energy_balance) json["energy_balance"] = balance_json(*result.energy_balance);
    if (result.completed()) {
        const std::vector<float> values = file.dequantise_output(result.output);
        json["output_sha256"] = output_sha256(result.output);
        json["argmax"] = argmax(values);
        json["output"] = file.model_output(result.output);
    } else {
        json["output_sha256"] = nullptr;
        json["argmax"] = nullptr;
        json["error"] = result.message;
    }
    json["traffic_asked_for"] = traffic_json(result);
    json["stages"] = stages_json(file, result);
    return json;
}

}  // namespace dynbal::experiment
