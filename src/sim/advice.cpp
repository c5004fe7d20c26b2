#include "sim/advice.hpp"

#include <fmt/format.h>

#include <cmath>

#include "power/recording.hpp"

namespace dynbal::sim {

using power::si_text;

std::string advice_for(SizeTask task) {
    if (task.plan.trace && task.plan.trace->largest_w == 0) return "";
    // One inference at last. Hopeless ones end soon, and what gets on by next to nothing in each cycle is no advice.
    task.series = {.period_s = 0, .count = 1};
    task.options.stuck_cycles = 20;
    task.options.cycles_max = 10'000;
    task.options.on_waiting = nullptr;  // they run side by side
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    const double boot_j = static_cast<double>(task.profile.boot().energy_fj) * 1e-15;
    std::string text =
        fmt::format("{} between {:.3g} V and {:.3g} V bring {} a power cycle", si_text(capacitor.capacitance_f, "F"),
                    capacitor.on_v, capacitor.off_v, si_text(capacitor.cycle_energy_j(), "J"));
    if (boot_j > 0) text += fmt::format(", {} of it for the boot", si_text(boot_j, "J"));
    std::string ways;
    int count = 0;
    const auto add = [&](const std::string& way) { ways += (count++ == 0 ? "" : ", or ") + way; };
    const auto farads = smallest_size(task, SizeOf::capacitance, {capacitor.capacitance_f, 1});
    if (farads) {
        device::Capacitor larger = capacitor;
        larger.capacitance_f = writable_size(task, SizeOf::capacitance, *farads, 2).value;
        std::string way = fmt::format("capacitance={} ({} a power cycle)", option_text(larger.capacitance_f, "F"),
                                      si_text(larger.cycle_energy_j(), "J"));
        if (const auto sold = sold_capacitor(task, *farads * sensible_margin, *farads)) {
            way += fmt::format(", sensible is capacitance={}", option_text(sold->value, "F"));
        }
        add(way);
    }
    if (const auto volts = smallest_size(task, SizeOf::on_voltage, {capacitor.on_v, capacitor.max_v})) {
        add(fmt::format("on_voltage={:g}V", writable_size(task, SizeOf::on_voltage, *volts, 3).value));
    }
    if (const auto factor = smallest_size(task, SizeOf::power, {1, 1000})) {
        add(fmt::format("{:g} times the harvested power", writable_size(task, SizeOf::power, *factor, 2).value));
    }
    text += ways.empty() ? "; no capacitor up to 1 F, no voltage up to max_voltage and no power up to 1000 times this "
                           "one is enough"
                         : (count == 1 ? "; this is enough: " : "; one of these is enough: ") + ways;
    if (farads) return text;
    const auto without_f = without_esr_f(task, capacitor.capacitance_f);
    return without_f ? text + ". " + resistance_text(capacitor, cost_of_inference(task), *without_f) : text;
}

std::string resistance_text(const device::Capacitor& capacitor, const InferenceCost& inference, double without_f) {
    const double drop_v = capacitor.esr_ohm * inference.joules / inference.seconds / capacitor.off_v;
    return fmt::format(
        "The series resistance is in the way (esr={:g}Ohm): at work it takes about {:.2g} V of the {:.2g} V between "
        "on_voltage and off_voltage; without it {} would do.",
        capacitor.esr_ohm, drop_v, capacitor.on_v - capacitor.off_v, si_text(without_f, "F"));
}

}  // namespace dynbal::sim
