#include "plugin/schedule.hpp"

namespace dynbal {
namespace {

/// Transfers that fetch a box of one operand: all rows at once where they follow each other in NVM and in SRAM.
void add_window(AccessList& list, const LoopShape& shape, const BufferPlan& buffers, const Box& box) {
    if (box.empty()) {
        return;
    }
    const bool whole_pixels = shape.input_packed && box.channels.size() == shape.channels_in;
    const bool whole_rows = box.cols.size() == shape.in_w && buffers.window_cols == shape.in_w;
    uint32_t transfers = box.rows.size() * box.cols.size();
    if (whole_pixels) {
        transfers = whole_rows ? 1 : box.rows.size();
    }
    list.add(Access::Kind::read, transfers * shape.operands, uint64_t{box.values() / transfers} * 2);
}

uint32_t sum_count(const LoopShape& shape, const Job& job) {
    return positions_of(shape, job.pixels).count() * job.channels.size();
}

void add_fetches(AccessList& list, const LoopShape& shape, const BufferPlan& buffers, const JobPlan& plan) {
    const uint32_t channels = plan.block.size();
    if (plan.sums_from == SumsFrom::checkpoint) {
        list.add(Access::Kind::read, 1, uint64_t{sum_count(shape, plan.job)} * 4);
    }
    if (plan.fetches_headers) {
        list.add(Access::Kind::read, 1, uint64_t{channels} * shape.header_bytes);
    }
    if (plan.fetches_weights && plan.channels_in.size() < shape.group_in()) {
        list.add(Access::Kind::read, channels * shape.taps(), plan.channels_in.size() * shape.weight_bytes);
    } else if (plan.fetches_weights) {
        list.add(Access::Kind::read, 1, uint64_t{channels} * shape.weight_row_bytes());
    }
    add_window(list, shape, buffers, plan.window.read);
    if (plan.sums_from == SumsFrom::area) {
        list.add(Access::Kind::read, 1, uint64_t{plan.job.values()} * 4);
    }
}

void add_writes(AccessList& list, const LoopShape& shape, const JobPlan& plan) {
    const uint64_t values = plan.job.values();
    const uint64_t note = shape.preservation().note_bytes(plan.sums_to);
    switch (plan.sums_to) {
        case SumsTo::values: {
            const bool contiguous = shape.output_packed && plan.job.channels.size() == shape.channels_out;
            const uint32_t transfers = contiguous ? 1 : plan.job.pixels.size();
            list.add(Access::Kind::write, transfers, values / transfers * 2);
            break;
        }
        case SumsTo::checkpoint:  // sums and trailer are one transfer
            list.add(Access::Kind::write, note != 0 ? 1 : 0, uint64_t{sum_count(shape, plan.job)} * 4 + note);
            return;
        case SumsTo::area: list.add(Access::Kind::write, 1, values * 4); break;
    }
    list.add(Access::Kind::write, note != 0 ? 1 : 0, note);
}

}  // namespace

Schedule::Schedule(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes, const Region& region)
    : shape_(&shape),
      config_(config),
      buffers_(plan_buffers(shape, config, arena_bytes)),
      order_(shape, config, region),
      window_(buffers_) {}

void Schedule::forget() {
    window_ = InputWindow(buffers_);
    block_ = {};
    slice_ = {};
    channels_held_ = 0;
}

JobPlan Schedule::plan_of(const Job& job) const {
    JobPlan plan;
    plan.job = job;
    plan.held = window_.held();
    return plan;
}

void Schedule::move_window(JobPlan& plan, const Range& pixels) {
    plan.window = window_.move_to(input_box(*shape_, pixels, plan.channels_in));
}

JobPlan Schedule::next(const Progress& at) {
    if (!has_passes(*shape_, config_)) {
        return next_at_once(at);
    }
    return config_.order == LoopOrder::sums_move ? next_pass_of_all(at) : next_pass_in_job(at);
}

JobPlan Schedule::next_at_once(const Progress& at) {
    JobPlan plan = plan_of(order_.job_at(at.done));
    plan.block = order_.channel_block(plan.job.channels.begin);
    plan.channels_in = input_channels(*shape_, plan.block);
    if (shape_->header_bytes != 0) {
        plan.fetches_headers = plan.fetches_weights = !block_.covers(plan.block);
        // What is there may cover more than the block.
        block_ = plan.fetches_weights ? plan.block : block_;
        plan.block = block_;
    }
    move_window(plan, intersect(tile_of(*shape_, config_, plan.job.pixels.begin), order_.region().pixels()));
    plan.after = {at.done + plan.job.values(), 0};
    return plan;
}

/// Sums stay in SRAM from pass to pass; a checkpoint of them is what a power failure leaves.
JobPlan Schedule::next_pass_in_job(const Progress& at) {
    JobPlan plan = plan_of(order_.job_at(at.done));
    const uint32_t begin = at.channels_done;
    plan.channels_in = {begin, min_u32(begin + config_.tile_in, shape_->channels_in)};
    plan.block = plan.job.channels;
    plan.fetches_weights = true;
    plan.fetches_headers = begin == 0 || channels_held_ != begin;
    if (begin != 0) {
        plan.sums_from = channels_held_ == begin ? SumsFrom::sram : SumsFrom::checkpoint;
    }
    move_window(plan, plan.job.pixels);
    const bool last = plan.channels_in.end == shape_->channels_in;
    channels_held_ = last ? 0 : plan.channels_in.end;
    plan.sums_to = last ? SumsTo::values : SumsTo::checkpoint;
    plan.after = last ? Progress{at.done + plan.job.values(), 0} : Progress{at.done, plan.channels_in.end};
    return plan;
}

/// Passes are outermost: weights of a slice and the window stay, sums move through two areas of NVM in turn.
JobPlan Schedule::next_pass_of_all(const Progress& at) {
    JobPlan plan = plan_of(order_.job_at(at.done % order_.values()));
    plan.pass = at.done / order_.values();
    const uint32_t begin = plan.pass * config_.tile_in;
    plan.channels_in = {begin, min_u32(begin + config_.tile_in, shape_->channels_in)};
    const bool last = plan.channels_in.end == shape_->channels_in;
    plan.block = order_.channel_block(plan.job.channels.begin);
    plan.fetches_weights = !block_.covers(plan.block) || !(slice_ == plan.channels_in);
    plan.fetches_headers = plan.fetches_weights && last;
    if (plan.fetches_weights) {
        block_ = plan.block;
        slice_ = plan.channels_in;
    }
    plan.block = block_;
    move_window(plan, intersect(tile_of(*shape_, config_, plan.job.pixels.begin), order_.region().pixels()));
    plan.sums_from = plan.pass == 0 ? SumsFrom::zero : SumsFrom::area;
    plan.sums_to = last ? SumsTo::values : SumsTo::area;
    plan.after = {at.done + plan.job.values(), 0};
    return plan;
}

Range Schedule::panel_of(uint32_t done) const {
    const uint32_t values = order_.values();
    const Region& region = order_.region();
    const Position at = order_.position_of(done % values);
    const Range outer = order_.outer_block(at.pixel);
    const Range block = order_.channel_block(at.channel);
    const uint32_t pass_begin = done / values * values;
    const uint32_t outer_begin = pass_begin + (outer.begin - region.pixel_begin) * region.channels().size();
    return {outer_begin + (block.begin - region.channel_begin) * outer.size(),
            outer_begin + (block.end - region.channel_begin) * outer.size()};
}

uint32_t Schedule::panels_alike(const Range& panel) const {
    const Position last = order_.position_of((panel.end - 1) % order_.values());
    const Range block = order_.channel_block(last.channel);
    // Blocks of another group depend on other input channels.
    const uint32_t group_end = (block.begin / shape_->group_out() + 1) * shape_->group_out();
    const uint32_t end = min_u32(order_.region().channel_end, group_end);
    return block.size() == config_.tile_out && block.end < end ? (end - block.end) / config_.tile_out : 0;
}

void Schedule::skip_panels(uint32_t count) {
    block_ = {block_.begin + count * config_.tile_out, block_.end + count * config_.tile_out};
}

void AccessList::add(Access::Kind kind, uint32_t count, uint64_t amount) {
    if (count != 0) {
        items[size++] = {kind, count, amount};
    }
}

AccessList accesses_of(const LoopShape& shape, const BufferPlan& buffers, const JobPlan& plan) {
    AccessList list;
    add_fetches(list, shape, buffers, plan);
    const uint32_t channels_each = min_u32(plan.channels_in.size(), shape.group_in());
    list.add(Access::Kind::compute, 1, macs_of(shape, plan.job, channels_each));
    list.first_write = list.size;
    add_writes(list, shape, plan);
    return list;
}

Traffic traffic_of(const AccessList& accesses) {
    Traffic total;
    for (uint32_t i = 0; i < accesses.size; ++i) {
        const Access& access = accesses.items[i];
        const uint64_t amount = access.count * access.amount;
        if (access.kind == Access::Kind::compute) {
            total.macs += amount;
            ++total.jobs;
        } else {
            (access.kind == Access::Kind::read ? total.read_bytes : total.write_bytes) += amount;
            total.transfers += access.count;
        }
    }
    return total;
}

}  // namespace dynbal
