#include "sim/size.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>

#include "power/recording.hpp"
#include "sim/parallel.hpp"
#include "sim/size_chances.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

// Twelve steps a decade first, as values are sold: a larger one need not be better everywhere.
const double coarse_step = std::pow(10.0, 1.0 / 12);
constexpr double precision = 1.005;
// Then in steps of this size through what lies below.
constexpr double fine_step = 1.02, island_range = 4;

bool is_met(const SeriesResult& result, double share) {
    return result.stuck.empty() && !result.gave_up && result.share_met() >= share - 1e-9;
}

/// Does a supply that goes on for ever bring less than is needed? Then what is met is met from what is stored at first.
bool drains(const SizeTask& task, const HarvestPlan& plan) {
    if (!task.inference || plan.mean_over_s <= 0 || !std::isfinite(task.series.each_s())) return false;
    constexpr double rounding = 1e-3;
    const double taken_w = needed_w(task, *task.inference) + lost_w(task, *task.inference);
    return mean_power(plan, plan.mean_over_s).reaching_w < taken_w * (1 - rounding);
}

/// `low` and what follows in steps of a factor, to `high`; `low` alone where a number cannot tell them apart.
std::vector<double> steps(double low, double high, double factor) {
    constexpr double factor_min = 1 + 1e-6;
    if (low < high && factor < factor_min) return {low};
    std::vector<double> values;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
    for (double value = low; value < high; value *= factor) values.push_back(value);
    return values;
}

std::vector<double> steps_to(double low, double high, double factor) {
    std::vector<double> values = steps(low, high, factor);
    values.push_back(high);
    return values;
}

constexpr uint32_t all_cores = 0;

/// What a trial is made for.
enum class Wanted : uint8_t {
    result,   ///< all of it, also of what misses
    verdict,  ///< what is not met may be given up as soon as that is certain
};

HarvestPlan plan_with(const SizeTask& task, SizeOf what, double value) {
    HarvestPlan plan = task.plan;
    device::Capacitor& capacitor = plan.chain.capacitor;
    if (what == SizeOf::capacitance) capacitor.capacitance_f = value;
    if (what == SizeOf::on_voltage) capacitor.on_v = value;
    if (what == SizeOf::power) {
        plan.harvester = [inner = task.plan.harvester, value] {
            return std::make_unique<power::ScaledHarvester>(inner(), value);
        };
    }
    return plan;
}

SizeTrial trial_of(const SizeTask& task, SizeOf what, double value, Wanted wanted) {
    const HarvestPlan plan = plan_with(task, what, value);
    Series series = task.series;
    if (wanted == Wanted::verdict) {
        series.missed_max = static_cast<uint64_t>(static_cast<double>(series.due_count()) * (1 - task.share) + 1e-9);
    }
    Session session(*task.file, task.profile);
    SizeTrial trial{.value = value, .met = false, .drains = false, .result = {}};
    try {
        const auto supply = plan.make();
        if (wanted == Wanted::verdict && series.missed_max < series.due_count()) {
            series.hopeless = hopeless_inferences(task, plan);
        }
        trial.result = run_series(session, task.input, *supply, task.options, series);
        trial.met = is_met(trial.result, task.share);
        trial.drains = trial.met && drains(task, plan);
        if (trial.drains) trial.met = false;
    } catch (const power::NeverCharges& reason) {
        trial.result.stuck = reason.what();
    }
    if (task.on_trial) task.on_trial();
    return trial;
}

/// The index of the first value that meets the task, or how many there are.
size_t first_met(const SizeTask& task, SizeOf what, std::span<const double> values) {
    std::vector<char> met(values.size(), 0);
    WorkQueue queue(values.size(), 1);
    // Those before it have been handed out already, so they are tried as well.
    run_items(queue, all_cores, [&](uint64_t index) {
        met[index] = meets_task(task, what, values[index]) ? 1 : 0;
        if (met[index] != 0) queue.stop();
    });
    return static_cast<size_t>(std::find(met.begin(), met.end(), 1) - met.begin());
}

}  // namespace

InferenceCost cost_of_inference(const SizeTask& task) {
    Session session(*task.file, task.profile);
    SteadySupply steady;
    RunOptions options = task.options;
    options.timing_only = true;
    const RunResult run = session.run_inference(task.input, steady, options);
    return {run.latency_s, run.energy_j};
}

