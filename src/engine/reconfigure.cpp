//! The engine's side of run-time reconfiguration: what it tells the plugin, and how it acts on the answer.
#include <bit>
#include <limits>

#include "engine/engine.hpp"
#include "plugin/estimator.hpp"

namespace dynbal {
namespace {

/// Do two configurations write values, and partial sums, in the same order?
bool same_order(const TileConfig& a, const TileConfig& b) {
    return a.order == b.order && a.tile_out == b.tile_out &&
           (a.order != LoopOrder::inputs_stay || a.tile_pixels == b.tile_pixels) &&
           (a.order != LoopOrder::sums_move || a.tile_in == b.tile_in);
}

/// Finished work in products of one value with one input channel, those of a half summed job included.
uint64_t products_done(const JobOrder& order, const TileConfig& config, uint32_t done, uint32_t channels_done) {
    if (config.order == LoopOrder::sums_move) {
        return uint64_t{done} * config.tile_in;
    }
    const uint64_t partial = channels_done != 0 ? uint64_t{order.job_at(done).values()} * channels_done : 0;
    return uint64_t{done} * order.shape().group_in() + partial;
}

uint64_t table_cost(const CostModel& model, uint32_t rows) {
    return cost_of(model, {rows * sizeof(Candidate), 0, 1, 0});
}

uint32_t saturate(uint64_t value) {
    return static_cast<uint32_t>(value < std::numeric_limits<uint32_t>::max() ? value
                                                                              : std::numeric_limits<uint32_t>::max());
}

}  // namespace

/// The stage as policies see it, with some rows of its table; they are fetched to behind the buffers.
StageView Engine::stage_view(const Range& rows) {
    const size_t table_offset = header_.max_state_runs * sizeof(StateRun) + header_.arena_bytes;
    const std::span<Candidate> table(reinterpret_cast<Candidate*>(sram_.data() + table_offset), rows.size());
    meter_.read(stage_.candidates_offset + rows.begin * static_cast<uint32_t>(sizeof(Candidate)),
                std::as_writable_bytes(table));
    return {runner_->shape(), table, header_.cost_model, header_.arena_bytes, stage_.importance};
}

Candidate Engine::choose_now() {
    const Supply supply{record_.cycle_cost, record_.need_limit};
    const uint32_t row_count = stage_.candidate_count;
    const bool nothing_known = supply.need_limit == 0 && (policy_ == PolicyKind::fixed || supply.cycle_cost == 0);
    if (nothing_known || record_.phase == Phase::abandoning) {
        return choose(policy_, stage_view({0, min_u32(2, row_count)}), supply);
    }
    const bool too_dear = table_too_dear_ || table_cost(header_.cost_model, row_count) > supply.assumed_cycle_cost();
    return choose(policy_, stage_view(too_dear ? least_need_row() : Range{0, row_count}), supply);
}

void Engine::take(const Candidate& candidate) {
    record_.config = candidate.config;
    record_.reuse = candidate.reuse;
    record_.refetch = candidate.refetch;
    record_.need = candidate.need;
    record_.chosen_for = record_.cycle_cost;
}

uint64_t Engine::least_cycle_cost(const ImageHeader& header, const StageDescriptor& stage, uint32_t least_need) {
    const CostModel& model = header.cost_model;
    const auto reads = [&](uint64_t bytes, uint64_t transfers) { return cost_of(model, {bytes, 0, transfers, 0}); };
    const auto opening = [&](uint64_t runs) { return reads(sizeof(StageDescriptor) + runs * sizeof(StateRun), 2); };
    const LoopShape shape = shape_of(stage, header.sums_area_bytes);
    const uint64_t probes = static_cast<uint64_t>(std::bit_width(shape.values()));
    const bool may_pass = shape.counts_macs && shape.groups == 1 && shape.channels_in > 1;
    const uint64_t commit = cost_of(model, {0, sizeof(Record), 1, 0});
    const uint64_t boot = reads(sizeof(ImageHeader) + 2 * (sizeof(Record) + sizeof(Record::sequence)), 7);
    const uint64_t partial = may_pass ? reads(2 * footprint_bytes + 4 * checkpoint_trailer_bytes, 6) : 0;
    const uint64_t recovery = boot + opening(stage.states.run_count) + reads(probes, probes) + partial + commit;
    const uint64_t job = table_cost(model, 1) + max_u64(commit, least_need - min_u32(least_need, model.boot));
    const uint64_t next_stage = opening(header.max_state_runs) + table_cost(model, 2) + commit;
    const uint64_t start = boot + opening(header.max_state_runs) + table_cost(model, header.max_candidates) + commit;
    return max_u64(recovery + max_u64(job, next_stage), start);
}

/// What the power cycle that has ended says about the supply; returns whether it made progress.
bool Engine::note_progress(const JobOrder& order, uint32_t done, uint32_t channels_done) {
    const bool progress =
        done > record_.done || channels_done > record_.channels_done || record_.cycle != CycleState::begun;
    if (record_.cycle != CycleState::not_begun && record_.phase == Phase::running) {
        CycleReport report;
        report.spent = record_.spent;
        const uint64_t before = products_done(order, record_.config, record_.done, record_.channels_done);
        const uint64_t finished = products_done(order, record_.config, done, channels_done) - before;
        const uint64_t all = uint64_t{runner_->shape().values()} * runner_->shape().group_in();
        report.finished = record_.reuse * ((finished << 16U) / all) >> 16U;
        report.refetch = record_.refetch;
        report.need = record_.need;
        report.progress = progress;
        const Supply supply = learn({record_.cycle_cost, record_.need_limit}, report);
        table_too_dear_ = !progress && record_.need_limit == supply.need_limit;
        record_.cycle_cost = saturate(supply.cycle_cost);
        record_.need_limit = saturate(supply.need_limit);
    }
    record_.done = done;
    record_.channels_done = static_cast<uint16_t>(channels_done);
    return progress;
}

/// Is it time to look for another configuration: a cycle made no progress, or policy `best` knows another supply?
/// Notes the supply, so that the same question is not asked twice.
bool Engine::wants_change(bool progress) {
    const uint32_t estimate = record_.cycle_cost;
    const uint32_t moved =
        estimate > record_.chosen_for ? estimate - record_.chosen_for : record_.chosen_for - estimate;
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    const bool sums_stored = record_.done > 0 && order.values_written(record_.done) == 0;
    const bool all_written = order.values_written(record_.done) == order.values();
    if (record_.phase != Phase::running || all_written || (progress && sums_stored)) {
        return false;  // nothing to change, or stored sums would be lost
    }
    if (progress && (policy_ != PolicyKind::best || estimate == 0 || moved <= record_.chosen_for / 8)) {
        return false;
    }
    record_.chosen_for = estimate;
    return true;
}

/// Changes the configuration inside a stage, if another is to be had; after progress only for a gain of more than an
/// eighth.
bool Engine::change_config(bool progress) {
    meter_.set_class(TrafficClass::control);
    const Candidate current{record_.config, record_.reuse, record_.refetch, record_.need};
    const Candidate next = choose_now();
    if (next.config == current.config) {
        return false;
    }
    const CostModel& model = header_.cost_model;
    if (progress) {
        const uint64_t now = expected_cost(current, model, record_.cycle_cost);
        const uint64_t then = expected_cost(next, model, record_.cycle_cost);
        if (then == std::numeric_limits<uint64_t>::max() || then + then / 8 >= now ||
            regions_nearly_full(record_.region_count + 3)) {
            return false;
        }
    }
    if (!split_regions(next.config)) {
        return false;
    }
    take(next);
    if (!same_order(current.config, next.config) && regions_nearly_full(record_.region_count)) {
        take(stage_view(least_need_row()).candidates[0]);
    }
    emit(progress ? EventKind::reconfigured : EventKind::shrunk);
    return true;
}

/// Cuts what is left of the first region so that another order of jobs can go on; false if there is no room.
bool Engine::split_regions(const TileConfig& next) {
    if (same_order(record_.config, next)) {
        return true;
    }
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    const uint32_t written = order.values_written(record_.done);
    Region rest[4];
    const uint32_t count = order.rest_after(written, rest);
    if (count == 0) {
        return false;  // the region is finished, the next one will be begun with a new choice
    }
    if (written > 0) {
        if (record_.region_count - 1 + count > max_regions) {
            return false;
        }
        for (uint32_t i = record_.region_count; i-- > 1;) {
            record_.regions[i - 1 + count] = record_.regions[i];
        }
        for (uint32_t i = 0; i < count; ++i) {
            record_.regions[i] = rest[i];
        }
        record_.region_count = static_cast<uint8_t>(record_.region_count - 1 + count);
    }
    begin_region();
    return true;
}

}  // namespace dynbal
