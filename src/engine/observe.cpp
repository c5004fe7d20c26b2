//! What the engine learns at a boot from the power cycle that has ended: how far it got, what energy it had, at which pace the
//! running configuration gets on.
#include "engine/engine.hpp"
#include "engine/nvm_table.hpp"
#include "nvm/boot_cost.hpp"
#include "plugin/estimator.hpp"

namespace dynbal {
namespace {

/// What is known of the supply ages once in so many records.
constexpr uint32_t records_of_an_age = 4;
/// When it has aged, a larger tile may be tried in vain, which loses some cycles. Each time makes it age so much more slowly,
/// until the supply changes.
constexpr uint32_t slower_by_caution = 4;
/// Rows that one look reads: those of a range, and the one for a policy's own choice or of least need.
constexpr uint32_t look_up_calls_most = EnergyRange::count + 2;

}  // namespace

/// What the power cycle that has ended says about the supply; returns whether it made progress.
bool Engine::note_progress(const Progress& found) {
    const bool progress = !(found == record_.progress()) || record_.cycle != CycleState::begun;
    // Where stages alone are kept, nobody knows what a cycle spent inside one.
    if (record_.phase == Phase::running && runner_->shape().preservation().kept != Kept::stages) {
        note_supply(bounds_of_last_cycle(found));
        note_pace(found);
    }
    if (progress && record_.look == Look::none && runner_->schedule().order().values_written(found.done) != 0) {
        record_.is_growth = 0;  // a larger tile was not tried in vain; partial sums alone are lost with it
    }
    if (!progress && record_.look == Look::follows) {
        // The look was cut, and would be again: not for such energies.
        record_.choice.from = record_.supply_low;
        record_.choice_until = record_.supply_high;
        accept_pace(likely_energy(record_.supply()));
    }
    const uint32_t idle = progress ? 0 : min_u32(record_.idle_cycles + 1U, Record::idle_cycles_most);
    record_.idle_cycles = idle & Record::idle_cycles_most;
    record_.set_progress(found);
    return progress;
}

/// Ages what is known of the supply, if it is time, and adds a cycle.
void Engine::note_supply(const Bounds& cycle) {
    uint32_t records = records_of_an_age;
    for (uint32_t i = 0; i < record_.caution; ++i) {
        records *= slower_by_caution;
    }
    const Supply known = record_.sequence % records == 0 ? age(record_.supply()) : record_.supply();
    if (has_changed(known, cycle)) {
        record_.caution = 0;
        record_.set_pace({});
    }
    record_.set_supply(learn(known, cycle));
}

/// Values of the region times input channels: those of each pass counted, and what the sums of a job stand for.
uint64_t Engine::work_of(const Progress& at) const {
    const JobOrder& order = runner_->schedule().order();
    const uint64_t sums = at.channels_done == 0 ? 0 : uint64_t{order.job_at(at.done).values()} * at.channels_done;
    return uint64_t{at.done} * runner_->shape().channels_in + sums;
}

/// What a cycle has done in this configuration tells whether its price is right, unless a look at the table took a part of its
/// energy.
void Engine::note_pace(const Progress& found) {
    if (record_.cycle == CycleState::begun && record_.look == Look::none) {
        const uint64_t before = work_of(record_.progress());
        const uint64_t after = work_of(found);
        Pace pace = record_.pace();
        pace.follow(share_of(after - min_u64(before, after)));
        record_.set_pace(pace);
    }
}

/// So much of the stage, as work_of() counts, in 1/Pace::whole.
uint64_t Engine::share_of(uint64_t work) const {
    const uint64_t passes = runner_->schedule().end() / runner_->schedule().order().values();
    return scaled(Pace::whole, work, passes * runner_->shape().values() * runner_->shape().channels_in);
}

/// The next job.
uint64_t Engine::job_share() const {
    const JobOrder& order = runner_->schedule().order();
    return share_of(uint64_t{order.job_at(record_.done % order.values()).values()} * runner_->shape().channels_in);
}

/// The last cycle spent what its record says, what its plans took from there to what was found, and not as much as the
/// next one would have needed.
Bounds Engine::bounds_of_last_cycle(const Progress& found) const {
    const CostModel& model = header_.cost_model;
    // A look that was begun: its cost is between nothing and that of the whole table.
    const uint64_t look_up = record_.look == Look::follows
                                 ? cost_of(model, NvmTable::look_up_traffic(stage_.candidate_count, look_up_calls_most))
                                 : 0;
    Schedule schedule = runner_->schedule();
    const Bounds plans = bounds_of_cycle(schedule, model, record_.progress(), found);
    const uint64_t before = record_.spent;
    // Behind the last plan comes the step to what follows, which takes no more than a boot.
    const uint64_t next =
        plans.high == never ? plans.low + cost_of(model, boot_traffic(header_.max_state_runs)) : plans.high;
    if (record_.cycle == CycleState::not_begun || record_.cycle == CycleState::started) {
        // What the host did in that cycle before, loading the input for one, was not counted, and it may have begun
        // anywhere in a charge: it may have brought more.
        return {before + plans.low, never};
    }
    return {before + plans.low, before + look_up + next};
}

}  // namespace dynbal
