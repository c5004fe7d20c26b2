extern "C" {
#include "plugin/dynbal_plugin.h"
}

#include "plugin/estimator.hpp"
#include "plugin/policy.hpp"

namespace {

using namespace dynbal;

constexpr uint32_t size_max = 1U << 24U;  // of a tensor in values: products of sizes stay below 2^32

LoopShape shape_from(const dynbal_shape& s) {
    LoopShape shape;
    shape.out_h = s.out_h, shape.out_w = s.out_w, shape.channels_out = s.channels_out;
    shape.in_h = s.in_h, shape.in_w = s.in_w, shape.channels_in = s.channels_in;
    shape.kernel_h = s.kernel_h, shape.kernel_w = s.kernel_w;
    shape.stride_h = s.stride_h, shape.stride_w = s.stride_w;
    shape.dilation_h = s.dilation_h, shape.dilation_w = s.dilation_w;
    shape.pad_top = s.pad_top, shape.pad_left = s.pad_left;
    shape.pool_h = s.pool_h, shape.pool_w = s.pool_w;
    shape.pool_stride_h = s.pool_stride_h, shape.pool_stride_w = s.pool_stride_w;
    shape.groups = s.groups;
    shape.operands = s.operands;
    shape.header_bytes = s.header_bytes;
    shape.weight_bytes = s.weight_bytes;
    shape.counts_macs = s.counts_macs != 0;
    shape.input_packed = s.input_packed != 0;
    shape.output_packed = s.output_packed != 0;
    shape.sums_area_bytes = s.sums_area_bytes;
    return shape;
}

bool in_u16(uint32_t value) { return value >= 1 && value <= 0xFFFF; }

bool is_sound(const dynbal_shape& s) {
    const bool sizes = in_u16(s.out_h) && in_u16(s.out_w) && in_u16(s.channels_out) && in_u16(s.in_h) &&
                       in_u16(s.in_w) && in_u16(s.channels_in) && in_u16(s.kernel_h) && in_u16(s.kernel_w) &&
                       in_u16(s.stride_h) && in_u16(s.stride_w) && in_u16(s.dilation_h) && in_u16(s.dilation_w) &&
                       in_u16(s.pool_h) && in_u16(s.pool_w) && in_u16(s.pool_stride_h) && in_u16(s.pool_stride_w);
    const bool rest = sizes && in_u16(s.groups) && s.channels_in % s.groups == 0 && s.channels_out % s.groups == 0 &&
                      (s.operands == 1 || s.operands == 2) && s.header_bytes <= 64 && s.weight_bytes <= 8 &&
                      s.pad_top <= 0xFFFF && s.pad_left <= 0xFFFF;
    return rest && uint64_t{s.out_h} * s.out_w * s.channels_out <= size_max &&
           uint64_t{s.in_h} * s.in_w * s.channels_in <= size_max &&
           uint64_t{s.kernel_h} * s.kernel_w * s.channels_in <= size_max;
}

/// False if a field does not fit.
bool config_from(const dynbal_config& c, TileConfig& config) {
    if (!in_u16(c.tile_out) || !in_u16(c.tile_in) || !in_u16(c.run_pixels) || c.order > 0xFF) {
        return false;
    }
    config.tile_out = static_cast<uint16_t>(c.tile_out);
    config.tile_in = static_cast<uint16_t>(c.tile_in);
    config.tile_pixels = c.tile_pixels;
    config.run_pixels = static_cast<uint16_t>(c.run_pixels);
    config.order = static_cast<LoopOrder>(c.order);
    return true;
}

dynbal_candidate candidate_to(const Candidate& c) {
    return {{c.config.tile_out, c.config.tile_in, c.config.tile_pixels, c.config.run_pixels,
             static_cast<uint32_t>(c.config.order)},
            c.from.value(),
            c.need.value(),
            c.reuse.value(),
            c.lost.value()};
}

CostModel model_from(const dynbal_cost_model& m) {
    return {m.mac, m.read_byte, m.write_byte, m.transfer, m.job, m.boot};
}

}  // namespace

int dynbal_is_valid(const dynbal_shape* shape, const dynbal_config* config, uint32_t arena_bytes) {
    TileConfig converted;
    return shape != nullptr && config != nullptr && is_sound(*shape) && config_from(*config, converted) &&
                   is_valid(shape_from(*shape), converted, arena_bytes)
               ? 1
               : 0;
}

