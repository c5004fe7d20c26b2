#include "engine/stage_runner.hpp"

#include <cstring>

#include "kernel/mac.hpp"

namespace dynbal {

StageRunner::StageRunner(Meter& meter, const ImageHeader& header, std::span<std::byte> arena,
                         const StageDescriptor& stage, uint16_t stage_index, uint32_t inference)
    : meter_(&meter),
      stage_(stage),
      shape_(shape_of(stage, header.sums_area_bytes)),
      operation_(operation_of(stage.op)),
      checkpoints_(meter, header),
      footprints_(meter, header),
      arena_(arena),
      stage_index_(stage_index),
      inference_(inference) {}

bool StageRunner::configure(const TileConfig& config, const Region& region) {
    const auto arena_bytes = static_cast<uint32_t>(arena_.size());
    if (!is_valid(shape_, config, arena_bytes)) {
        return false;
    }
    schedule_.emplace(shape_, config, arena_bytes, region);
    divide_arena();
    return true;
}

void StageRunner::divide_arena() {
    const BufferPlan& plan = schedule_->buffers();
    std::byte* next = arena_.data();
    const auto take = [&next](uint32_t bytes) {
        std::byte* begin = next;
        next += bytes;
        return begin;
    };
    headers_ = reinterpret_cast<ChannelHeader*>(take(plan.header_bytes));
    weights_ = take(plan.weight_bytes);
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        windows_[operand] = reinterpret_cast<int16_t*>(take(plan.window_bytes));
    }
    patch_ = reinterpret_cast<int16_t*>(take(plan.patch_bytes));
    sums_ = {reinterpret_cast<int32_t*>(take(plan.sum_bytes)), plan.sum_bytes / 4};
    out_ = reinterpret_cast<int16_t*>(take(plan.out_bytes));
}

CheckpointKey StageRunner::key_of(const Job& job, uint32_t channels_done) const {
    CheckpointKey key;
    key.inference = inference_;
    key.stage = stage_index_;
    key.channels_done = static_cast<uint16_t>(channels_done);
    key.pixel_begin = job.pixels.begin;
    key.pixel_count = static_cast<uint16_t>(job.pixels.size());
    key.channel_begin = static_cast<uint16_t>(job.channels.begin);
    key.channel_count = static_cast<uint16_t>(job.channels.size());
    return key;
}

uint32_t StageRunner::resume(uint32_t done) {
    if (!has_passes_in_job(shape_, schedule_->config())) {
        return 0;
    }
    const Job job = schedule_->order().job_at(done);
    return checkpoints_.find(key_of(job, 0), positions_of(shape_, job.pixels).count() * job.channels.size());
}

uint32_t StageRunner::fill(uint32_t done, ValueStore& values) {
    const Job job = schedule_->order().job_at(done);
    std::memset(out_, 0, size_t{job.values()} * sizeof(int16_t));
    values.write(job, {out_, job.values()});
    return job.values();
}

Progress StageRunner::perform_next(const Progress& at, uint32_t epoch, ValueStore& values) {
    const JobPlan plan = schedule_->next(at);
    const std::span<int32_t> sums =
        operation_->accumulate == nullptr
            ? std::span<int32_t>()
            : sums_.first(positions_of(shape_, plan.job.pixels).count() * plan.job.channels.size());
    if (!load_sums(plan, sums)) {
        schedule_->forget();  // a damaged checkpoint: the job begins again
        return {at.done, 0};
    }
    fetch(plan);
    if (plan.sums_from == SumsFrom::area) {
        meter_->set_class(TrafficClass::checkpoints);
        const uint32_t index = schedule_->order().index_of({plan.job.pixels.begin, plan.job.channels.begin});
        meter_->read(footprints_.sum_offset(plan.pass - 1, index), std::as_writable_bytes(sums));
    }
    compute(plan);
    store(plan, sums, epoch, values);
    return plan.after;
}

bool StageRunner::load_sums(const JobPlan& plan, std::span<int32_t> sums) {
    if (plan.sums_from == SumsFrom::checkpoint) {
        return checkpoints_.restore(sums_, static_cast<uint32_t>(sums.size()));
    }
    if (plan.sums_from == SumsFrom::zero && !sums.empty()) {
        std::memset(sums.data(), 0, sums.size_bytes());
    }
    return true;
}

void StageRunner::fetch(const JobPlan& plan) {
    if (plan.fetches_headers) {
        fetch_headers(plan.block);
    }
    if (plan.fetches_weights) {
        fetch_weights(plan.block, plan.channels_in);
    }
    if (plan.window.read.empty()) {
        return;
    }
    make_room(plan);
    meter_->set_class(TrafficClass::inputs);
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        fetch_box(plan.window.read, operand);
    }
}

JobContext StageRunner::context_of(const JobPlan& plan) {
    JobContext ctx;
    ctx.stage = &stage_;
    ctx.shape = &shape_;
    ctx.job = plan.job;
    ctx.positions = positions_of(shape_, plan.job.pixels);
    ctx.channels_in = plan.channels_in;
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        ctx.windows[operand] = {windows_[operand], schedule_->held(), row_pitch()};
    }
    const uint32_t skip = plan.job.channels.begin - plan.block.begin;
    ctx.headers = headers_ + skip;
    ctx.weights = weights_ + skip * weight_row_bytes_;
    ctx.weight_row_bytes = weight_row_bytes_;
    ctx.patch = patch_;
    ctx.sums = sums_.data();
    ctx.out = out_;
    return ctx;
}

