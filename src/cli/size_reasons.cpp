#include "cli/size_reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/write_report.hpp"
#include "io/printable.hpp"
#include "power/recording.hpp"
#include "sim/advice.hpp"

namespace dynbal::cli {
namespace {

using power::si_text;

/// To be copied: no blank.
std::string seconds_word(double seconds) { return fmt::format("{:.4g}s", seconds); }

std::string stage_text(const ImageFile& file, uint32_t stage) {
    const std::vector<std::string>& names = file.host.stage_names;
    return stage < names.size() ? fmt::format("Stage {} ({})", stage, names[stage]) : fmt::format("Stage {}", stage);
}

/// Is the supply too weak on average? Then no capacitor helps.
std::string power_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const sim::Series& series = task.series;
    const double each_s = series.each_s();
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
    if (task.plan.ends_s < sim::task_s(series)) {
        return text + fmt::format("Nothing comes after {}; what comes until then is that of {:.0f} inferences.\n",
                                  power::duration_text(task.plan.ends_s),
                                  std::floor(limits.mean.reaching_w * sim::task_s(series) / limits.inference_j));
    }
    const std::string power = fmt::format("{:g} times the power",
                                          sim::rounded_up((limits.needed_w + limits.lost_w) / limits.mean.reaching_w));
    if (left_w <= 0) return text + fmt::format("It needs less leakage and sleep, or at least {}.\n", power);
    return text + fmt::format("For the mean alone it is --{} {} or {}, and gaps ask for more.\n",
                              series.period_s > 0 ? "period" : "deadline",
                              seconds_word(sim::rounded_up(each_s * limits.needed_w / left_w)), power);
}

/// What is stored must last for all inferences of the weakest stretch.
std::string shortage_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    const sim::Shortage& shortage = limits.shortage;
    const double stored_j = capacitor.energy_at(capacitor.max_v) - capacitor.energy_at(capacitor.off_v);
    // Less than an inference is not what is in the way.
    if (shortage.missing_j < limits.inference_j || !(stored_j > 0)) return "";
    const double due = (shortage.end_s - shortage.begin_s) / task.series.each_s();
    return fmt::format(
        "In its weakest time, {} from {} on, it brings {}; some {:.0f} inferences are due then. Only what is stored "
        "helps: "
        "about {} between {:g} V (max_voltage) and {:g} V (off_voltage) hold the missing {}.\n",
        power::duration_text(shortage.end_s - shortage.begin_s), power::duration_text(shortage.begin_s),
        si_text(shortage.came_j, "J"), std::ceil(due),
        si_text(capacitor.capacitance_f * shortage.missing_j / stored_j, "F"), capacitor.max_v, capacitor.off_v,
        si_text(shortage.missing_j, "J"));
}

/// Is it the first charge? That was tried.
std::string charge_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    if (!limits.charged) return "";
    const sim::ChargedStart& charged = *limits.charged;
    const double on_v = task.plan.chain.capacitor.on_v, start_v = task.plan.chain.start_v;
    std::string text =
        fmt::format("The first charge is in the way: {} do if they begin charged, but from {:g} V to {:g} V ",
                    si_text(charged.least_f, "F"), start_v, on_v);
    text += charged.first_charge_s
                ? fmt::format("(on_voltage) it takes {}. ", power::duration_text(*charged.first_charge_s))
                : "(on_voltage) they never come. ";
    return text +
           fmt::format(
               "With capacitance={},start_voltage={:g}V in the supply all is met. Or let the inferences that are due "
               "while it charges be missed: --share.\n",
               sim::option_text(charged.sold_f, "F"), on_v);
}

/// Is it the series resistance? That was tried.
std::string esr_text(const sim::SizeTask& task, const sim::SizeLimits& limits) {
    if (!limits.without_esr_f) return "";
    return sim::resistance_text(task.plan.chain.capacitor, {limits.inference_s, limits.inference_j},
                                *limits.without_esr_f) +
           "\n";
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
    if (limits.best.drains) text += ", from what is stored at first, which does not last";
    // Less than half of them is no task.
    constexpr double share_least = 50;
    const double percent = std::floor(100 * best.share_met() + 1e-9);
    const bool periodic = task.series.period_s > 0;
    std::string ways;
    if (best.stuck.empty() && percent >= share_least && percent < 100 * task.share) {
        ways = fmt::format("--share {:g}", percent);
    }
    if (limits.met) {
        ways += fmt::format("{}--{} {} and {}", ways.empty() ? "" : ", or with ", periodic ? "period" : "deadline",
                            seconds_word(limits.met->series.each_s()), si_text(limits.met->farads, "F"));
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
    if (limits.mean.reaching_w >= limits.needed_w + limits.lost_w) {
        text += shortage_text(task, limits) + charge_text(task, limits) + esr_text(task, limits);
    }
    return text + best_text(task, limits);
}

}  // namespace dynbal::cli