double needed_w(const SizeTask& task, const InferenceCost& inference) {
    return task.share * inference.joules / task.series.each_s();
}

double lost_w(const SizeTask& task, const InferenceCost& inference) {
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    const double asleep = std::max(0.0, 1 - task.share * inference.seconds / task.series.each_s());
    return capacitor.leakage_a * capacitor.off_v * capacitor.off_v / capacitor.max_v + task.plan.chain.sleep_w * asleep;
}

SizeTrial try_size(const SizeTask& task, SizeOf what, double value) {
    return trial_of(task, what, value, Wanted::result);
}

bool meets_task(const SizeTask& task, SizeOf what, double value) {
    return trial_of(task, what, value, Wanted::verdict).met;
}

SizeRange range_of(const SizeTask& task, SizeOf what) {
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    switch (what) {
        case SizeOf::capacitance: return {1e-6, 1};
        case SizeOf::power: return {1e-3, 1e3};
        case SizeOf::on_voltage: return {capacitor.off_v * 1.002, capacitor.max_v};
    }
    return {};
}

std::vector<SizeTrial> try_sizes(const SizeTask& task, SizeOf what, std::span<const double> values) {
    std::vector<SizeTrial> trials(values.size());
    WorkQueue queue(values.size(), 1);
    run_items(queue, all_cores, [&](uint64_t index) { trials[index] = try_size(task, what, values[index]); });
    return trials;
}

std::optional<double> smallest_size(const SizeTask& task, SizeOf what, const SizeRange& range) {
    if (!(range.low < range.high)) return std::nullopt;
    // Voltages lie close together: as many steps as two decades have.
    const double step = what == SizeOf::on_voltage ? std::pow(range.high / range.low, 1.0 / 24) : coarse_step;
    const std::vector<double> coarse = steps_to(range.low, range.high, step);
    const size_t first = first_met(task, what, coarse);
    if (first == coarse.size()) return std::nullopt;
    double good = coarse[first];
    if (first == 0) return good;
    double fails = coarse[first - 1];
    // Below it single values may meet the task, too: where a power cycle happens to end with a stage.
    const std::vector<double> fine = steps(std::max(range.low, good / island_range), good, fine_step);
    const size_t island = first_met(task, what, fine);
    if (island < fine.size()) {
        good = fine[island];
        fails = good / fine_step;
    }
    while (good / fails > (what == SizeOf::on_voltage ? std::sqrt(std::sqrt(precision)) : precision)) {
        const double middle = std::sqrt(fails * good);
        (meets_task(task, what, middle) ? good : fails) = middle;
    }
    return good;
}

std::optional<double> sure_size(const SizeTask& task, SizeOf what, double least) {
    constexpr double as_much_again = 1.5, of_the_way = 0.25;
    constexpr size_t count = 20;
    const SizeRange range = range_of(task, what);
    const double high =
        what == SizeOf::on_voltage ? least + of_the_way * (range.high - range.low) : as_much_again * least;
    if (least >= range.high) return std::nullopt;
    const std::vector<double> values =
        steps_to(least, std::min(high, range.high), std::pow(std::min(high, range.high) / least, 1.0 / count));
    // The least is known to meet it.
    std::vector<char> met(values.size(), 1);
    WorkQueue queue(values.size() - 1, 1);
    run_items(queue, all_cores,
              [&](uint64_t index) { met[index + 1] = meets_task(task, what, values[index + 1]) ? 1 : 0; });
    size_t from = met.size();
    while (from > 0 && met[from - 1] != 0) --from;
    return from == 0 || from == met.size() ? std::nullopt : std::optional(values[from]);
}

std::optional<SizeTrial> sold_capacitor(const SizeTask& task, double farads, double least_f) {
    constexpr int most_steps = 12;
    double value = standard_value(farads);
    for (int i = 0; i < most_steps; ++i, value = standard_value(value * 1.01)) {
        SizeTrial trial = trial_of(task, SizeOf::capacitance, value, Wanted::verdict);
        if (trial.met) return trial;
    }
    std::optional<SizeTrial> largest;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
    for (value = standard_value(least_f); value < farads * (1 - 1e-9); value = standard_value(value * 1.01)) {
        SizeTrial trial = trial_of(task, SizeOf::capacitance, value, Wanted::verdict);
        if (trial.met) largest = std::move(trial);
    }
    return largest;
}

