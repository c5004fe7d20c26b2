#include "plugin/walk.hpp"

#include "base/math.hpp"

namespace dynbal {
namespace {

constexpr uint64_t price_of(const CostModel& prices, Access::Kind kind) {
    switch (kind) {
        case Access::Kind::read: return prices.read_byte;
        case Access::Kind::write: return prices.write_byte;
        case Access::Kind::compute: return prices.mac;
    }
    return 0;
}

constexpr uint64_t start_of(const CostModel& prices, Access::Kind kind) {
    return kind == Access::Kind::compute ? prices.job : prices.transfer;
}

/// What was paid of accesses that energy did not suffice for.
struct Paid {
    uint64_t amount = 0;  ///< bytes or MACs
    uint64_t cost = 0;    ///< an access that was begun costs its start-up, even if that was all
};
Paid pay_part(const CostModel& prices, const Access& access, uint64_t left) {
    const uint64_t start = start_of(prices, access.kind);
    const uint64_t price = price_of(prices, access.kind);
    const uint64_t each = start + access.amount * price;
    const uint64_t whole = each == 0 || left / each > access.count ? access.count : left / each;
    if (whole == access.count) {
        return {access.count * access.amount, access.count * each};
    }
    const uint64_t rest = left - whole * each;
    const uint64_t part = rest > start && price != 0 ? (rest - start) / price : 0;
    return {whole * access.amount + part, whole * each + start + part * price};
}

/// Does each value that the plan writes count, whether its job is finished or not?
constexpr bool counts_values(Kept kept, const JobPlan& plan) {
    return kept == Kept::values && plan.sums_to == SumsTo::values;
}

/// The plan cannot be paid as a whole: how far `left` goes, and what that costs.
Progress cut_plan(const CostModel& prices, const AccessList& list, const JobPlan& plan, const Progress& at,
                  uint64_t left, uint64_t& cost, Kept kept) {
    for (uint32_t i = 0; i < list.size; ++i) {
        const Access& access = list.items[i];
        const Paid paid = pay_part(prices, access, left - min_u64(cost, left));
        cost += paid.cost;
        if (paid.amount < access.count * access.amount || cost > left) {
            const bool values = i >= list.first_write && counts_values(kept, plan);
            const auto written = static_cast<uint32_t>(paid.amount / 2);
            return values && written != 0 ? Progress{plan.after.done - plan.job.values() + written, 0} : at;
        }
    }
    return at;
}

constexpr bool is_behind(const Progress& at, const Progress& limit) {
    return at.done > limit.done || (at.done == limit.done && at.channels_done > limit.channels_done);
}

/// The jobs of one panel while they are walked: panels that are alike are paid at once.
struct PanelWalk {
    Range panel;
    Box held;         ///< when it began
    Traffic traffic;  ///< up to its begin
    bool whole = false;

