#include "sim/size_chances.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

namespace dynbal::sim {
namespace {

// Some dozen inferences tell what is hopeless: of fewer than this the trial itself is as short.
constexpr uint64_t count_worth_it = 500;
// Powers are tried in these steps. So many in a row fail before those below are hopeless: a power of half as much again did no better.
constexpr double power_step = 1.1;
constexpr int fails_needed = 5;
// The engine learns what its supply brings: the first inference is not the fastest.
constexpr int inferences_a_power = 3;
constexpr double larger_capacitor = 1.2;
// What takes longer than so many deadlines is no question of luck, or of what the engine has learned.
constexpr double far_too_long = 2;

/// Tries inferences on constant power, each of which finds the capacitor full.
class Probe {
public:
    Probe(const SizeTask& task, const HarvestPlan& plan) : task_(&task), chain_(plan.chain) {
        chain_.converter = {};
        chain_.start_v = chain_.capacitor.max_v;
    }

    bool ends_in_time(double reaching_w) { return ends_with(reaching_w, 1) || ends_with(reaching_w, larger_capacitor); }

private:
    bool ends_with(double reaching_w, double times_f) {
        power::ChainOptions chain = chain_;
        chain.capacitor.capacitance_f *= times_f;
        RunOptions options = task_->options;
        options.timing_only = true;
        options.cycles_max = std::min(options.cycles_max, cycles_of(chain.capacitor, reaching_w));
        Session session(*task_->file, task_->profile);
        for (int i = 0; i < inferences_a_power; ++i) {
            HarvestSupply supply(std::make_unique<power::ConstantHarvester>(reaching_w), chain);
            const RunResult run = session.run_inference(task_->input, supply, options);
            if (!run.completed()) return false;
            if (run.latency_s <= task_->series.deadline_s) return true;
            if (run.latency_s > far_too_long * task_->series.deadline_s) return false;
        }
        return false;
    }
    /// One with more of them takes far too long: each takes what is between on_v and off_v, or half of it under a load.
    uint64_t cycles_of(const device::Capacitor& capacitor, double reaching_w) const {
        const double stored_j = capacitor.energy_at(capacitor.max_v) - capacitor.energy_at(capacitor.off_v);
        const double most_j = stored_j + far_too_long * task_->series.deadline_s * reaching_w;
        constexpr double part = 0.5, least = 10, most = 1e9;
        return static_cast<uint64_t>(std::clamp(most_j / (part * capacitor.cycle_energy_j()), least, most));
    }

    const SizeTask* task_;
    power::ChainOptions chain_;
};

/// Below it nothing ends in time; 0 if that is not known of any power. What is below `weakest_w`, which is above 0, need not be told
/// apart.
double hopeless_below_w(Probe probe, double strongest_w, double weakest_w) {
    const auto power_at = [&](int level) { return strongest_w * std::pow(power_step, fails_needed - level); };
    int first = 0;       // of the row that may fail
    int known_last = 0;  // those from `first` to before it have failed
    for (;;) {
        const int last = first + fails_needed - 1;
        if (power_at(last) * power_step < weakest_w) return 0;
        // From below: one that ends in time makes all above it needless.
        int level = last;
        while (level >= known_last && !probe.ends_in_time(power_at(level))) --level;
        if (level < known_last) return power_at(last);
        first = level + 1;
        known_last = last + 1;
    }
}

}  // namespace

std::vector<double> strongest_w(const std::vector<power::Piece>& pieces, const power::Converter& converter,
                                double each_s, double long_s, uint64_t count) {
    struct Part {
        double end_s = 0, power_w = 0;
    };
    std::vector<double> strongest;
    strongest.reserve(count);
    std::deque<Part> falling;  // those of the window that no later one is as strong as
    size_t next = 0;
    double begin_s = 0;  // of pieces[next]
    for (uint64_t index = 0; index < count; ++index) {
        const double from_s = each_s * static_cast<double>(index);
        for (; next < pieces.size() && begin_s <= from_s + long_s; ++next) {
            const double power_w = converter.passed_w(pieces[next]);
            begin_s += pieces[next].duration_s;
            while (!falling.empty() && falling.back().power_w <= power_w) falling.pop_back();
            falling.push_back({begin_s, power_w});
        }
        while (!falling.empty() && falling.front().end_s < from_s) falling.pop_front();
        strongest.push_back(falling.empty() ? 0 : falling.front().power_w);
    }
    return strongest;
}

std::vector<uint8_t> hopeless_inferences(const SizeTask& task, const HarvestPlan& plan) {
    const Series& series = task.series;
    const uint64_t count = series.due_count();
    if (series.period_s <= 0 || !std::isfinite(series.deadline_s) || count < count_worth_it) return {};
    const double all_s = series.period_s * static_cast<double>(count) + series.deadline_s;
    const std::vector<power::Piece> pieces = plan.pieces(all_s);
    double told_s = 0;
    for (const power::Piece& piece : pieces) told_s += piece.duration_s;
    if (told_s < all_s * (1 - 1e-9)) return {};
    const std::vector<double> powers_w =
        strongest_w(pieces, plan.chain.converter, series.period_s, series.deadline_s, count);
    double most_w = 0, least_w = 0;
    for (const double power_w : powers_w) {
        most_w = std::max(most_w, power_w);
        if (power_w > 0 && (least_w == 0 || power_w < least_w)) least_w = power_w;
    }
    if (most_w <= 0) return {};
    const double below_w = hopeless_below_w(Probe(task, plan), most_w, least_w);
    std::vector<uint8_t> hopeless(count, 0);
    std::transform(powers_w.begin(), powers_w.end(), hopeless.begin(),
                   [&](double power_w) { return power_w < below_w ? 1 : 0; });
    return hopeless;
}

}  // namespace dynbal::sim
