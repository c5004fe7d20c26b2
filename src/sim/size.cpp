#include "sim/size.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "power/recording.hpp"

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

}  // namespace

SizeTrial try_size(const SizeTask& task, SizeOf what, double value) {
    HarvestPlan plan = task.plan;
    device::Capacitor& capacitor = plan.chain.capacitor;
    if (what == SizeOf::capacitance) capacitor.capacitance_f = value;
    if (what == SizeOf::on_voltage) capacitor.on_v = value;
    if (what == SizeOf::power) {
        plan.harvester = [inner = task.plan.harvester, value] {
            return std::make_unique<power::ScaledHarvester>(inner(), value);
        };
    }
    Series series = task.series;
    series.missed_max = static_cast<uint64_t>(static_cast<double>(series.due_count()) * (1 - task.share) + 1e-9);
    Session session(*task.file, task.profile);
    SizeTrial trial{.value = value, .met = false, .result = {}};
    try {
        const auto supply = plan.make();
        trial.result = run_series(session, task.input, *supply, task.options, series);
        trial.met = is_met(trial.result, task.share);
    } catch (const power::NeverCharges& reason) {
        trial.result.stuck = reason.what();
    }
    return trial;
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

std::optional<double> smallest_size(const SizeTask& task, SizeOf what, const SizeRange& range,
                                    const std::function<void()>& on_trial) {
    const auto meets = [&](double value) {
        const bool met = try_size(task, what, value).met;
        if (on_trial) on_trial();
        return met;
    };
    if (!(range.low < range.high)) return std::nullopt;
    // Voltages lie close together: as many steps as two decades have.
    const double step = what == SizeOf::on_voltage ? std::pow(range.high / range.low, 1.0 / 24) : coarse_step;
    double fails = 0, good = range.low;
    while (!meets(good)) {
        fails = good;
        if (good >= range.high) return std::nullopt;
        good = std::min(good * step, range.high);
    }
    if (fails == 0) return good;
    // Below it single values may meet the task, too: where a power cycle happens to end with a stage.
    double value = std::max(range.low, good / island_range);
    while (value < good && !meets(value)) value *= fine_step;
    if (value < good) {
        good = value;
        fails = value / fine_step;
    }
    while (good / fails > (what == SizeOf::on_voltage ? std::sqrt(std::sqrt(precision)) : precision)) {
        const double middle = std::sqrt(fails * good);
        (meets(middle) ? good : fails) = middle;
    }
    return good;
}

std::optional<SizeTrial> sold_capacitor(const SizeTask& task, double farads, double least_f) {
    constexpr int most_steps = 12;
    double value = standard_value(farads);
    for (int i = 0; i < most_steps; ++i, value = standard_value(value * 1.01)) {
        SizeTrial trial = try_size(task, SizeOf::capacitance, value);
        if (trial.met) return trial;
    }
    std::optional<SizeTrial> largest;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
    for (value = standard_value(least_f); value < farads * (1 - 1e-9); value = standard_value(value * 1.01)) {
        SizeTrial trial = try_size(task, SizeOf::capacitance, value);
        if (trial.met) largest = std::move(trial);
    }
    return largest;
}

SizeTrial best_capacitor(SizeTask task) {
    const double share = task.share;
    task.share = 0;
    SizeTrial best = try_size(task, SizeOf::capacitance, task.plan.chain.capacitor.capacitance_f);
    double first_f = best.value, last_f = best.value;
    const auto look = [&](double farads) {
        // What misses more than the best may be given up.
        task.share = best.result.share_met() * (1 - 1e-9);
        SizeTrial trial = try_size(task, SizeOf::capacitance, farads);
        const auto worth = [](const SizeTrial& t) { return std::pair(t.result.in_time(), t.result.ended()); };
        if (!trial.result.gave_up && worth(trial) == worth(best)) last_f = std::max(last_f, farads);
        if (trial.result.gave_up || worth(trial) <= worth(best)) return;
        best = std::move(trial);
        first_f = last_f = farads;
    };
    const SizeRange range = range_of(task, SizeOf::capacitance);
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
    for (double farads = range.low; farads <= range.high; farads *= coarse_step) look(farads);
    // Between the neighbours of the best, and of the largest that is as good.
    std::array<double, 2> around{first_f, last_f};
    for (const double middle : around) {
        // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
        for (double farads = middle / coarse_step; farads < middle * coarse_step; farads *= fine_step) look(farads);
    }
    best.met = is_met(best.result, share);
    return best;
}

std::optional<double> coarse_size(const SizeTask& task, double low_f) {
    const SizeRange range = range_of(task, SizeOf::capacitance);
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): it grows by a factor, so it never stands still
    for (double farads = range.low; farads <= range.high; farads *= coarse_step) {
        if (farads >= low_f && try_size(task, SizeOf::capacitance, farads).met) return farads;
    }
    return std::nullopt;
}

LeastCapacitor least_capacitor(const SizeTask& task, const std::function<void()>& on_trial) {
    const SizeRange range = range_of(task, SizeOf::capacitance);
    LeastCapacitor least{smallest_size(task, SizeOf::capacitance, range, on_trial), std::nullopt};
    if (least.farads) return least;
    least.best = best_capacitor(task);
    if (least.best->met) least.farads = least.best->value;
    return least;
}

double rounded_up(double value) {
    const double unit = std::pow(10.0, std::floor(std::log10(value) + 1e-9) - 1);
    return std::ceil(value / unit - 1e-6) * unit;
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