namespace {

/// Checks the arguments of dynbal_price() and dynbal_walk().
dynbal_status stage_from(const dynbal_shape* shape, const dynbal_config* config, const dynbal_cost_model* model,
                         uint32_t arena_bytes, LoopShape& converted_shape, WalkedStage& stage) {
    if (shape == nullptr || config == nullptr || model == nullptr) {
        return DYNBAL_NULL;
    }
    if (!is_sound(*shape)) {
        return DYNBAL_BAD_SHAPE;
    }
    converted_shape = shape_from(*shape);
    stage = {&converted_shape, {}, arena_bytes, model_from(*model), model->boot};
    return config_from(*config, stage.config) && is_valid(converted_shape, stage.config, arena_bytes)
               ? DYNBAL_OK
               : DYNBAL_BAD_CONFIG;
}

}  // namespace

dynbal_status dynbal_price(const dynbal_shape* shape, const dynbal_config* config, const dynbal_cost_model* model,
                           uint32_t arena_bytes, uint64_t energy, dynbal_candidate* priced) {
    LoopShape converted;
    WalkedStage stage;
    const dynbal_status status = stage_from(shape, config, model, arena_bytes, converted, stage);
    if (status != DYNBAL_OK || priced == nullptr) {
        return status != DYNBAL_OK ? status : DYNBAL_NULL;
    }
    const uint64_t reuse = cost_of(stage.prices, stage_traffic(converted, stage.config, arena_bytes));
    const StageWalk walk = walk_stage(stage, energy, energy);
    Candidate row;
    row.config = stage.config;
    row.need = ShortCost::above(needs_of(stage).job);
    row.reuse = ShortCost::below(reuse);
    // Of a stage that does not end all of each cycle is lost.
    const bool loses = walk.cost != never && walk.failures != 0;
    row.lost =
        ShortCost::below(walk.cost == never ? energy : (loses ? (walk.cost - reuse) / walk.failures : stage.boot));
    *priced = candidate_to(row);
    return DYNBAL_OK;
}

dynbal_status dynbal_walk(const dynbal_shape* shape, const dynbal_config* config, const dynbal_cost_model* model,
                          uint32_t arena_bytes, uint64_t first, uint64_t energy, uint64_t* cost) {
    LoopShape converted;
    WalkedStage stage;
    const dynbal_status status = stage_from(shape, config, model, arena_bytes, converted, stage);
    if (status != DYNBAL_OK || cost == nullptr) {
        return status != DYNBAL_OK ? status : DYNBAL_NULL;
    }
    *cost = walk_stage(stage, first, energy).cost;
    return DYNBAL_OK;
}

dynbal_status dynbal_choose(uint32_t policy, const dynbal_shape* shape, const dynbal_candidate* candidates,
                            uint32_t count, const dynbal_cost_model* model, uint32_t arena_bytes, dynbal_bounds supply,
                            dynbal_candidate* chosen) {
    if (shape == nullptr || candidates == nullptr || model == nullptr || chosen == nullptr) {
        return DYNBAL_NULL;
    }
    if (!is_sound(*shape)) {
        return DYNBAL_BAD_SHAPE;
    }
    if (policy > DYNBAL_BEST) {
        return DYNBAL_BAD_POLICY;
    }
    if (count < 1 || count > DYNBAL_CANDIDATES_MAX) {
        return DYNBAL_BAD_COUNT;
    }
    StageView stage;
    stage.shape = shape_from(*shape);
    Candidate rows[DYNBAL_CANDIDATES_MAX];
    ShortCost froms[DYNBAL_CANDIDATES_MAX];
    uint32_t least_need = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (!config_from(candidates[i].config, rows[i].config) || !is_valid(stage.shape, rows[i].config, arena_bytes)) {
            return DYNBAL_BAD_CONFIG;
        }
        froms[i] = ShortCost::below(candidates[i].from);
        rows[i].from = froms[i];
        rows[i].need = ShortCost::above(candidates[i].need);
        rows[i].reuse = ShortCost::below(candidates[i].reuse);
        rows[i].lost = ShortCost::below(candidates[i].lost);
        least_need = rows[i].need.value() < rows[least_need].need.value() ? i : least_need;
    }
    TableInMemory table({rows, count}, {froms, count}, least_need, 0);
    stage.table = &table;
    stage.model = model_from(*model);
    stage.boot = model->boot;
    stage.arena_bytes = arena_bytes;
    *chosen = candidate_to(choose(static_cast<PolicyKind>(policy), stage, {supply.low, supply.high}).row);
    return DYNBAL_OK;
}

dynbal_bounds dynbal_learn(dynbal_bounds supply, dynbal_bounds cycle) {
    const Supply known = learn(age({supply.low, supply.high}), {cycle.low, cycle.high});
    return {known.low, known.high};
}
