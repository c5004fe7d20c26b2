#include "engine/engine.hpp"

#include <cstring>

#include "nvm/fitness.hpp"
#include "platform/assertion.hpp"

namespace dynbal {

const char* text_of(Status status) {
    switch (status) {
        case Status::ok: return "ok";
        case Status::no_image:
            return "NVM holds no image of this version and of a method that this program knows, or its header is "
                   "damaged";
        case Status::bad_image: return "the image in NVM is damaged: a stage or configuration is out of range";
        case Status::not_formatted: return "NVM is not formatted";
        case Status::arena_too_small: return "the image needs more SRAM than there is";
        case Status::wrong_phase: return "the operation does not fit the state of the inference";
        case Status::wrong_size: return "the number of values is not that of the tensor";
        case Status::no_input: return "the input of this inference was not loaded, or not to its end";
        case Status::unfit_nvm: return "progress cannot be kept on NVM of this class";
    }
    return "unknown status";
}

Engine::Engine(Nvm& nvm, Power& power, Trace& trace, std::span<std::byte> arena, PolicyKind policy)
    : meter_(nvm, power, trace),
      records_nvm_(meter_, TrafficClass::recovery, TrafficClass::control),
      regions_nvm_(meter_, TrafficClass::control, TrafficClass::control),
      trace_(&trace),
      sram_(arena),
      policy_(policy) {}

uint32_t Engine::sram_bytes_of(const ImageHeader& header) {
    return header.arena_bytes + header.max_state_runs * static_cast<uint32_t>(sizeof(StateRun));
}

void Engine::emit(EventKind kind, uint64_t value) {
    trace_->event({kind, record_.stage, record_.inference, value, record_.config()});
}

void Engine::commit() {
    DYNBAL_ASSERT(record_.stage < header_.stage_count);
    DYNBAL_ASSERT(record_.phase == Phase::idle || record_.region.channel_end <= stage_.channels_out);
    const uint64_t spent = meter_.spent() + cost_of(header_.cost_model, {0, sizeof(Record), 1, 0, 0});
    record_.spent = static_cast<uint32_t>(min_u64(spent, UINT32_MAX));
    records_->commit(record_);
}

Status Engine::boot() {
    meter_.read(TrafficClass::recovery, 0, std::as_writable_bytes(std::span<ImageHeader, 1>(&header_, 1)));
    if (validate_header(header_) != ImageFault::none) {
        return Status::no_image;
    }
    if (unfit_for_states(meter_.nvm_class()) != Unfit::no) {
        return Status::unfit_nvm;
    }
    if (sram_.size() < sram_bytes_of(header_)) {
        return Status::arena_too_small;
    }
    meter_.set_model(header_.cost_model);
    records_.emplace(records_nvm_, header_);
    regions_.emplace(regions_nvm_, header_);
    if (!records_->load(record_)) {
        record_ = Record{};
    }
    if (!is_formatted()) {
        return Status::not_formatted;
    }
    emit(EventKind::boot);
    if (record_.phase == Phase::idle) {
        return Status::ok;
    }
    const Status status = recover();
    ready_ = status == Status::ok;
    return status;
}

Status Engine::abandon() {
    if (record_.phase != Phase::running || !ready_) {
        return Status::wrong_phase;
    }
    // Only written values count from here on, as another number: what is left is filled in one pass.
    record_.set_progress({runner_->schedule().order().values_written(record_.done), 0});
    ++record_.epoch;
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
    const uint32_t channels = header_.output.channels;
    for (uint32_t begin = 0; begin < values.size(); begin += channels) {
        const uint32_t pixel = begin / channels;
        meter_.read(TrafficClass::control, header_.output.offset + 2 * pixel * header_.output.pixel_stride,
                    std::as_writable_bytes(values.subspan(begin, channels)));
    }
    for (int16_t& value : values) {
        // Twice the value without its state, and back with the sign.
        value = static_cast<int16_t>(static_cast<int16_t>(static_cast<uint16_t>(value) << 1U) >> 1);
    }
    return Status::ok;
}

Status Engine::run() {
    Status status = Status::ok;
    do {
        status = step();
    } while (status == Status::ok && record_.phase != Phase::idle);
    return status;
}

Status Engine::step() {
    if (record_.phase == Phase::idle) {
        return Status::ok;
    }
    if (!ready_) {
        return Status::wrong_phase;
    }
    const Schedule& schedule = runner_->schedule();
    const bool running = record_.phase == Phase::running;
    if (record_.done >= (running ? schedule.end() : schedule.order().values())) {
        return finish_region();
    }
    if (running) {
        record_.set_progress(runner_->perform_next(record_.progress(), record_.epoch));
    } else {
        record_.done += runner_->fill(record_.done, record_.epoch);
    }
    return Status::ok;
}

Status Engine::open_stage(TrafficClass why) {
    if (record_.stage >= header_.stage_count) {
        return Status::bad_image;
    }
    const uint32_t offset = header_.stages_offset + record_.stage * static_cast<uint32_t>(sizeof(StageDescriptor));
    meter_.read(why, offset, std::as_writable_bytes(std::span<StageDescriptor, 1>(&stage_, 1)));
    if (validate_stage(header_, stage_) != ImageFault::none) {
        return Status::bad_image;
    }
    const size_t runs_bytes = header_.max_state_runs * sizeof(StateRun);
    preserver_.emplace(meter_, header_, stage_, StageRef{record_.stage, record_.inference},
                       std::span<StateRun>(reinterpret_cast<StateRun*>(sram_.data()), header_.max_state_runs));
    if (!preserver_->open(uint32_t{stage_.out_h} * stage_.out_w, why)) {
        return Status::bad_image;
    }
    runner_.emplace(meter_, header_, sram_.subspan(runs_bytes, header_.arena_bytes), stage_, *preserver_);
    return Status::ok;
}

void Engine::begin_region() {
    record_.done = 0;
    record_.channels_done = 0;
    ++record_.epoch;
}

Status Engine::begin_stage() {
    const Status status = open_stage(TrafficClass::control);
    if (status != Status::ok) {
        return status;
    }
    take(choose_for_stage());
    record_.sums_dropped = 0;
    record_.waiting = 0;
    record_.waiting_values = 0;
    record_.region = whole_region(runner_->shape());
    begin_region();
    commit();
    emit(EventKind::stage_begin);
    return runner_->configure(record_.config(), record_.region) ? Status::ok : Status::bad_image;
}

Status Engine::finish_region() {
    const bool started = record_.cycle == CycleState::not_begun || record_.cycle == CycleState::started;
    record_.cycle = started ? CycleState::started : CycleState::progressed;
    if (record_.waiting != 0) {
        regions_->pop(record_);
        begin_region();
        const uint64_t energy = likely_energy(record_.supply());
        const bool other_supply = follows_supply(policy_) && energy != never && !running_choice().covers(energy);
        if (other_supply && record_.phase == Phase::running && !regions_nearly_full(record_.waiting)) {
            take(choose_for_stage());
        }
        commit();
        return runner_->configure(record_.config(), record_.region) ? Status::ok : Status::bad_image;
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
    record_.region = {};
    record_.done = 0;
    ++record_.inference;
    commit();
    emit(EventKind::inference_end);
}

Status Engine::recover() {
    const Status status = open_stage(TrafficClass::recovery);
    if (status != Status::ok) {
        return status;
    }
    const Region& region = record_.region;
    const LoopShape& shape = runner_->shape();
    if (record_.waiting > waiting_regions_max || region.pixel_begin >= region.pixel_end ||
        region.pixel_end > shape.pixels() || region.channel_begin >= region.channel_end ||
        region.channel_end > shape.channels_out || !runner_->configure(record_.config(), record_.region)) {
        return Status::bad_image;
    }
    const bool progress = note_progress(
        preserver_->find(runner_->schedule(), record_.epoch, record_.done, record_.phase == Phase::running));
    record_.cycle = CycleState::begun;
    const bool change = wants_change(progress);
    record_.look = change ? Look::follows : Look::none;
    if (!change || !has_given_up()) {
        commit();  // else nothing was found, and the row of least need is all that is looked at
    }
    if (change) {
        const Status changed = reconsider(progress);
        if (changed != Status::ok) {
            return changed;
        }
    }
    DYNBAL_ASSERT(record_.done <= runner_->schedule().end());
    DYNBAL_ASSERT(record_.region.values() != 0 && record_.region.pixel_end <= runner_->shape().pixels());
    emit(EventKind::resumed, record_.done);
    return Status::ok;
}

/// Looks for another configuration for the rest of the stage. NVM already holds all that this boot has found.
Status Engine::reconsider(bool progress) {
    const bool changed = change_config(progress);
    record_.look = Look::done;
    if (!changed) {
        commit();
        return Status::ok;
    }
    if (!runner_->configure(record_.config(), record_.region)) {
        return Status::bad_image;
    }
    record_.channels_done = static_cast<uint16_t>(preserver_->find_sums(runner_->schedule(), record_.done));
    commit();
    return Status::ok;
}

}  // namespace dynbal
