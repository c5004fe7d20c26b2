#include "experiment/image_json.hpp"

#include <algorithm>

#include "engine/engine.hpp"
#include "nvm/record.hpp"
#include "sim/session.hpp"

namespace dynbal::experiment {
namespace {

nlohmann::ordered_json range_json(const Range& range) { return {range.begin, range.end}; }

nlohmann::ordered_json stage_json(const ImageFile& file, uint32_t index) {
    const StageDescriptor stage = file.stage(index);
    const std::vector<Candidate> candidates = file.candidates(stage);
    const TileRanges ranges = ranges_of(candidates);
    const LoopShape shape = shape_of(stage);
    return {{"name", file.host.stage_names[index]},
            {"operator", file.host.stage_operators[index]},
            {"input_shape", {stage.in_h, stage.in_w, stage.channels_in}},
            {"output_shape", {stage.out_h, stage.out_w, stage.channels_out}},
            {"weight_bytes", uint64_t{stage.channels_out} * shape.weight_row_bytes()},
            {"configurations", candidates.size()},
            {"tile_out", range_json(ranges.out)},
            {"tile_in", range_json(ranges.in)},
            {"tile_pixels", range_json(ranges.pixels)},
            {"importance", text_of(stage.importance)},
            {"least_units_per_cycle", static_cast<double>(sim::least_cycle_cost_of(file, index)) / 16},
            {"units_without_failures", static_cast<double>(candidates.front().reuse.value()) / 16}};
}

}  // namespace

std::vector<Area> memory_map(const ImageHeader& header) {
    const uint64_t records_end = uint64_t{header.records_offset} + records_bytes;
    const uint64_t checkpoints_end = uint64_t{header.checkpoints_offset} + 2 * checkpoint_slot_bytes;
    std::vector<Area> areas{
        {"image: header, stages, tile tables, weights", 0, header.image_bytes},
        {"progress records, two slots, and waiting regions", header.records_offset, records_end},
        {"checkpoints of sums, two slots", header.checkpoints_offset, checkpoints_end},
        {"partial sums: two footprints, two areas", header.sums_offset,
         uint64_t{header.sums_offset} + 2 * (footprint_bytes + uint64_t{header.sums_area_bytes})},
        {"tensors", header.tensors_offset, uint64_t{header.tensors_offset} + header.tensors_bytes},
    };
    std::sort(areas.begin(), areas.end(), [](const Area& a, const Area& b) { return a.begin < b.begin; });
    return areas;
}

TileRanges ranges_of(const std::vector<Candidate>& candidates) {
    const TileConfig& first = candidates.front().config;
    TileRanges ranges{
        {first.tile_out, first.tile_out}, {first.tile_in, first.tile_in}, {first.tile_pixels, first.tile_pixels}};
    const auto widen = [](Range& range, uint32_t value) {
        range = {std::min(range.begin, value), std::max(range.end, value)};
    };
    for (const Candidate& candidate : candidates) {
        widen(ranges.out, candidate.config.tile_out);
        widen(ranges.in, candidate.config.tile_in);
        widen(ranges.pixels, candidate.config.tile_pixels);
    }
    return ranges;
}

const char* text_of(Importance importance) { return importance == Importance::out_first ? "out_first" : "in_first"; }

nlohmann::ordered_json image_json(const ImageFile& file) {
    const ImageHeader& header = file.header();
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (uint32_t i = 0; i < header.stage_count; ++i) stages.push_back(stage_json(file, i));
    nlohmann::ordered_json areas = nlohmann::ordered_json::array();
    for (const Area& area : memory_map(header)) {
        areas.push_back({{"name", area.name}, {"begin", area.begin}, {"end", area.end}});
    }
    return {{"model", file.host.model_name},
            {"device", file.host.device_name},
            {"preservation", methods[header.method].name},
            {"input_dims", file.host.input_dims},
            {"output_dims", file.host.output_dims},
            {"answer_dims", file.host.epilogue.answer_dims(file.host.output_dims)},
            {"input_scale", file.host.input_scale},
            {"input_unit", file.host.input_value_scale},
            {"output_unit", file.host.output_value_scale},
            {"input_order", file.host.input_order},
            {"output_order", file.host.output_order},
            {"image_bytes", header.image_bytes},
            {"nvm_bytes", header.nvm_bytes},
            {"sram_bytes", Engine::sram_bytes_of(header)},
            {"ideal_macs", file.host.ideal_macs},
            {"lower_bound_read_bytes", file.host.lower_bound_read_bytes},
            {"lower_bound_write_bytes", file.host.lower_bound_write_bytes},
            {"least_units_per_cycle", static_cast<double>(sim::least_cycle_cost(file)) / 16},
            {"memory_map", areas},
            {"stages", stages}};
}

}  // namespace dynbal::experiment
