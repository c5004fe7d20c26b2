#include "sim/size_limits.hpp"

#include <algorithm>
#include <cmath>

#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

/// How long the task lasts.
double task_s(const Series& series) {
    const double each_s = series.period_s > 0 ? series.period_s : series.deadline_s;
    return std::min(series.until_s, each_s * static_cast<double>(series.count));
}

/// Two a decade, from what is too small by half up to a farad.
SizeTrial best_of(SizeTask task, double least_f) {
    constexpr double largest_f = 1;
    task.share = 0;
    SizeTrial best = try_size(task, SizeOf::capacitance, task.plan.chain.capacitor.capacitance_f);
    const double first_f = standard_value(std::min(least_f / 2, largest_f));
    const auto steps = static_cast<int>(2 * std::log10(largest_f * 1.001 / first_f));
    for (int step = 0; step <= steps; ++step) {
        const double farads = first_f * std::pow(10.0, step / 2.0);
        SizeTrial trial = try_size(task, SizeOf::capacitance, farads);
        if (trial.result.in_time() > best.result.in_time()) best = std::move(trial);
    }
    return best;
}

/// A deadline that is the period goes with it.
std::optional<Series> longer(SizeTask task, double farads) {
    const Series given = task.series;
    for (const double factor : {1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
        task.series.period_s = factor * given.period_s;
        if (given.period_s <= 0 || given.deadline_s == given.period_s) {
            task.series.deadline_s = factor * given.deadline_s;
        }
        if (task.series.period_s > given.until_s) break;
        if (try_size(task, SizeOf::capacitance, farads).met) return task.series;
    }
    return std::nullopt;
}

}  // namespace

double weakest_j(const std::vector<power::Piece>& pieces, const power::Converter& converter, double window_s) {
    std::vector<double> ends_s{0}, sums_j{0};
    for (const power::Piece& piece : pieces) {
        ends_s.push_back(ends_s.back() + piece.duration_s);
        sums_j.push_back(sums_j.back() + piece.duration_s * converter.passed_w(piece));
    }
    const double whole_s = ends_s.back();
    if (whole_s <= window_s) return sums_j.back();
    const auto sum_at = [&](double time_s) {
        const auto after = static_cast<size_t>(std::upper_bound(ends_s.begin(), ends_s.end(), time_s) - ends_s.begin());
        if (after >= ends_s.size()) return sums_j.back();
        const double share = (time_s - ends_s[after - 1]) / (ends_s[after] - ends_s[after - 1]);
        return sums_j[after - 1] + share * (sums_j[after] - sums_j[after - 1]);
    };
    // The sum over a window is least where one of its ends is that of a piece.
    double least_j = sums_j.back();
    for (size_t i = 0; i < ends_s.size(); ++i) {
        if (ends_s[i] + window_s <= whole_s) least_j = std::min(least_j, sum_at(ends_s[i] + window_s) - sums_j[i]);
        if (ends_s[i] >= window_s) least_j = std::min(least_j, sums_j[i] - sum_at(ends_s[i] - window_s));
    }
    return std::max(least_j, 0.0);
}

SizeLimits limits_of(const SizeTask& task) {
    SizeLimits limits;
    Session session(*task.file, task.profile);
    SteadySupply steady;
    RunOptions options = task.options;
    options.timing_only = true;
    const RunResult run = session.run_inference(task.input, steady, options);
    limits.inference_s = run.latency_s;
    limits.inference_j = run.energy_j;
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    limits.cycle_j = least_cycle_j(*task.file, task.profile, &limits.cycle_stage);
    limits.cycle_f = limits.cycle_j / (capacitor.cycle_energy_j() / capacitor.capacitance_f);
    const Series& series = task.series;
    const double each_s = series.period_s > 0 ? series.period_s : series.deadline_s;
    limits.needed_w = task.share * limits.inference_j / each_s;
    limits.lost_w = capacitor.leakage_a * capacitor.off_v * capacitor.off_v / capacitor.max_v + task.plan.chain.sleep_w;
    limits.mean = mean_power(task.plan, task_s(series));
    limits.weakest_j = weakest_j(task.plan.pieces(task_s(series)), task.plan.chain.converter, series.deadline_s);
    limits.best = best_of(task, limits.cycle_f);
    limits.met = longer(task, limits.best.value);
    return limits;
}

}  // namespace dynbal::sim