SizeTrial best_capacitor(SizeTask task) {
    const double share = task.share;
    const auto worth = [](const SizeTrial& t) { return std::pair(t.result.in_time(), t.result.ended()); };
    task.share = 0;
    SizeTrial best = try_size(task, SizeOf::capacitance, task.plan.chain.capacitor.capacitance_f);
    double first_f = best.value, last_f = best.value;
    const auto look = [&](const std::vector<double>& values) {
        // What misses more than the best so far is given up; which one is the best does not depend on that.
        std::atomic<double> share_so_far{best.result.share_met()};
        std::vector<SizeTrial> trials(values.size());
        WorkQueue queue(values.size(), 1);
        run_items(queue, all_cores, [&](uint64_t index) {
            SizeTask bounded = task;
            bounded.share = share_so_far.load() * (1 - 1e-9);
            trials[index] = trial_of(bounded, SizeOf::capacitance, values[index], Wanted::verdict);
            const double reached = trials[index].result.gave_up ? 0 : trials[index].result.share_met();
            for (double old = share_so_far.load(); old < reached;) {
                if (share_so_far.compare_exchange_weak(old, reached)) break;
            }
        });
        for (SizeTrial& trial : trials) {
            if (!trial.result.gave_up && worth(trial) == worth(best)) last_f = std::max(last_f, trial.value);
            if (trial.result.gave_up || worth(trial) <= worth(best)) continue;
            best = std::move(trial);
            first_f = last_f = best.value;
        }
    };
    const SizeRange range = range_of(task, SizeOf::capacitance);
    look(steps_to(range.low, range.high, coarse_step));
    // Between the neighbours of the best, and of the largest that is as good.
    for (const double middle : std::array{first_f, last_f}) {
        look(steps(middle / coarse_step, middle * coarse_step, fine_step));
    }
    // It was tried for all that end; judged it is by the share.
    task.share = share;
    const bool met = is_met(best.result, share);
    best.drains = met && drains(task, task.plan);
    best.met = met && !best.drains;
    return best;
}

std::optional<double> coarse_size(const SizeTask& task, double low_f) {
    const SizeRange range = range_of(task, SizeOf::capacitance);
    std::vector<double> values = steps_to(range.low, range.high, coarse_step);
    std::erase_if(values, [&](double farads) { return farads < low_f; });
    const size_t first = first_met(task, SizeOf::capacitance, values);
    return first < values.size() ? std::optional(values[first]) : std::nullopt;
}

std::optional<double> without_esr_f(SizeTask task, double low_f) {
    double& esr_ohm = task.plan.chain.capacitor.esr_ohm;
    if (!(esr_ohm > 0)) return std::nullopt;
    esr_ohm = 0;
    return coarse_size(task, low_f);
}

LeastCapacitor least_capacitor(const SizeTask& task) {
    const SizeRange range = range_of(task, SizeOf::capacitance);
    LeastCapacitor least{smallest_size(task, SizeOf::capacitance, range), std::nullopt};
    if (least.farads) return least;
    least.best = best_capacitor(task);
    if (least.best->met) least.farads = least.best->value;
    return least;
}

double rounded_up_to(double value, int digits) {
    const double unit = std::pow(10.0, std::floor(std::log10(value) + 1e-9) - (digits - 1));
    return std::ceil(value / unit - 1e-6) * unit;
}

double rounded_up(double value) { return rounded_up_to(value, 2); }

SizeTrial writable_size(const SizeTask& task, SizeOf what, double least, int digits, double unit) {
    constexpr int most_steps = 12;
    const double most = range_of(task, what).high * (1 + 1e-9);
    double value = rounded_up_to(least / unit, digits) * unit;
    for (int i = 0; i < most_steps && value <= most; ++i) {
        SizeTrial trial = try_size(task, what, value);
        if (trial.met) return trial;
        value = rounded_up_to(value / unit * (1 + 1e-5), digits) * unit;  // the next one
    }
    return try_size(task, what, least);
}

std::string option_text(double value, const char* unit) {
    std::string text = power::si_text(value, unit);
    std::erase(text, ' ');
    return text;
}

double standard_value(double least) {
    constexpr std::array<double, 7> series{1, 1.5, 2.2, 3.3, 4.7, 6.8, 10};
    const double decade = std::pow(10.0, std::floor(std::log10(least) + 1e-9));
    for (const double value : series) {
        if (value * decade >= least * (1 - 1e-9)) return value * decade;
    }
    return 10 * decade;
}

}  // namespace dynbal::sim
