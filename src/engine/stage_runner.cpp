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

bool StageRunner::configure(const TileConfig& config) {
    if (!is_valid(shape_, config, static_cast<uint32_t>(arena_.size()))) {
        return false;
    }
    config_ = config;
    plan_ = plan_buffers(shape_, config, static_cast<uint32_t>(arena_.size()));
    window_ = InputWindow(plan_);
    block_ = {};
    slice_ = {};
    resumed_channels_ = 0;
    divide_arena();
    return true;
}

void StageRunner::divide_arena() {
    std::byte* next = arena_.data();
    const auto take = [&next](uint32_t bytes) {
        std::byte* begin = next;
        next += bytes;
        return begin;
    };
    headers_ = reinterpret_cast<ChannelHeader*>(take(plan_.header_bytes));
    weights_ = take(plan_.weight_bytes);
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        windows_[operand] = reinterpret_cast<int16_t*>(take(plan_.window_bytes));
    }
    patch_ = reinterpret_cast<int16_t*>(take(plan_.patch_bytes));
    sums_ = {reinterpret_cast<int32_t*>(take(plan_.sum_bytes)), plan_.sum_bytes / 4};
    out_ = reinterpret_cast<int16_t*>(take(plan_.out_bytes));
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

uint32_t StageRunner::resume(const Job& job) {
    resumed_channels_ = 0;
    if (has_passes_in_job(shape_, config_)) {
        const uint32_t sum_count = positions_of(shape_, job.pixels).count() * job.channels.size();
        resumed_channels_ = checkpoints_.find(key_of(job, 0), sum_count);
    }
    return resumed_channels_;
}

void StageRunner::run(const JobOrder& order, const Job& job, ValueStore& values) {
    if (has_passes_in_job(shape_, config_)) {
        run_in_passes(job);
    } else {
        run_at_once(order, job);
    }
    values.write(job, {out_, job.values()});
}

void StageRunner::fill(const Job& job, ValueStore& values) {
    std::memset(out_, 0, size_t{job.values()} * sizeof(int16_t));
    values.write(job, {out_, job.values()});
}

JobContext StageRunner::context_of(const Job& job, const Range& channels_in) {
    JobContext ctx;
    ctx.stage = &stage_;
    ctx.shape = &shape_;
    ctx.job = job;
    ctx.positions = positions_of(shape_, job.pixels);
    ctx.channels_in = channels_in;
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        ctx.windows[operand] = {windows_[operand], window_.held(), row_pitch()};
    }
    const uint32_t skip = job.channels.begin - block_.begin;
    ctx.headers = headers_ + skip;
    ctx.weights = weights_ + skip * weight_row_bytes_;
    ctx.weight_row_bytes = weight_row_bytes_;
    ctx.patch = patch_;
    ctx.sums = sums_.data();
    ctx.out = out_;
    return ctx;
}

void StageRunner::run_at_once(const JobOrder& order, const Job& job) {
    const Range block = order.channel_block(job.channels.begin);
    fetch_block(block);
    const Range tile = intersect(tile_of(shape_, config_, job.pixels.begin), order.region().pixels());
    const Range channels_in = input_channels(shape_, block);
    fetch_window(tile, channels_in);
    const JobContext ctx = context_of(job, channels_in);
    if (operation_->accumulate != nullptr) {
        std::memset(ctx.sums, 0, size_t{ctx.positions.count()} * job.channels.size() * sizeof(int32_t));
    }
    compute(ctx, shape_.group_in(), true);
}

/// `channels_each`: input channels that are multiplied for each value; `last`: the sums are complete with them.
void StageRunner::compute(const JobContext& ctx, uint32_t channels_each, bool last) {
    if (!meter_->compute(macs_of(shape_, ctx.job, channels_each))) {
        std::memset(ctx.out, 0, size_t{ctx.job.values()} * sizeof(int16_t));
        return;
    }
    if (operation_->accumulate != nullptr) {
        operation_->accumulate(ctx);
    }
    if (last) {
        operation_->finish(ctx);
    }
}

void StageRunner::run_in_passes(const Job& job) {
    const uint32_t sum_count = positions_of(shape_, job.pixels).count() * job.channels.size();
    uint32_t channel = resumed_channels_;
    resumed_channels_ = 0;
    if (channel != 0 && !checkpoints_.restore(sums_, sum_count)) {
        channel = 0;
    }
    if (channel == 0) {
        std::memset(sums_.data(), 0, size_t{sum_count} * sizeof(int32_t));
    }
    fetch_headers(job.channels);
    block_ = job.channels;
    while (channel < shape_.channels_in) {
        const Range slice{channel, min_u32(channel + config_.tile_in, shape_.channels_in)};
        fetch_pass_weights(job.channels, slice);
        fetch_window(job.pixels, slice);
        compute(context_of(job, slice), slice.size(), slice.end == shape_.channels_in);
        channel = slice.end;
        if (channel < shape_.channels_in) {
            checkpoints_.save(key_of(job, channel), sums_, sum_count);
        }
    }
}

