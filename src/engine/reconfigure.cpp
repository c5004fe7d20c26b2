//! The engine's side of run-time reconfiguration: what it tells the plugin, and how it acts on the answer.
#include "engine/engine.hpp"
#include "engine/nvm_table.hpp"
#include "nvm/boot_cost.hpp"
#include "plugin/estimator.hpp"

namespace dynbal {
namespace {

/// After more cycles without progress than these what is known of the supply is not believed: the row of least need is
/// taken. A look at the whole table may be too dear, too.
constexpr uint32_t idle_cycles_to_give_up = 2;
/// A look at the table may be in vain: it is taken where it costs no more than one part in so many of what is left.
constexpr uint64_t part_to_lose = 100;
/// How often a stage may give up partial sums for another configuration: else changes could undo each other's work for ever.
constexpr uint32_t sums_dropped_most = 15;

/// A row that gets on: by how much is what is asked.
Candidate as_running(Candidate row) {
    row.need = {};
    return row;
}

/// Do two configurations write values, and partial sums, in the same order?
bool same_order(const TileConfig& a, const TileConfig& b) {
    return a.order == b.order && a.tile_out == b.tile_out &&
           (a.order != LoopOrder::inputs_stay || a.tile_pixels == b.tile_pixels) &&
           (a.order != LoopOrder::sums_move || a.tile_in == b.tile_in);
}

}  // namespace

StageView Engine::stage_view(TileTable& table, const Candidate* running) const {
    return {runner_->shape(),
            &table,
            header_.cost_model,
            cost_of(header_.cost_model, boot_traffic(stage_.states.run_count)),
            header_.arena_bytes,
            stage_.importance,
            running};
}

bool Engine::has_given_up() const { return record_.idle_cycles > idle_cycles_to_give_up; }

Choice Engine::choose_for_stage() {
    NvmTable table(meter_, stage_);
    if (record_.phase == Phase::abandoning) {
        return {table.row(0), {}};
    }
    if (has_given_up()) {
        return {table.row(table.least_need), {}};
    }
    return choose(policy_, stage_view(table, nullptr), record_.supply());
}

void Engine::take(const Choice& choice) {
    record_.choice = choice.row;
    record_.choice_until = choice.until;
    record_.set_pace({});
    record_.is_growth = 0;
}

uint64_t Engine::least_cycle_cost(const ImageHeader& header, uint32_t index, const StageDescriptor& stage,
                                  const TileConfig& least, uint64_t least_need) {
    const CostModel& model = header.cost_model;
    const LoopShape shape = shape_of(header, stage);
    const Kept kept = shape.preservation().kept;
    constexpr Traffic commit{0, sizeof(Record), 1, 0, 0};
    constexpr Traffic one_look{1, 0, 1, 0, 0};
    // A cycle before may have ended in a commit: then a torn record is read, too.
    constexpr Traffic torn{sizeof(Record), 0, 1, 0, 0};
    Traffic boot = boot_traffic(stage.states.run_count);
    boot += torn;
    // Recovery finds how far the stage is and notes it. The next one finds it finished at once, and goes on to the next
    // region, the next stage or the end.
    Traffic search = boot;
    search += most_search_traffic(kept, shape.values());
    Traffic step = commit;
    if (index + 1U < header.stage_count) {
        step += {sizeof(StageDescriptor) + header.max_state_runs * sizeof(StateRun) + sizeof(Candidate), 0, 3, 0, 0};
    } else {
        step += {sizeof(Region), 0, 1, 0, 0};
    }
    Traffic next = boot;
    next += one_look;
    next += footprint_search_traffic();
    next += step;
    if (kept == Kept::stages) {
        least_need += cost_of(model, step);  // that it is finished counts with the next record only,
        least_need += cost_of(model, torn);  // which may be the one that each cycle tears
    }
    // Recovery finds with one look that nothing was achieved, takes the row of least need and splits the region, in one record.
    Traffic change = boot;
    change += one_look;
    change += footprint_search_traffic();
    change += {sizeof(Candidate), 0, 1, 0, 0};
    change += {0, 3 * sizeof(Region), 1, 0, 0};
    if (has_passes_in_job(shape, least)) {
        change += checkpoint_search_traffic();
    }
    const uint64_t setup = max_u64(least_setup_cost(header), cost_of(model, search));
    return max_u64(max_u64(least_need, setup), max_u64(cost_of(model, next), cost_of(model, change)));
}

/// What a look at the table costs that changes nothing.
uint64_t Engine::look_cost() const {
    Traffic look = NvmTable::look_up_traffic(stage_.candidate_count, EnergyRange::count);
    look += {0, sizeof(Record), 1, 0, 0};
    return cost_of(header_.cost_model, look);
}

/// What the running row costs in all: its price, as far as what was seen bears it out.
uint64_t Engine::running_cost(uint64_t price, uint64_t energy) const {
    const Pace pace = record_.pace();
    if (pace.cycles == 0) {
        return price;
    }
    if (energy < record_.choice.from.value()) {
        return cost_at_share(energy, pace.share.value());  // a price for stronger cycles says less than one cycle
    }
    const uint64_t job = job_share();
    const uint64_t least = cost_at_share(energy, pace.share_at_most(job));
    return min_u64(max_u64(price, least), cost_at_share(energy, pace.share_at_least(job)));
}

/// Does the running row achieve less than its price promises?
bool Engine::is_too_slow(uint64_t energy) const {
    const uint64_t reuse = record_.choice.reuse.value();
    const uint64_t useful = energy - min_u64(energy, record_.choice.lost.value());
    return reuse != 0 && energy != never && record_.pace().is_too_slow(job_share(), scaled(Pace::whole, useful, reuse));
}

/// The running row as a change is weighed against it.
Candidate Engine::running_row() const {
    return record_.done != 0 || record_.channels_done != 0 ? as_running(record_.choice) : record_.choice;
}

/// Are there partial sums in NVM that another order of jobs cannot use?
bool Engine::has_sums() const {
    return record_.channels_done != 0 ||
           (record_.done > 0 && runner_->schedule().order().values_written(record_.done) == 0);
}

/// Is it time to look for another configuration: a cycle made no progress, or the policy follows the supply and knows
/// another one?
bool Engine::wants_change(bool progress) const {
    const JobOrder& order = runner_->schedule().order();
    const bool all_written = order.values_written(record_.done) == order.values();
    const bool keeps_sums = has_sums() && record_.sums_dropped >= sums_dropped_most;
    if (record_.phase != Phase::running || all_written || (progress && keeps_sums)) {
        return false;
    }
    // What is known of the supply may be wrong, for one after a cycle that ended early: it is not believed for ever.
    const bool may_suffice =
        record_.choice.need.value() <= record_.supply().high || record_.pace().got_on() || has_given_up();
    if (!progress && record_.look != Look::none && may_suffice) {
        return false;  // the look at the table may be what there was too little for: now all energy is for the work
    }
    const uint64_t energy = likely_energy(record_.supply());
    if (!progress) {
        // What seems to suffice gets another whole cycle: the one that has ended may have begun with a part of its energy. So
        // does, once, what has got on and may suffice.
        const bool once = record_.pace().got_on() && record_.idle_cycles == 1;
        if (once && record_.pace().is_known()) {
            return false;  // such cycles are among those that were counted
        }
        return record_.choice.need.value() > (once ? record_.supply().high : energy) || has_given_up();
    }
    if (!follows_supply(policy_) || energy == never) {
        return false;
    }
    return (is_too_slow(energy) || !running_choice().may_suit(record_.supply(), energy)) && is_worth_a_look(energy);
}

/// May what a look costs be lost? It may be in vain. Where a cycle does less work than it costs, it costs the whole cycle.
bool Engine::is_worth_a_look(uint64_t energy) const {
    const uint64_t cost = running_cost(cost_at(record_.choice, energy), energy);
    if (cost == never) {
        return true;
    }
    const uint64_t work = work_of({runner_->schedule().end(), 0});
    const uint64_t left = scaled(cost, work - work_of(record_.progress()), work);
    const uint64_t useful = scaled(record_.choice.reuse.value(), energy, cost);
    return left / part_to_lose > (useful > look_cost() ? look_cost() : energy);
}

/// Does the change cost less for what is left of the stage, with what a new order of jobs loses? Asked of a cycle that made
/// progress, and judged over all that the energy may be.
bool Engine::pays_off(const Choice& next) const {
    const uint64_t likely = likely_energy(record_.supply());
    const uint64_t now = running_cost(next.running_cost, likely);
    if (next.cost == never || now == never) {
        return now == never && cost_at(next.row, likely) != never;
    }
    // In values: what is left of this region, with the sums that another order cannot use, and of the others.
    const Schedule& schedule = runner_->schedule();
    const uint64_t values = schedule.order().values();
    const uint64_t work = work_of({schedule.end(), 0});
    uint64_t left_now = scaled(values, work - work_of(record_.progress()), work);
    const bool same = same_order(record_.config(), next.row.config);
    uint64_t left_then = same ? left_now : values - schedule.order().values_written(record_.done);
    left_now += record_.waiting_values;
    left_then += record_.waiting_values;
    const uint64_t all = runner_->shape().values();
    const uint64_t split = same ? 0 : next.row.lost.value();
    const uint64_t change = split + cost_of(header_.cost_model, {0, sizeof(Record), 1, 0, 0});
    const uint64_t then = scaled(next.cost, left_then, all) + change;
    return scaled(now, left_now, all) > then;
}

/// Changes the configuration inside a stage, if another is to be had.
bool Engine::change_config(bool progress) {
    NvmTable table(meter_, stage_);
    const Candidate running = running_row();
    const StageView view = stage_view(table, &running);
    Choice next;
    if (has_given_up()) {
        next = {table.row(table.least_need), {}};
    } else {
        next = progress ? choose(policy_, view, record_.supply()) : choose_smaller(policy_, view, record_.supply());
    }
    const bool same = next.row.config == running.config;
    if (same || (progress && (!pays_off(next) || regions_nearly_full(record_.waiting + 3)))) {
        keep_for(next);
        return false;
    }
    if (progress && has_sums()) {
        ++record_.sums_dropped;  // wants_change() has looked whether it may
    }
    if (!split_regions(next.row.config)) {
        keep_for(next);
        return false;
    }
    if (!progress && record_.is_growth != 0) {
        record_.caution = min_u32(record_.caution + 1U, Record::caution_most) & Record::caution_most;
    }
    take(next);
    record_.is_growth = progress ? 1 : 0;
    if (!same_order(running.config, next.row.config) && regions_nearly_full(record_.waiting)) {
        take({table.row(table.least_need), {}});
    }
    emit(progress ? EventKind::reconfigured : EventKind::shrunk);
    return true;
}

/// From now on the running row is too slow where cycles of `energy` achieve less than if the stage cost so much.
void Engine::promise(uint64_t energy, uint64_t cost) {
    const uint64_t useful = scaled(record_.choice.reuse.value(), energy, cost);
    record_.choice.lost = ShortCost::below(energy - min_u64(energy, useful));
}

/// There is nothing faster: it is too slow only when it achieves less than it does now.
void Engine::accept_pace(uint64_t energy) {
    if (is_too_slow(energy)) {
        promise(energy, cost_at_share(energy, record_.pace().share.value()));
    }
}

/// The configuration stays for these energies, too, at the pace it has: the question is not asked twice.
void Engine::keep_for(const Choice& other) {
    const uint64_t energy = likely_energy(record_.supply());
    if (other.row.config == record_.config()) {
        record_.choice.lost = other.row.lost;  // as it is for these energies
    } else if (other.cost != 0 && other.cost != never) {
        // It stays as long as its pace is as good as the other one's would be.
        promise(energy, other.cost);
    }
    accept_pace(energy);
    record_.choice.from = other.row.from;
    record_.choice_until = other.until;
}

/// Cuts what is left of the region so that another order of jobs can go on; false if there is no room.
bool Engine::split_regions(const TileConfig& next) {
    if (same_order(record_.config(), next)) {
        return true;
    }
    const JobOrder& order = runner_->schedule().order();
    const uint32_t written = order.values_written(record_.done);
    Region rest[4];
    const uint32_t count = order.rest_after(written, next, rest);
    if (count == 0) {
        return false;  // the region is finished, the next one will be begun with a new choice
    }
    if (written > 0) {
        if (!RegionStack::has_room(record_.waiting, count - 1)) {
            return false;
        }
        record_.region = rest[0];
        if (count > 1) {
            regions_->push(record_, std::span<const Region>(rest + 1, count - 1));
        }
    }
    begin_region();
    return true;
}

}  // namespace dynbal