    void begin(const Schedule& schedule, const CycleEnd& walk) {
        panel = schedule.panel_of(walk.at.done);
        held = schedule.held();
        traffic = walk.traffic;
        whole = walk.at == Progress{panel.begin, 0};
    }
};

/// Pays for panels like the one that has just ended, as many as can be.
void repeat_panel(Schedule& schedule, const CostModel& prices, const PanelWalk& last, uint32_t until, CycleEnd& walk,
                  uint64_t& left) {
    const uint32_t alike = last.whole && schedule.held() == last.held ? schedule.panels_alike(last.panel) : 0;
    if (alike == 0 || walk.at.done >= until) {
        return;
    }
    const Traffic one = walk.traffic - last.traffic;
    const uint64_t cost = cost_of(prices, one);
    uint64_t count = min_u32(alike, (until - walk.at.done) / last.panel.size());
    count = cost != 0 && left / cost < count ? left / cost : count;
    schedule.skip_panels(static_cast<uint32_t>(count));
    walk.at.done += static_cast<uint32_t>(count) * last.panel.size();
    walk.traffic += one * count;
    left -= cost * count;
}

/// Cost until the plan has made something durable: one value, or all that it writes.
uint64_t cost_of_first_step(const CostModel& prices, const AccessList& list, const JobPlan& plan, Kept kept) {
    uint64_t cost = 0;
    for (uint32_t i = 0; i < list.size; ++i) {
        const Access& access = list.items[i];
        const bool values = i >= list.first_write && counts_values(kept, plan);
        const uint64_t amount = values ? 2 : access.amount;
        cost += (values ? 1 : access.count) * (start_of(prices, access.kind) + amount * price_of(prices, access.kind));
    }
    return cost;
}

/// What writing the first so many values of a plan costs.
uint64_t cost_of_values(const CostModel& prices, const Access& write, uint64_t values) {
    const uint64_t bytes = values * 2;
    const uint64_t transfers = (bytes + write.amount - 1) / write.amount;
    return transfers * prices.transfer + bytes * prices.write_byte;
}

/// Performs plans as a whole. `stopped_at` receives the one that there is no more energy for, or that would have ended behind
/// `until`.
CycleEnd walk(Schedule& schedule, const CostModel& prices, const Progress& at, uint64_t energy, const Progress& until,
              JobPlan& stopped_at) {
    CycleEnd done;
    done.at = at;
    uint64_t left = energy;
    PanelWalk panel;
    while (done.at.done < schedule.end()) {
        if (done.at.done >= panel.panel.end) {
            panel.begin(schedule, done);
        }
        const JobPlan plan = schedule.next(done.at);
        const Traffic traffic = traffic_of(accesses_of(schedule.order().shape(), schedule.buffers(), plan));
        const uint64_t cost = cost_of(prices, traffic);
        if (cost > left || is_behind(plan.after, until)) {
            stopped_at = plan;
            done.spent = energy - left;
            return done;
        }
        left -= cost;
        done.traffic += traffic;
        done.at = plan.after;
        if (done.at.done == panel.panel.end) {
            repeat_panel(schedule, prices, panel, until.done, done, left);
        }
    }
    done.spent = energy - left;
    done.ended = true;
    return done;
}

}  // namespace

CycleEnd walk_cycle(Schedule& schedule, const CostModel& prices, const Progress& at, uint64_t energy) {
    JobPlan plan;
    CycleEnd end = walk(schedule, prices, at, energy, {std::numeric_limits<uint32_t>::max(), 0}, plan);
    if (!end.ended) {
        const AccessList list = accesses_of(schedule.order().shape(), schedule.buffers(), plan);
        const Kept kept = schedule.order().shape().preservation().kept;
        uint64_t part = 0;
        const Progress reached = cut_plan(prices, list, plan, end.at, energy - end.spent, part, kept);
        end.at = kept == Kept::stages ? Progress{} : reached;
        end.spent += part;
    }
    return end;
}

Traffic stage_traffic(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes) {
    Schedule schedule(shape, config, arena_bytes, whole_region(shape));
    return walk_cycle(schedule, {}, {}, never).traffic;
}

Traffic search_traffic(const Schedule& schedule, const Progress& known, const Progress& found) {
    const LoopShape& shape = schedule.order().shape();
    const Kept kept = shape.preservation().kept;
    if (kept == Kept::stages) return {};
    const uint32_t stored = schedule.order().values_stored();
    Traffic total;
    if (stored == 0) {
        total = kept == Kept::jobs ? footprint_search_traffic()
                                   : looks_of(schedule.order().search_from(known.done), found.done);
        if (has_passes_in_job(shape, schedule.config()) && found.done < schedule.end()) {
            total += checkpoint_search_traffic();
        }
        return total;
    }
    total = footprint_search_traffic();
    if (kept == Kept::values && found.done >= stored) {
        const uint32_t noted = known.done > stored ? known.done : stored;
        total += looks_of(schedule.order().search_from(noted - stored), found.done - stored);
    }
    return total;
}

namespace {

/// Boots and goes on, again and again, from where `cycle` has ended by a failure, when NVM said `known`.
StageWalk go_on(Schedule& schedule, const WalkedStage& stage, Progress known, CycleEnd cycle, uint64_t energy,
                uint64_t cycles_max) {
    const uint64_t boot = stage.boot;
    StageWalk result{0, 0, 0, cycle.at};
    while (!cycle.ended && result.failures < cycles_max) {
        const Progress found = cycle.at;
        const uint64_t recovery = boot + cost_of(stage.prices, search_traffic(schedule, known, found));
        if (recovery >= energy) {
            return {};
        }
        schedule.forget();
        cycle = walk_cycle(schedule, stage.prices, found, energy - recovery);
        if (!cycle.ended && cycle.at == found) {
            return {};  // the next one would get no further
        }
        result.cost += recovery + cycle.spent;
        result.left = energy - recovery > cycle.spent ? energy - recovery - cycle.spent : 0;
        result.at = cycle.at;
        ++result.failures;
        known = found;
    }
    return result;
}

}  // namespace

StageWalk walk_stage(const WalkedStage& stage, uint64_t first, uint64_t energy) {
    Schedule schedule(*stage.shape, stage.config, stage.arena_bytes, whole_region(*stage.shape));
    const CycleEnd begin = walk_cycle(schedule, stage.prices, {}, first);
    StageWalk result = go_on(schedule, stage, {}, begin, energy, never);
    if (result.cost != never) {
        result.cost += begin.spent;
        result.left = begin.ended ? first - begin.spent : result.left;
    }
    return result;
}

StageWalk walk_cycles(const WalkedStage& stage, const Progress& from, uint64_t energy, uint32_t cycles) {
    Schedule schedule(*stage.shape, stage.config, stage.arena_bytes, whole_region(*stage.shape));
    CycleEnd begin;
    begin.at = from;
    return go_on(schedule, stage, from, begin, energy, cycles);
}

Needs needs_of(const WalkedStage& stage) {
    const LoopShape& shape = *stage.shape;
    const Kept kept = shape.preservation().kept;
    Schedule schedule(shape, stage.config, stage.arena_bytes, whole_region(shape));
    const bool whole = kept == Kept::stages;  // all jobs, one after the other
    Needs dearest;
    for (Progress at; at.done < schedule.end();) {
        const Range panel = schedule.panel_of(at.done);
        while (at.done < panel.end) {
            if (!whole) {
                schedule.forget();
            }
            const JobPlan plan = schedule.next(at);
            const AccessList list = accesses_of(shape, schedule.buffers(), plan);
            dearest.step = max_u64(dearest.step, cost_of_first_step(stage.prices, list, plan, kept));
            const uint64_t job = cost_of(stage.prices, traffic_of(list));
            dearest.job = whole ? dearest.job + job : max_u64(dearest.job, job);
            at = plan.after;
        }
        at.done += shape.groups == 1 && !whole ? schedule.panels_alike(panel) * panel.size() : 0;
    }
    if (whole) {
        return {stage.boot + dearest.job, stage.boot + dearest.job};
    }
    const bool stores = schedule.order().values_stored() != 0;
    const Traffic notes = stores ? footprint_search_traffic() : checkpoint_search_traffic();
    const uint64_t boot = stage.boot + cost_of(stage.prices, notes);
    const bool searches = kept == Kept::values || !stores;  // where jobs are kept, `notes` tell it all
    const uint64_t search = searches ? cost_of(stage.prices, most_search_traffic(kept, schedule.order().values())) : 0;
    const uint64_t look = kept == Kept::values ? cost_of(stage.prices, {1, 0, 1, 0, 0}) : search;
    // What a cycle before has achieved is found out first; the one that comes to know of no progress has looked once.
    return {boot + max_u64(search, look + dearest.step), boot + max_u64(search, look + dearest.job)};
}

Bounds bounds_of_cycle(Schedule& schedule, const CostModel& prices, const Progress& from, const Progress& to) {
    JobPlan plan;
    const Kept kept = schedule.order().shape().preservation().kept;
    const CycleEnd whole = walk(schedule, prices, from, never, to, plan);
    if (whole.ended) {
        return {whole.spent, never};
    }
    const AccessList list = accesses_of(schedule.order().shape(), schedule.buffers(), plan);
    if (to.done <= whole.at.done) {
        return {whole.spent, whole.spent + cost_of_first_step(prices, list, plan, kept)};
    }
    const uint32_t written = plan.job.values() - (plan.after.done - to.done);
    const Access& write = list.items[list.first_write];
    uint64_t before = whole.spent;
    for (uint32_t i = 0; i < list.first_write; ++i) {
        const Access& access = list.items[i];
        before += access.count * (start_of(prices, access.kind) + access.amount * price_of(prices, access.kind));
    }
    return {before + cost_of_values(prices, write, written), before + cost_of_values(prices, write, written + 1)};
}

}  // namespace dynbal
