#include "engine/stage_runner.hpp"

#include <cstring>

#include "kernel/mac.hpp"

namespace dynbal {

StageRunner::StageRunner(Meter& meter, const ImageHeader& header, std::span<std::byte> arena,
                         const StageDescriptor& stage, Preserver& preserver)
    : meter_(&meter),
      stage_(stage),
      shape_(shape_of(header, stage)),
      operation_(operation_of(stage.op)),
      preserver_(&preserver),
      arena_(arena) {}

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

Made StageRunner::made_by(const Job& job) const {
    const bool sums = operation_->accumulate != nullptr;
    return {{out_, job.values()}, sums_, sums ? positions_of(shape_, job.pixels).count() * job.channels.size() : 0};
}

uint32_t StageRunner::fill(uint32_t done, uint32_t epoch) {
    const Job job = preserver_->job_to_fill(schedule_->order(), done);
    std::memset(out_, 0, size_t{job.values()} * sizeof(int16_t));
    preserver_->fill(schedule_->order(), job, {out_, job.values()}, epoch, done + job.values());
    return job.values();
}

Progress StageRunner::perform_next(const Progress& at, uint32_t epoch) {
    const JobPlan plan = schedule_->next(at);
    const Made made = made_by(plan.job);
    if (plan.sums_from == SumsFrom::zero) {
        std::memset(sums_.data(), 0, made.sum_count * sizeof(int32_t));
    }
    if (plan.sums_from == SumsFrom::checkpoint && !preserver_->restore_sums(made)) {
        schedule_->forget();  // a damaged checkpoint: the job begins again
        return {at.done, 0};
    }
    fetch(plan);
    if (plan.sums_from == SumsFrom::area) {
        preserver_->fetch_sums(schedule_->order(), plan, made);
    }
    compute(plan);
    preserver_->finish(schedule_->order(), plan, made, epoch);
    return plan.after;
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

void StageRunner::fetch_headers(const Range& channels) {
    meter_->read(TrafficClass::weights,
                 stage_.headers_offset + channels.begin * static_cast<uint32_t>(sizeof(ChannelHeader)),
                 std::as_writable_bytes(std::span(headers_, channels.size())));
}

/// Whole rows of weights are one transfer; of a slice of the input channels each tap is one.
void StageRunner::fetch_weights(const Range& channels, const Range& slice) {
    const uint32_t stored_row_bytes = shape_.weight_row_bytes();
    if (slice.size() >= shape_.group_in()) {
        weight_row_bytes_ = stored_row_bytes;
        meter_->read(TrafficClass::weights, stage_.weights_offset + channels.begin * stored_row_bytes,
                     {weights_, size_t{channels.size()} * stored_row_bytes});
        return;
    }
    const uint32_t slice_bytes = slice.size() * shape_.weight_bytes;
    weight_row_bytes_ = align4(shape_.taps() * slice_bytes);
    for (uint32_t channel = 0; channel < channels.size(); ++channel) {
        for (uint32_t tap = 0; tap < shape_.taps(); ++tap) {
            const uint32_t source = stage_.weights_offset + (channels.begin + channel) * stored_row_bytes +
                                    (tap * shape_.channels_in + slice.begin) * shape_.weight_bytes;
            meter_->read(TrafficClass::weights, source,
                         {weights_ + channel * weight_row_bytes_ + tap * slice_bytes, slice_bytes});
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
    meter_->read(TrafficClass::inputs, source, std::as_writable_bytes(std::span(target, count)));
    kernel::strip_state(target, count);
}

int16_t* StageRunner::window_word(uint32_t operand, uint32_t row, uint32_t col) {
    const Box& held = schedule_->held();
    return windows_[operand] + (row - held.rows.begin) * row_pitch() + (col - held.cols.begin) * held.channels.size();
}

}  // namespace dynbal
