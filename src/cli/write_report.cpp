#include "cli/write_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "cli/arguments.hpp"
#include "experiment/counts.hpp"
#include "io/sha256.hpp"
#include "io/table.hpp"
#include "nvm/record.hpp"
#include "report/span_names.hpp"

namespace dynbal::cli {
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

/// What lies at an offset of NVM.
const char* area_at(const ImageHeader& header, uint32_t offset) {
    if (offset < sizeof(ImageHeader)) return "header";
    if (offset < header.records_offset) return "weights and tables";
    if (offset < header.records_offset + records_bytes) return "progress records";
    if (offset < header.sums_offset) return "checkpoints";
    if (offset < header.sums_offset + 2 * footprint_bytes) return "footprints";
    return offset < header.tensors_offset ? "partial sums" : "tensors";
}

}  // namespace

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

std::string wear_text(const ImageFile& file, const sim::WornRow& wear) {
    constexpr double minutes_of_a_year = 365.25 * 24 * 60;
    std::string text = fmt::format("Worn most: the {} bytes at {} of NVM ({}), {} {}", wear.bytes, grouped(wear.offset),
                                   area_at(file.header(), wear.offset), wear.reads_wear ? "read or written" : "written",
                                   wear.accesses == 1 ? std::string("once") : grouped(wear.accesses) + " times");
    if (wear.lifetime() > 0) {
        text += fmt::format("; they last for {:.2g} such inferences, {:.2g} years at one a minute", wear.lifetime(),
                            wear.lifetime() / minutes_of_a_year);
    }
    return text + "\n";
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

std::string answer_text(const ImageFile& file, const std::vector<int16_t>& output) {
    const std::vector<float> values = file.dequantise_output(output);
    std::vector<size_t> order(values.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] > values[b]; });
    std::string text = fmt::format("class {} (", order.front());
    for (size_t rank = 0; rank < std::min<size_t>(3, order.size()); ++rank) {
        const size_t index = order[rank];
        text += fmt::format("{}{}: {:.4g}", rank == 0 ? "" : ", ", index, values[index]);
    }
    return text += ")";
}

std::string cost_text(const sim::RunResult& result, const char* heading) {
    io::Table table({{heading, io::Align::left}, {"", io::Align::right}});
    table.add_row({"power cycles", grouped(result.power_cycles)});
    table.add_row(
        {"tiles changed inside a stage", grouped(result.activity.reconfigurations + result.activity.shrinks)});
    table.add_row({"NVM bytes read", grouped(result.traffic.read_bytes)});
    table.add_row({"NVM bytes written", grouped(result.traffic.write_bytes)});
    table.add_row({"NVM transfers", grouped(result.traffic.transfers)});
    table.add_row({"MACs", grouped(result.traffic.macs)});
    table.add_row({"cost, in units of budget:E", grouped(static_cast<uint64_t>(std::llround(result.cost_units())))});
    table.add_row({"latency", quantity(result.latency_s, "s")});
    if (result.charging_s > 0) {
        table.add_row({"of it charging", quantity(result.charging_s, "s")});
    }
    table.add_row({"energy", quantity(result.energy_j, "J")});
    return table.text();
}

std::string uncharged_note(bool any) {
    return any ? "Latency on budget:, bytes:, once: and random: is the time with the device on: these supplies charge "
                 "nothing.\n"
               : "";
}

std::string quantity(double value, const std::string& unit) {
    constexpr std::array<std::pair<double, const char*>, 4> prefixes{
        {{1.0, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}}};
    for (const auto& [factor, prefix] : prefixes) {
        if (value >= factor) {
            const double scaled = value / factor;
            const int decimals = scaled >= 99.95 ? 0 : (scaled >= 9.995 ? 1 : 2);
            return fmt::format("{:.{}f} {}{}", scaled, decimals, prefix, unit);
        }
    }
    return fmt::format("{:.3g} {}", value, unit);
}

}  // namespace dynbal::cli