void StageRunner::compute(const JobPlan& plan) {
    const JobContext ctx = context_of(plan);
    const uint32_t channels_each = min_u32(plan.channels_in.size(), shape_.group_in());
    if (!meter_->compute(macs_of(shape_, plan.job, channels_each))) {
        std::memset(ctx.out, 0, size_t{plan.job.values()} * sizeof(int16_t));
        return;
    }
    if (operation_->accumulate != nullptr) {
        operation_->accumulate(ctx);
    }
    if (plan.sums_to == SumsTo::values) {
        operation_->finish(ctx);
    }
}

void StageRunner::store(const JobPlan& plan, std::span<int32_t> sums, uint32_t epoch, ValueStore& values) {
    switch (plan.sums_to) {
        case SumsTo::values: values.write(plan.job, {out_, plan.job.values()}); return;
        case SumsTo::checkpoint:
            checkpoints_.save(key_of(plan.job, plan.after.channels_done), sums_, static_cast<uint32_t>(sums.size()));
            return;
        case SumsTo::area: {
            const uint32_t index = schedule_->order().index_of({plan.job.pixels.begin, plan.job.channels.begin});
            meter_->set_class(TrafficClass::checkpoints);
            meter_->write(footprints_.sum_offset(plan.pass, index), std::as_bytes(sums));
            footprints_.save(epoch, plan.after.done);
            return;
        }
    }
}

void StageRunner::fetch_headers(const Range& channels) {
    meter_->set_class(TrafficClass::weights);
    meter_->read(stage_.headers_offset + channels.begin * static_cast<uint32_t>(sizeof(ChannelHeader)),
                 std::as_writable_bytes(std::span(headers_, channels.size())));
}

/// Whole rows of weights are one transfer; of a slice of the input channels each tap is one.
void StageRunner::fetch_weights(const Range& channels, const Range& slice) {
    meter_->set_class(TrafficClass::weights);
    const uint32_t stored_row_bytes = shape_.weight_row_bytes();
    if (slice.size() >= shape_.group_in()) {
        weight_row_bytes_ = stored_row_bytes;
        meter_->read(stage_.weights_offset + channels.begin * stored_row_bytes,
                     {weights_, size_t{channels.size()} * stored_row_bytes});
        return;
    }
    const uint32_t slice_bytes = slice.size() * shape_.weight_bytes;
    weight_row_bytes_ = align4(shape_.taps() * slice_bytes);
    for (uint32_t channel = 0; channel < channels.size(); ++channel) {
        for (uint32_t tap = 0; tap < shape_.taps(); ++tap) {
            const uint32_t source = stage_.weights_offset + (channels.begin + channel) * stored_row_bytes +
                                    (tap * shape_.channels_in + slice.begin) * shape_.weight_bytes;
            meter_->read(source, {weights_ + channel * weight_row_bytes_ + tap * slice_bytes, slice_bytes});
        }
    }
}

void StageRunner::make_room(const JobPlan& plan) {
    const Box& before = plan.held;
    const InputWindow::Step& step = plan.window;
    const size_t channels = before.channels.size();
    const size_t pitch = row_pitch();
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        if (step.drop_rows != 0) {
            const size_t kept = (before.rows.size() - step.drop_rows) * pitch;
            std::memmove(windows_[operand], windows_[operand] + step.drop_rows * pitch, kept * sizeof(int16_t));
        }
        if (step.insert_rows != 0) {
            std::memmove(windows_[operand] + step.insert_rows * pitch, windows_[operand],
                         before.rows.size() * pitch * sizeof(int16_t));
        }
        if (step.insert_cols != 0) {
            for (uint32_t row = 0; row < before.rows.size(); ++row) {
                int16_t* words = windows_[operand] + row * pitch;
                std::memmove(words + step.insert_cols * channels, words,
                             before.cols.size() * channels * sizeof(int16_t));
            }
        }
        if (step.drop_cols != 0) {
            const size_t kept = (before.cols.size() - step.drop_cols) * channels;
            for (uint32_t row = 0; row < before.rows.size(); ++row) {
                int16_t* words = windows_[operand] + row * pitch;
                std::memmove(words, words + step.drop_cols * channels, kept * sizeof(int16_t));
            }
        }
    }
}

/// Fewest transfers: all rows at once where they follow each other in NVM and in SRAM (as accesses_of() counts).
void StageRunner::fetch_box(const Box& box, uint32_t operand) {
    const bool whole_pixels = shape_.input_packed && box.channels.size() == shape_.channels_in;
    const bool whole_rows = box.cols.size() == shape_.in_w && schedule_->buffers().window_cols == shape_.in_w;
    if (whole_pixels && whole_rows) {
        fetch_words(operand, box.rows.begin, 0, 0, box.values());
        return;
    }
    for (uint32_t row = box.rows.begin; row < box.rows.end; ++row) {
        if (whole_pixels) {
            fetch_words(operand, row, box.cols.begin, 0, box.cols.size() * shape_.channels_in);
            continue;
        }
        for (uint32_t col = box.cols.begin; col < box.cols.end; ++col) {
            fetch_words(operand, row, col, box.channels.begin, box.channels.size());
        }
    }
}

void StageRunner::fetch_words(uint32_t operand, uint32_t row, uint32_t col, uint32_t channel, uint32_t count) {
    const TensorPlace& place = stage_.inputs[operand];
    int16_t* target = window_word(operand, row, col);
    const uint32_t source = place.offset + 2 * ((row * shape_.in_w + col) * place.pixel_stride + channel);
    meter_->read(source, std::as_writable_bytes(std::span(target, count)));
    kernel::strip_state(target, count);
}

int16_t* StageRunner::window_word(uint32_t operand, uint32_t row, uint32_t col) {
    const Box& held = schedule_->held();
    return windows_[operand] + (row - held.rows.begin) * row_pitch() + (col - held.cols.begin) * held.channels.size();
}

}  // namespace dynbal
