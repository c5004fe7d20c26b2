#include "nvm/preserver.hpp"

#include "platform/assertion.hpp"

namespace dynbal {
namespace {

/// Of the first value of a job.
uint32_t index_of(const JobOrder& order, const Job& job) {
    return order.index_of({job.pixels.begin, job.channels.begin});
}

}  // namespace

Preserver::Preserver(Meter& meter, const ImageHeader& header, const StageDescriptor& stage, const StageRef& ref,
                     std::span<StateRun> runs)
    : ref_(ref),
      values_(meter, stage.output, stage.states, runs),
      checkpoints_(meter, header),
      footprints_(meter, header) {}

CheckpointKey Preserver::key_of(const Job& job, uint32_t channels_done) const {
    CheckpointKey key;
    key.inference = ref_.inference;
    key.stage = ref_.index;
    key.channels_done = static_cast<uint16_t>(channels_done);
    key.pixel_begin = job.pixels.begin;
    key.pixel_count = static_cast<uint16_t>(job.pixels.size());
    key.channel_begin = static_cast<uint16_t>(job.channels.begin);
    key.channel_count = static_cast<uint16_t>(job.channels.size());
    return key;
}

void Preserver::finish(const JobOrder& order, const JobPlan& plan, const Made& made, uint32_t epoch) {
    DYNBAL_ASSERT(made.values.size() == plan.job.values());
    DYNBAL_ASSERT(plan.after.done > 0 || plan.after.channels_done > 0);
    const bool notes = order.shape().preservation().note_bytes(plan.sums_to) != 0;
    switch (plan.sums_to) {
        case SumsTo::values: values_.write(plan.job, made.values); break;
        case SumsTo::checkpoint:
            if (notes) {
                checkpoints_.save(key_of(plan.job, plan.after.channels_done), made.sums_buffer, made.sum_count);
            }
            return;
        case SumsTo::area:
            DYNBAL_ASSERT(made.sum_count == plan.job.values());
            footprints_.write_sums(plan.pass, index_of(order, plan.job), made.sums_buffer.first(made.sum_count));
            break;
    }
    if (notes) {
        footprints_.save(epoch, plan.after.done);
    }
}

Job Preserver::job_to_fill(const JobOrder& order, uint32_t done) {
    constexpr uint32_t values_most = 32;
    Job job = order.job_at(done);
    if (order.shape().preservation().kept == Kept::jobs) {
        job.pixels.end = job.pixels.begin + 1;
        job.channels.end = min_u32(job.channels.end, job.channels.begin + values_most);
    }
    return job;
}

void Preserver::fill(const JobOrder& order, const Job& job, std::span<int16_t> values, uint32_t epoch, uint32_t done) {
    DYNBAL_ASSERT(values.size() == job.values());
    DYNBAL_ASSERT(done >= job.values());
    values_.write(job, values);
    if (order.shape().preservation().values_note_bytes != 0) {
        footprints_.save(epoch, done);
    }
}

uint32_t Preserver::find_done(const Schedule& schedule, uint32_t epoch, uint32_t known, bool running) {
    const JobOrder& order = schedule.order();
    const Kept kept = order.shape().preservation().kept;
    if (kept == Kept::stages) {
        return known;
    }
    if (kept == Kept::jobs) {
        return max_u32(known, footprints_.load(epoch));
    }
    if (!running || schedule.config().order != LoopOrder::sums_move) {
        return values_.count_finished(order, known);
    }
    const uint32_t stored = order.values_stored();
    const uint32_t noted = max_u32(known, footprints_.load(epoch));
    return noted < stored ? noted : stored + values_.count_finished(order, noted - stored);
}

uint32_t Preserver::find_sums(const Schedule& schedule, uint32_t done) {
    const JobOrder& order = schedule.order();
    const LoopShape& shape = order.shape();
    if (done >= order.values() || !has_passes_in_job(shape, schedule.config()) ||
        shape.preservation().checkpoint_note_bytes == 0) {
        return 0;
    }
    const Job job = order.job_at(done);
    return checkpoints_.find(key_of(job, 0), positions_of(shape, job.pixels).count() * job.channels.size());
}

Progress Preserver::find(const Schedule& schedule, uint32_t epoch, uint32_t known, bool running) {
    const uint32_t done = find_done(schedule, epoch, known, running);
    return {done, running ? find_sums(schedule, done) : 0};
}

void Preserver::fetch_sums(const JobOrder& order, const JobPlan& plan, const Made& made) {
    footprints_.read_sums(plan.pass - 1, index_of(order, plan.job), made.sums_buffer.first(made.sum_count));
}

}  // namespace dynbal
