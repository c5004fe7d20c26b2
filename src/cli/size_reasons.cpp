#include "cli/size_reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/write_report.hpp"
#include "io/printable.hpp"
#include "power/recording.hpp"

namespace dynbal::cli {
namespace {

using power::si_text;

/// To be copied: no blank.
std::string seconds_word(double seconds) { return fmt::format("{:.4g}s", seconds); }

/// Two digits, so that what is advised is enough.
double rounded_up_to(double value) {
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    return std::ceil(value / unit - 1e-9) * unit;
}

std::string stage_text(const ImageFile& file, uint32_t stage) {
    const std::vector<std::string>& names = file.host.stage_names;
    return stage < names.size() ? fmt::format("Stage {} ({})", stage, names[stage]) : fmt::format("Stage {}", stage);
}

/// Is the supply too weak on average? Then no capacitor helps.
std::string power_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const sim::Series& series = task.series;
    const double each_s = series.period_s > 0 ? series.period_s : series.deadline_s;
    std::string text = fmt::format("{} {} takes at least {} on average; the supply brings {} behind the converter",
                                   series.period_s > 0 ? "One every" : "One within", quantity(each_s, "s"),
                                   si_text(limits.needed_w, "W"), si_text(limits.mean.reaching_w, "W"));
    if (limits.mean.reaching_w < limits.mean.harvested_w) {
        text += fmt::format(" ({} at the harvester, {})", si_text(limits.mean.harvested_w, "W"),
                            task.plan.chain.converter.text());
    }
    const double left_w = limits.mean.reaching_w - limits.lost_w;
    if (limits.lost_w > 0) text += fmt::format(", and leakage and sleeping take {} of it", si_text(limits.lost_w, "W"));
    if (left_w >= limits.needed_w) return text + ".\n";
    text += ": too little, whatever the capacitor is. ";
    if (limits.mean.reaching_w <= 0) return text + "Nothing comes.\n";
    const std::string power =
        fmt::format("{:g} times the power", rounded_up_to((limits.needed_w + limits.lost_w) / limits.mean.reaching_w));
    if (left_w <= 0) return text + fmt::format("It needs less leakage and sleep, or at least {}.\n", power);
    return text + fmt::format("It needs at least --{} {}, or {}.\n", series.period_s > 0 ? "period" : "deadline",
                              seconds_word(rounded_up_to(each_s * limits.needed_w / left_w)), power);
}

/// Does a weak spell ask for more than is charged before the first deadline?
std::string weakest_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    const double missing_j = limits.inference_j - limits.weakest_j;
    const double stored_j = capacitor.energy_at(capacitor.max_v) - capacitor.energy_at(capacitor.off_v);
    if (missing_j <= 0 || !(stored_j > 0)) return "";
    const double farads = capacitor.capacitance_f * missing_j / stored_j;
    std::string text = fmt::format(
        "In its weakest {} it brings {}. Then an inference lives on what is stored: {} between {:g} V (max_voltage) "
        "and "
        "{:g} V (off_voltage) hold the missing {}",
        quantity(task.series.deadline_s, "s"), si_text(limits.weakest_j, "J"), si_text(farads, "F"), capacitor.max_v,
        capacitor.off_v, si_text(missing_j, "J"));
    const double first_j = farads / capacitor.capacitance_f *
                           (capacitor.energy_at(capacitor.on_v) - capacitor.energy_at(task.plan.chain.start_v));
    const double first_s = limits.mean.reaching_w > 0 ? first_j / limits.mean.reaching_w : 0;
    if (first_s <= task.series.deadline_s) return text + ".\n";
    return text +
           fmt::format(
               ", but charging these to {:g} V (on_voltage) before the first inference takes {} at the mean "
               "power. start_voltage={:g}V begins with a charged capacitor; a max_voltage above on_voltage stores "
               "more without a longer first charge.\n",
               capacitor.on_v, power::duration_text(first_s), capacitor.on_v);
}

std::string best_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const sim::SeriesResult& best = limits.best.result;
    const std::string farads = si_text(limits.best.value, "F");
    if (best.ended() == 0) {
        return fmt::format("Not one inference ends with any capacitor tried. With {}: {}.\n", farads, best.stuck);
    }
    std::string text = fmt::format("The best capacitor tried, {}, ends {} of {} in time", farads,
                                   io::grouped(best.in_time()), io::grouped(best.due));
    if (!best.stuck.empty()) text += fmt::format(", and then none: {}", best.stuck);
    // Less than half of them is no task.
    constexpr double share_least = 50;
    const double percent = std::floor(100 * best.share_met());
    const bool periodic = task.series.period_s > 0;
    std::string ways;
    if (best.stuck.empty() && percent >= share_least && percent < 100 * task.share) {
        ways = fmt::format("--share {:g}", percent);
    }
    if (limits.met) {
        ways += fmt::format("{}--{} {}", ways.empty() ? "" : " or ", periodic ? "period" : "deadline",
                            seconds_word(periodic ? limits.met->period_s : limits.met->deadline_s));
    }
    return text + (ways.empty() ? ".\n" : fmt::format(". With {} it would do.\n", ways));
}

}  // namespace

std::string reasons_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    std::string text =
        fmt::format("\nWhy no capacitor does:\nAn inference takes {} and {} even without a power failure.\n",
                    quantity(limits.inference_s, "s"), si_text(limits.inference_j, "J"));
    if (limits.inference_s > task.series.deadline_s) {
        return text + fmt::format(
                          "That is longer than the deadline of {}: it needs a longer --deadline, a faster device "
                          "or a smaller network.\n",
                          quantity(task.series.deadline_s, "s"));
    }
    text += power_text(task, limits);
    text += fmt::format("{} needs power cycles of about {}: {} or more between {:g} V and {:g} V.\n",
                        stage_text(*task.file, limits.cycle_stage), si_text(limits.cycle_j, "J"),
                        si_text(limits.cycle_f, "F"), capacitor.on_v, capacitor.off_v);
    if (limits.mean.reaching_w >= limits.needed_w + limits.lost_w) text += weakest_text(task, limits);
    return text + best_text(task, limits);
}

}  // namespace dynbal::cli
