#include "engine/engine.hpp"

#include <cstring>
#include <limits>

#include "plugin/estimator.hpp"

namespace dynbal {
namespace {

uint32_t saturate(uint64_t value) {
    return static_cast<uint32_t>(value < std::numeric_limits<uint32_t>::max() ? value
                                                                              : std::numeric_limits<uint32_t>::max());
}

/// Do two configurations write values, and partial sums, in the same order?
bool same_order(const TileConfig& a, const TileConfig& b) {
    return a.order == b.order && a.tile_out == b.tile_out &&
           (a.order != LoopOrder::inputs_stay || a.tile_pixels == b.tile_pixels) &&
           (a.order != LoopOrder::sums_move || a.tile_in == b.tile_in);
}

/// With sums_move: what Record::done counts before the first value is written, the passes that only store sums.
uint32_t stored_passes(const JobOrder& order, const TileConfig& config) {
    return config.order == LoopOrder::sums_move ? (pass_count(order.shape(), config) - 1) * order.values() : 0;
}

/// How many values are written when Record::done is `done`.
uint32_t values_written(const JobOrder& order, const TileConfig& config, uint32_t done) {
    const uint32_t before = stored_passes(order, config);
    return done > before ? done - before : 0;
}

/// Finished work in products of one value with one input channel, those of a half summed job included.
uint64_t products_done(const JobOrder& order, const TileConfig& config, uint32_t done, uint32_t channels_done) {
    if (config.order == LoopOrder::sums_move) {
        return uint64_t{done} * config.tile_in;
    }
    const uint64_t partial = channels_done != 0 ? uint64_t{order.job_at(done).values()} * channels_done : 0;
    return uint64_t{done} * order.shape().group_in() + partial;
}

}  // namespace

const char* text_of(Status status) {
    switch (status) {
        case Status::ok: return "ok";
        case Status::no_image: return "NVM holds no image of this version, or its header is damaged";
        case Status::bad_image: return "the image in NVM is damaged: a stage or configuration is out of range";
        case Status::not_formatted: return "NVM is not formatted";
        case Status::arena_too_small: return "the image needs more SRAM than there is";
        case Status::wrong_phase: return "the operation does not fit the state of the inference";
        case Status::wrong_size: return "the number of values is not that of the tensor";
    }
    return "unknown status";
}

Engine::Engine(Nvm& nvm, Power& power, Trace& trace, std::span<std::byte> arena, PolicyKind policy)
    : meter_(nvm, power, trace), trace_(&trace), sram_(arena), policy_(policy) {}

uint32_t Engine::sram_bytes_of(const ImageHeader& header) {
    return header.arena_bytes + header.max_state_runs * static_cast<uint32_t>(sizeof(StateRun)) +
           header.max_candidates * static_cast<uint32_t>(sizeof(Candidate));
}

void Engine::emit(EventKind kind, uint64_t value) {
    trace_->event({kind, record_.stage, record_.inference, value, record_.config});
}

void Engine::commit() {
    meter_.set_class(TrafficClass::control);
    record_.spent = saturate(meter_.spent());
    records_->commit(record_);
}

Status Engine::boot() {
    meter_.set_class(TrafficClass::recovery);
    meter_.read(0, std::as_writable_bytes(std::span<ImageHeader, 1>(&header_, 1)));
    if (validate_header(header_) != ImageFault::none) {
        return Status::no_image;
    }
    if (sram_.size() < sram_bytes_of(header_)) {
        return Status::arena_too_small;
    }
    meter_.set_model(header_.cost_model);
    records_.emplace(meter_, header_.records_offset);
    if (!records_->load(record_)) {
        return Status::not_formatted;
    }
    emit(EventKind::boot);
    return record_.phase == Phase::idle ? Status::ok : recover();
}

Status Engine::format() {
    if (!records_) {
        return Status::no_image;
    }
    meter_.set_class(TrafficClass::control);
    records_->erase();
    const std::span<std::byte> zeros = sram_.first(256);
    std::memset(zeros.data(), 0, zeros.size());
    for (uint32_t done = 0; done < header_.tensors_bytes;) {
        const uint32_t bytes = min_u32(header_.tensors_bytes - done, static_cast<uint32_t>(zeros.size()));
        meter_.write(header_.tensors_offset + done, zeros.first(bytes));
        done += bytes;
    }
    record_ = Record{};
    commit();
    return Status::ok;
}

Status Engine::load_input(std::span<const int16_t> values) {
    if (record_.phase != Phase::idle) {
        return Status::wrong_phase;
    }
    if (values.size() != header_.input_values) {
        return Status::wrong_size;
    }
    const uint32_t channels = header_.input.channels;
    const uint32_t pixels = header_.input_values / channels;
    ValueStore store(meter_, header_.input, header_.input_states,
                     {reinterpret_cast<StateRun*>(sram_.data()), header_.max_state_runs});
    if (!store.open(record_.inference & 1U, pixels)) {
        return Status::bad_image;
    }
    const std::span<std::byte> buffer = sram_.subspan(header_.max_state_runs * sizeof(StateRun), header_.arena_bytes);
    int16_t* words = reinterpret_cast<int16_t*>(buffer.data());
    const uint32_t piece = static_cast<uint32_t>(buffer.size()) / (2 * channels);
    if (piece == 0) {
        return Status::arena_too_small;
    }
    for (uint32_t pixel = 0; pixel < pixels; pixel += piece) {
        const Job job{{pixel, min_u32(pixel + piece, pixels)}, {0, channels}};
        std::memcpy(words, values.data() + pixel * channels, size_t{job.values()} * 2);
        store.write(job, {words, job.values()});
    }
    return Status::ok;
}

Status Engine::start() {
    if (record_.phase != Phase::idle) {
        return Status::wrong_phase;
    }
    record_.phase = Phase::running;
    record_.has_output = 0;
    record_.cycle = CycleState::not_begun;
    record_.stage = 0;
    return begin_stage();
}

Status Engine::abandon() {
    if (record_.phase != Phase::running) {
        return Status::wrong_phase;
    }
    // Only written values count from here on: what is left is filled in one pass.
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    record_.done = values_written(order, record_.config, record_.done);
    record_.phase = Phase::abandoning;
    commit();
    return Status::ok;
}

Status Engine::read_output(std::span<int16_t> values) {
    if (record_.phase != Phase::idle || record_.has_output == 0) {
        return Status::wrong_phase;
    }
    if (values.size() != header_.output_values) {
        return Status::wrong_size;
    }
    meter_.set_class(TrafficClass::control);
    const uint32_t channels = header_.output.channels;
    for (uint32_t begin = 0; begin < values.size(); begin += channels) {
        const uint32_t pixel = begin / channels;
        meter_.read(header_.output.offset + 2 * pixel * header_.output.pixel_stride,
                    std::as_writable_bytes(values.subspan(begin, channels)));
    }
    for (int16_t& value : values) {
        // Twice the value without its state, and back with the sign.
        value = static_cast<int16_t>(static_cast<int16_t>(static_cast<uint16_t>(value) << 1U) >> 1);
    }
    return Status::ok;
}

Status Engine::run() {
    while (record_.phase != Phase::idle) {
        Status status = run_region();
        if (status == Status::ok) {
            status = finish_region();
        }
        if (status != Status::ok) {
            return status;
        }
    }
    return Status::ok;
}

Status Engine::open_stage() {
    if (record_.stage >= header_.stage_count) {
        return Status::bad_image;
    }
    const uint32_t offset = header_.stages_offset + record_.stage * static_cast<uint32_t>(sizeof(StageDescriptor));
    meter_.read(offset, std::as_writable_bytes(std::span<StageDescriptor, 1>(&stage_, 1)));
    if (validate_stage(header_, stage_) != ImageFault::none) {
        return Status::bad_image;
    }
    const size_t runs_bytes = header_.max_state_runs * sizeof(StateRun);
    values_.emplace(meter_, stage_.output, stage_.states,
                    std::span<StateRun>(reinterpret_cast<StateRun*>(sram_.data()), header_.max_state_runs));
    if (!values_->open(record_.inference & 1U, uint32_t{stage_.out_h} * stage_.out_w)) {
        return Status::bad_image;
    }
    runner_.emplace(meter_, header_, sram_.subspan(runs_bytes, header_.arena_bytes), stage_, record_.stage,
                    record_.inference);
    return Status::ok;
}

/// The stage as policies see it; the table lies behind the buffers and is fetched as far as it is needed.
StageView Engine::stage_view(uint32_t row_count) {
    const size_t table_offset = header_.max_state_runs * sizeof(StateRun) + header_.arena_bytes;
    const std::span<Candidate> table(reinterpret_cast<Candidate*>(sram_.data() + table_offset),
                                     min_u32(row_count, stage_.candidate_count));
    meter_.read(stage_.candidates_offset, std::as_writable_bytes(table));
    return {runner_->shape(), table, header_.cost_model, header_.arena_bytes, stage_.importance};
}

Candidate Engine::choose_now() {
    const Supply supply{record_.cycle_cost, record_.need_limit};
    const bool first_rows_will_do = supply.need_limit == 0 && (policy_ == PolicyKind::fixed || supply.cycle_cost == 0);
    return choose(policy_, stage_view(first_rows_will_do ? 2 : stage_.candidate_count), supply);
}

void Engine::take(const Candidate& candidate) {
    record_.config = candidate.config;
    record_.reuse = candidate.reuse;
    record_.refetch = candidate.refetch;
    record_.need = candidate.need;
    record_.chosen_for = record_.cycle_cost;
}

void Engine::begin_region() {
    record_.done = 0;
    record_.channels_done = 0;
    ++record_.epoch;
}

Status Engine::begin_stage() {
    meter_.set_class(TrafficClass::control);
    const Status status = open_stage();
    if (status != Status::ok) {
        return status;
    }
    if (record_.cycle_cost != 0 || policy_ == PolicyKind::fixed) {
        record_.need_limit = 0;  // a limit holds for one stage, unless it is all that is known
    }
    take(choose_now());
    record_.region_count = 1;
    record_.regions[0] = whole_region(runner_->shape());
    begin_region();
    commit();
    emit(EventKind::stage_begin);
    return runner_->configure(record_.config) ? Status::ok : Status::bad_image;
}

Status Engine::run_region() {
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    const bool filling = record_.phase == Phase::abandoning;
    const bool sums_move = record_.config.order == LoopOrder::sums_move && !filling;
    const uint32_t end = order.values() + (filling ? 0 : stored_passes(order, record_.config));
    while (record_.done < end) {
        const Job job = order.job_at(record_.done % order.values());
        const uint32_t done = record_.done + job.values();
        if (filling) {
            runner_->fill(job, *values_);
        } else if (sums_move) {
            runner_->run_pass(order, job, record_.done / order.values(), record_.epoch, done, *values_);
        } else {
            runner_->run(order, job, *values_);
        }
        record_.done = done;
    }
    return Status::ok;
}

Status Engine::finish_region() {
    record_.cycle = CycleState::progressed;
    if (record_.region_count > 1) {
        for (uint32_t i = 1; i < record_.region_count; ++i) {
            record_.regions[i - 1] = record_.regions[i];
        }
        --record_.region_count;
        begin_region();
        if (!regions_nearly_full(record_.region_count)) {
            meter_.set_class(TrafficClass::control);
            take(choose_now());
        }
        commit();
        return runner_->configure(record_.config) ? Status::ok : Status::bad_image;
    }
    emit(EventKind::stage_end);
    ++record_.stage;
    if (record_.stage < header_.stage_count) {
        return begin_stage();
    }
    finish_inference();
    return Status::ok;
}

void Engine::finish_inference() {
    record_.has_output = record_.phase == Phase::running ? 1 : 0;
    record_.phase = Phase::idle;
    record_.stage = 0;
    record_.region_count = 0;
    record_.done = 0;
    ++record_.inference;
    commit();
    emit(EventKind::inference_end);
}

Status Engine::recover() {
    meter_.set_class(TrafficClass::recovery);
    const Status status = open_stage();
    if (status != Status::ok) {
        return status;
    }
    const Region& region = record_.regions[0];
    const LoopShape& shape = runner_->shape();
    if (record_.region_count == 0 || region.pixel_begin >= region.pixel_end || region.pixel_end > shape.pixels() ||
        region.channel_begin >= region.channel_end || region.channel_end > shape.channels_out ||
        !runner_->configure(record_.config)) {
        return Status::bad_image;
    }
    const JobOrder order(shape, record_.config, region);
    const uint32_t done = find_progress(order);
    const bool running = record_.phase == Phase::running;
    const uint32_t channels_done = running && done < order.values() ? runner_->resume(order.job_at(done)) : 0;
    const bool progress = note_progress(order, done, channels_done);
    meter_.set_class(TrafficClass::control);
    const TileConfig before = record_.config;
    reconsider(progress);
    if (!(record_.config == before)) {
        if (!runner_->configure(record_.config)) {
            return Status::bad_image;
        }
        const JobOrder next(shape, record_.config, record_.regions[0]);
        const bool inside = running && record_.done < next.values();
        record_.channels_done = inside ? static_cast<uint16_t>(runner_->resume(next.job_at(record_.done))) : uint16_t{0};
    }
    record_.cycle = CycleState::begun;
    commit();
    emit(EventKind::resumed, record_.done);
    return Status::ok;
}

/// Record::done as it really is, from footprints and from the states of the values.
uint32_t Engine::find_progress(const JobOrder& order) {
    if (record_.phase == Phase::abandoning || record_.config.order != LoopOrder::sums_move) {
        return values_->count_finished(order, record_.done);
    }
    const uint32_t stored = stored_passes(order, record_.config);
    const uint32_t noted = max_u32(record_.done, runner_->stored_progress(record_.epoch));
    return noted < stored ? noted : stored + values_->count_finished(order, noted - stored);
}

/// What the power cycle that has ended says about the supply; returns whether it made progress.
bool Engine::note_progress(const JobOrder& order, uint32_t done, uint32_t channels_done) {
    const bool progress =
        done > record_.done || channels_done > record_.channels_done || record_.cycle != CycleState::begun;
    if (record_.cycle != CycleState::not_begun && record_.phase == Phase::running) {
        CycleReport report;
        report.spent = record_.spent;
        const uint64_t before = products_done(order, record_.config, record_.done, record_.channels_done);
        const uint64_t products = uint64_t{runner_->shape().values()} * runner_->shape().group_in();
        report.finished = record_.reuse * (products_done(order, record_.config, done, channels_done) - before) / products;
        report.refetch = record_.refetch;
        report.need = record_.need;
        report.progress = progress;
        const Supply supply = learn({record_.cycle_cost, record_.need_limit}, report);
        record_.cycle_cost = saturate(supply.cycle_cost);
        record_.need_limit = saturate(supply.need_limit);
    }
    record_.done = done;
    record_.channels_done = static_cast<uint16_t>(channels_done);
    return progress;
}

/// Changes the configuration inside a stage: when a cycle made no progress, or when policy `best` sees a gain of
/// more than an eighth.
void Engine::reconsider(bool progress) {
    const Candidate current{record_.config, record_.reuse, record_.refetch, record_.need};
    const uint32_t estimate = record_.cycle_cost;
    const uint32_t moved = estimate > record_.chosen_for ? estimate - record_.chosen_for : record_.chosen_for - estimate;
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    const bool sums_stored = record_.done > 0 && values_written(order, record_.config, record_.done) == 0;
    if (record_.phase != Phase::running || (progress && sums_stored)) {
        return;  // stored sums would be lost
    }
    if (progress && (policy_ != PolicyKind::best || estimate == 0 || moved <= record_.chosen_for / 8)) {
        return;  // looking the table up costs NVM reads
    }
    const Candidate next = choose_now();
    record_.chosen_for = estimate;
    if (next.config == current.config) {
        return;
    }
    const CostModel& model = header_.cost_model;
    if (progress) {
        const uint64_t now = expected_cost(current, model, record_.cycle_cost);
        const uint64_t then = expected_cost(next, model, record_.cycle_cost);
        if (then == std::numeric_limits<uint64_t>::max() || then + then / 8 >= now ||
            regions_nearly_full(record_.region_count + 3)) {
            return;
        }
    }
    if (!split_regions(next.config)) {
        return;
    }
    take(next);
    if (!same_order(current.config, next.config) && regions_nearly_full(record_.region_count)) {
        const StageView view = stage_view(stage_.candidate_count);
        const Candidate* least = &view.candidates[0];
        for (const Candidate& candidate : view.candidates) {
            least = candidate.need < least->need ? &candidate : least;
        }
        take(*least);
    }
    emit(progress ? EventKind::reconfigured : EventKind::shrunk);
}

/// Cuts what is left of the first region so that another order of jobs can go on; false if there is no room.
bool Engine::split_regions(const TileConfig& next) {
    if (same_order(record_.config, next)) {
        return true;
    }
    const JobOrder order(runner_->shape(), record_.config, record_.regions[0]);
    const uint32_t written = values_written(order, record_.config, record_.done);
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