void StageRunner::run_pass(const JobOrder& order, const Job& job, uint32_t pass, uint32_t epoch, uint32_t done,
                           ValueStore& values) {
    const Range slice{pass * config_.tile_in, min_u32((pass + 1) * config_.tile_in, shape_.channels_in)};
    const bool last = slice.end == shape_.channels_in;
    const Range block = order.channel_block(job.channels.begin);
    if (!block_.covers(block) || !(slice_ == slice)) {
        fetch_pass_weights(block, slice);
        if (last) {
            fetch_headers(block);
        }
        block_ = block;
        slice_ = slice;
    }
    fetch_window(intersect(tile_of(shape_, config_, job.pixels.begin), order.region().pixels()), slice);
    const std::span<int32_t> sums = sums_.first(job.values());
    const uint32_t index = order.index_of({job.pixels.begin, job.channels.begin});
    if (pass == 0) {
        std::memset(sums.data(), 0, sums.size_bytes());
    } else {
        meter_->set_class(TrafficClass::checkpoints);
        meter_->read(footprints_.sum_offset(pass - 1, index), std::as_writable_bytes(sums));
    }
    compute(context_of(job, slice), slice.size(), last);
    if (last) {
        values.write(job, {out_, job.values()});
        return;
    }
    meter_->set_class(TrafficClass::checkpoints);
    meter_->write(footprints_.sum_offset(pass, index), std::as_bytes(sums));
    footprints_.save(epoch, done);
}

void StageRunner::fetch_block(const Range& block) {
    if (shape_.header_bytes == 0 || block_.covers(block)) {
        return;
    }
    fetch_headers(block);
    weight_row_bytes_ = shape_.weight_row_bytes();
    meter_->read(stage_.weights_offset + block.begin * weight_row_bytes_,
                 {weights_, size_t{block.size()} * weight_row_bytes_});
    block_ = block;
}

void StageRunner::fetch_headers(const Range& channels) {
    meter_->set_class(TrafficClass::weights);
    meter_->read(stage_.headers_offset + channels.begin * static_cast<uint32_t>(sizeof(ChannelHeader)),
                 std::as_writable_bytes(std::span(headers_, channels.size())));
}

void StageRunner::fetch_pass_weights(const Range& channels, const Range& slice) {
    meter_->set_class(TrafficClass::weights);
    const uint32_t slice_bytes = slice.size() * shape_.weight_bytes;
    weight_row_bytes_ = align4(shape_.taps() * slice_bytes);
    for (uint32_t channel = 0; channel < channels.size(); ++channel) {
        for (uint32_t tap = 0; tap < shape_.taps(); ++tap) {
            const uint32_t source = stage_.weights_offset + (channels.begin + channel) * shape_.weight_row_bytes() +
                                    (tap * shape_.channels_in + slice.begin) * shape_.weight_bytes;
            meter_->read(source, {weights_ + channel * weight_row_bytes_ + tap * slice_bytes, slice_bytes});
        }
    }
}

void StageRunner::fetch_window(const Range& pixels, const Range& channels) {
    const Box before = window_.held();
    const InputWindow::Step step = window_.move_to(input_box(shape_, pixels, channels));
    if (step.read.empty()) {
        return;
    }
    make_room(before, step);
    meter_->set_class(TrafficClass::inputs);
    for (uint32_t operand = 0; operand < shape_.operands; ++operand) {
        fetch_box(step.read, operand);
    }
}

void StageRunner::make_room(const Box& before, const InputWindow::Step& step) {
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

/// Fewest transfers: all rows at once where they follow each other in NVM and in SRAM (as box_traffic() counts).
void StageRunner::fetch_box(const Box& box, uint32_t operand) {
    const bool whole_pixels = shape_.input_packed && box.channels.size() == shape_.channels_in;
    const bool whole_rows = box.cols.size() == shape_.in_w && plan_.window_cols == shape_.in_w;
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
    const Box& held = window_.held();
    return windows_[operand] + (row - held.rows.begin) * row_pitch() + (col - held.cols.begin) * held.channels.size();
}

}  // namespace dynbal
