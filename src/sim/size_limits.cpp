#include "sim/size_limits.hpp"

#include <algorithm>
#include <cmath>

#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

/// A longer period. A deadline that is the period goes with it.
Series stretched(const Series& given, double each_s) {
    Series series = given;
    if (given.period_s > 0) series.period_s = each_s;
    if (given.period_s <= 0 || given.deadline_s == given.period_s) series.deadline_s = each_s;
    return series;
}

/// The shortest period of two digits from `bound_s` on that some capacitor meets: steps of a quarter, then halves of the last one.
std::optional<LongerPeriod> longer(SizeTask task, double bound_s, double low_f) {
    constexpr double longest = 1000, step = 1.25, next = 1.001, close = 1.05;
    const Series given = task.series;
    const double given_s = given.each_s();
    double good_f = 0;
    const auto meets = [&](double each_s) {
        task.series = stretched(given, each_s);
        if (good_f > 0 && meets_task(task, SizeOf::capacitance, good_f)) return true;
        const auto found = coarse_size(task, low_f);
        if (found) good_f = *found;
        return found.has_value();
    };
    double fails_s = std::max(given_s, bound_s / next), good_s = rounded_up(fails_s * next);
    while (!meets(good_s)) {
        fails_s = good_s;
        good_s = rounded_up(good_s * step);
        const double period_max_s =
            std::min(given.until_s, power::total_s_max / static_cast<double>(given.due_count()));
        if (good_s > std::min(longest * given_s, period_max_s)) return std::nullopt;
    }
    while (good_s > fails_s * close) {
        double middle_s = rounded_up(std::sqrt(fails_s * good_s));
        if (middle_s > good_s / next) middle_s = rounded_up(fails_s * next);
        if (middle_s > good_s / next) break;
        (meets(middle_s) ? good_s : fails_s) = middle_s;
    }
    task.series = stretched(given, good_s);
    const std::optional<SizeTrial> sold = sold_capacitor(task, good_f, good_f);
    return LongerPeriod{task.series, sold ? sold->value : good_f};
}

/// How long it takes from the start of the supply to the on voltage; nothing if it never comes to that.
std::optional<double> first_charge_s(const SizeTask& task, double farads) {
    HarvestPlan plan = task.plan;
    plan.chain.capacitor.capacitance_f = farads;
    try {
        const auto supply = plan.make();
        supply->begin_cycle();
        return static_cast<double>(supply->charging_ps()) * 1e-12;
    } catch (const power::NeverCharges&) {
        return std::nullopt;
    }
}

/// Does a capacitor do that is charged when the supply begins?
std::optional<ChargedStart> charged_start(SizeTask task) {
    const SizeTask given = task;
    if (!(task.plan.chain.start_v < task.plan.chain.capacitor.on_v)) return std::nullopt;
    task.plan.chain.start_v = task.plan.chain.capacitor.on_v;
    const auto least = smallest_size(task, SizeOf::capacitance, range_of(task, SizeOf::capacitance));
    if (!least) return std::nullopt;
    ChargedStart start{*least, *least, first_charge_s(given, *least)};
    if (const auto sold = sold_capacitor(task, *least * sensible_margin, *least)) start.sold_f = sold->value;
    return start;
}

}  // namespace

double task_s(const Series& series) {
    return std::min(series.until_s, series.each_s() * static_cast<double>(series.count));
}

Shortage largest_shortage(const std::vector<power::Piece>& pieces, const power::Converter& converter, double needed_w) {
    Shortage largest;
    double time_s = 0, missing_j = 0, begin_s = 0, came_j = 0;
    for (const power::Piece& piece : pieces) {
        const double passed_w = converter.passed_w(piece);
        if (missing_j <= 0) {
            begin_s = time_s;
            missing_j = came_j = 0;
        }
        time_s += piece.duration_s;
        missing_j += piece.duration_s * (needed_w - passed_w);
        came_j += piece.duration_s * passed_w;
        if (missing_j > largest.missing_j) largest = {begin_s, time_s, came_j, missing_j};
    }
    return largest;
}

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

SizeLimits limits_of(const SizeTask& task, const SizeTrial& best) {
    SizeLimits limits;
    const InferenceCost inference = task.inference ? *task.inference : cost_of_inference(task);
    limits.inference_s = inference.seconds;
    limits.inference_j = inference.joules;
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    limits.cycle_j = least_cycle_j(*task.file, task.profile, &limits.cycle_stage);
    limits.cycle_f = limits.cycle_j / (capacitor.cycle_energy_j() / capacitor.capacitance_f);
    const Series& series = task.series;
    limits.needed_w = needed_w(task, inference);
    limits.lost_w = lost_w(task, inference);
    limits.mean = mean_power(task.plan, std::max(task_s(series), task.plan.mean_over_s));
    const std::vector<power::Piece> pieces = task.plan.pieces(task_s(series));
    const power::Converter& converter = task.plan.chain.converter;
    limits.weakest_j = weakest_j(pieces, converter, series.deadline_s);
    limits.shortage = largest_shortage(pieces, converter, limits.needed_w + limits.lost_w);
    const double low_f = limits.cycle_f / 2;
    limits.best = best;
    if (limits.inference_s > series.deadline_s) return limits;
    const double left_w = limits.mean.reaching_w - limits.lost_w;
    if (left_w >= limits.needed_w) limits.charged = charged_start(task);
    if (left_w >= limits.needed_w) limits.without_esr_f = without_esr_f(task, low_f);
    // Of a harvest that ends a longer period may be met as well: from what is stored until then, or because fewer are due.
    if (left_w > 0) limits.met = longer(task, series.each_s() * limits.needed_w / left_w, low_f);
    return limits;
}

}  // namespace dynbal::sim
