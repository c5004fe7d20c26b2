#include "compiler/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/error.hpp"
#include "compiler/equalise.hpp"
#include "compiler/quantise.hpp"
#include "compiler/tile_configs.hpp"
#include "image_file/memory_check.hpp"
#include "io/printable.hpp"
#include "nvm/record.hpp"

namespace dynbal::compiler {
namespace {

/// SRAM beside the buffers of a stage.
constexpr uint32_t tables_bytes = state_runs_max * static_cast<uint32_t>(sizeof(StateRun));

/// SRAM for the buffers of a stage; 0 if not even the least that an image may state is left.
uint32_t arena_of(const DeviceLimits& device) {
    const uint64_t taken = uint64_t{device.sram_reserved_bytes} + tables_bytes;
    if (device.sram_bytes < taken + arena_bytes_min) {
        return 0;
    }
    return std::min(static_cast<uint32_t>(device.sram_bytes - taken), arena_bytes_max) / 4 * 4;
}

LoopShape shape_in(const Plan& plan, const PlannedStage& planned) {
    LoopShape shape = shape_of(*plan.graph, planned, plan.weight_bytes);
    shape.sums_area_bytes = plan.sums_area_bytes;
    shape.method = plan.method;
    return shape;
}

/// Bytes of buffers that the least demanding configuration of a stage takes, however much there is.
uint32_t least_buffer_bytes(const LoopShape& shape) {
    uint32_t least = arena_bytes_max;
    for (const TileConfig& config : sampled_configs(shape, arena_bytes_max)) {
        least = std::min(least, plan_buffers(shape, config, 0).total(shape.operands));
    }
    return std::max(least, arena_bytes_min);
}

[[noreturn]] void refuse_sram(const Plan& plan, const DeviceLimits& device) {
    const PlannedStage* worst = nullptr;
    uint32_t most = 0;
    for (const PlannedStage& planned : plan.stages) {
        const uint32_t least = least_buffer_bytes(shape_in(plan, planned));
        if (least > most) {
            most = least;
            worst = &planned;
        }
    }
    throw InputError(fmt::format(
        "node '{}' ({}): its smallest tile needs {} bytes of SRAM; with {} for tables and the {} that are reserved for "
        "the program these are {}, but {} has {}; use another device or a smaller network",
        io::printable(worst->stage.name), operator_name(worst->stage), most, tables_bytes, device.sram_reserved_bytes,
        uint64_t{most} + tables_bytes + device.sram_reserved_bytes, device.name, device.sram_bytes));
}

/// `plan` as it is with the least memory that is known: without partial sums; without tile tables if none were made.
[[noreturn]] void refuse_nvm(Plan& plan, const DeviceLimits& device) {
    NvmNeed need = nvm_need(plan);
    plan.memory = plan_memory(*plan.graph, plan.stages, false);
    if (nvm_need(plan).total() < need.total()) {
        need = nvm_need(plan);
    }
    const bool int8_fits = plan.weight_bytes == 2 && need.total() - need.weights / 2 <= device.nvm_bytes;
    throw InputError(
        fmt::format("the network needs at least {} bytes of NVM (weights {}, activations {}, tile tables and "
                    "descriptions {}, records {}), "
                    "but {} has {}; use {}a smaller network or another device",
                    need.total(), need.weights, need.tensors, need.tables, need.records, device.name, device.nvm_bytes,
                    int8_fits ? "int8 weights, " : ""));
}

/// Drops rows of the longest tables until all fits into NVM; false if it does not even with those that must stay.
bool thin_to_fit(Plan& plan, uint32_t nvm_bytes) {
    const auto by_spare_rows = [](const auto& a, const auto& b) { return spare_rows(a) < spare_rows(b); };
    while (nvm_need(plan).total() > nvm_bytes) {
        const auto longest = std::max_element(plan.tables.begin(), plan.tables.end(), by_spare_rows);
        if (longest == plan.tables.end() || spare_rows(*longest) == 0) {
            return false;
        }
        drop_row(*longest);
    }
    return true;
}

std::vector<StageTable> make_tables(const Plan& plan, const DeviceLimits& device) {
    std::vector<StageTable> tables;
    for (const PlannedStage& planned : plan.stages) {
        tables.push_back(tile_table(shape_in(plan, planned), device.prices(), plan.arena_bytes));
        if (tables.back().rows.empty()) {
            refuse_sram(plan, device);
        }
    }
    return tables;
}

/// Sizes worth trying for an area of partial sums, largest first: those that some stage could use, and none.
std::set<uint32_t, std::greater<>> sums_area_sizes(const Plan& plan) {
    std::set<uint32_t, std::greater<>> sizes{0};
    for (const PlannedStage& planned : plan.stages) {
        const LoopShape shape = shape_of(*plan.graph, planned, plan.weight_bytes);
        const bool may_move = shape.counts_macs && shape.groups == 1 && shape.channels_in > 1 && !planned.fused;
        const uint64_t bytes = uint64_t{shape.values()} * 4;
        if (may_move && 2 * bytes <= UINT32_MAX) {
            sizes.insert(static_cast<uint32_t>(bytes));
        }
    }
    return sizes;
}

/// Tensors side by side if there is room, else sharing memory; then the largest area for partial sums that still fits.
/// Tile tables depend on that area, and what they take decides whether all fits. Rows of them are given up last.
void plan_nvm(Plan& plan, const DeviceLimits& device) {
    std::map<uint32_t, std::vector<StageTable>> tables_by_area;
    const std::set<uint32_t, std::greater<>> areas = sums_area_sizes(plan);
    for (const bool shared : {false, true}) {
        plan.memory = plan_memory(*plan.graph, plan.stages, shared);
        for (const uint32_t area : areas) {
            plan.sums_area_bytes = area;
            plan.tables.clear();
            if (nvm_need(plan).total() > device.nvm_bytes) {
                continue;
            }
            auto found = tables_by_area.find(area);
            if (found == tables_by_area.end()) {
                found = tables_by_area.emplace(area, make_tables(plan, device)).first;
            }
            plan.tables = found->second;
            if (nvm_need(plan).total() <= device.nvm_bytes) {
                return;
            }
        }
    }
    const auto smallest = tables_by_area.find(0);
    plan.memory = plan_memory(*plan.graph, plan.stages, true);
    plan.tables = smallest == tables_by_area.end() ? std::vector<StageTable>{} : smallest->second;
    if (thin_to_fit(plan, device.nvm_bytes)) {
        return;
    }
    refuse_nvm(plan, device);
}

/// What is told without planning, which would take long for a network of thousands of stages.
void check_stages(const Graph& graph, const DeviceLimits& device) {
    constexpr size_t soon_planned = 1000;
    if (graph.stages.empty()) throw InputError("the network has no operation that computes anything");
    const uint64_t least = uint64_t{graph.stages.size() / 2} * sizeof(StageDescriptor);  // two may be fused into one
    if (graph.stages.size() > soon_planned && least > device.nvm_bytes) {
        throw InputError(
            fmt::format("the network has {} stages, whose description alone is more than the {} bytes of NVM "
                        "that {} has; use a smaller network",
                        graph.stages.size(), device.nvm_bytes, device.name));
    }
}

}  // namespace

const char* operator_name(const Stage& stage) {
    switch (stage.kind) {
        case StageKind::conv: return "Conv or FC";
        case StageKind::pool: return stage.pool_kind == PoolKind::max ? "MaxPool" : "AveragePool";
        case StageKind::add: return "Add";
        case StageKind::softmax: return "Softmax";
        case StageKind::multiply: return "Mul";
        case StageKind::curve: return stage.curve.name.c_str();
    }
    return "";
}

NvmNeed nvm_need(const Plan& plan) {
    NvmNeed need;
    uint32_t channel = 0;
    const auto runs_bytes = [&](TensorId id) {
        return plan.memory.of(root_of(*plan.graph, id, channel)).runs.size() * sizeof(StateRun);
    };
    need.tables = sizeof(ImageHeader) + runs_bytes(plan.graph->input);
    for (const PlannedStage& planned : plan.stages) {
        const LoopShape shape = shape_of(*plan.graph, planned, plan.weight_bytes);
        need.weights += uint64_t{shape.channels_out} * (shape.header_bytes + shape.weight_row_bytes());
        need.tables += sizeof(StageDescriptor) + runs_bytes(planned.output());
    }
    for (const StageTable& table : plan.tables) {
        need.tables += table_bytes(static_cast<uint32_t>(table.rows.size()));
    }
    need.records = records_bytes + 2 * uint64_t{checkpoint_slot_bytes + footprint_bytes};
    need.sums = 2 * uint64_t{plan.sums_area_bytes};
    need.tensors = align4(plan.memory.bytes);
    return need;
}

Plan make_plan(Graph& graph, const CalibrationSamples& samples, const CompileOptions& options) {
    Plan plan;
    plan.graph = &graph;
    plan.weight_bytes = options.weight_bytes;
    plan.arena_bytes = arena_of(options.device);
    check_memory(options.device.nvm_class, options.device.name);
    plan.method = options.method;
    check_stages(graph, options.device);
    std::vector<float> largest = largest_magnitudes(graph, samples);
    plan.gains = equalise_parts(graph, largest);
    plan.stages = fuse_pools(graph, options.device.prices(), plan.arena_bytes, plan.weight_bytes);
    plan.scales = scales_of(graph, plan.stages, largest, options.head_room);
    for (const std::string& warning : coarse_parts(graph, largest, plan.scales)) {
        if (options.warn) options.warn(warning);
    }
    plan_nvm(plan, options.device);
    const Tensor& input = graph.tensors[static_cast<size_t>(graph.input)];
    if (uint64_t{sizeof(int16_t)} * static_cast<uint32_t>(input.c) > plan.arena_bytes) {
        throw InputError(
            fmt::format("the input has {} channels, but {} has SRAM for {} values at a time; use another device",
                        input.c, options.device.name, plan.arena_bytes / sizeof(int16_t)));
    }
    return plan;
}

}  // namespace dynbal::compiler
