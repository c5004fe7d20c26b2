#include "power/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "power/recording.hpp"

namespace dynbal::power {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double wait_s_max = 30 * 86400.0;
// A harvester that changes at random never repeats itself; about a second of computing.
constexpr uint64_t steps_max = 20'000'000;
constexpr uint64_t steps_without_gain_max = 1'000'000;

/// I of V I + I^2 R = P (into the capacitor), or of V I - I^2 R = P (out of it).
double current_a(double voltage_v, double net_w, double resistance_ohm) {
    const double root = voltage_v * voltage_v + 4 * resistance_ohm * net_w;
    return (std::sqrt(std::max(root, 0.0)) - voltage_v) / (2 * resistance_ohm);
}

/// With as many digits as it takes to tell it from the limit that it does not reach.
std::string below_text(double voltage_v, double limit_v) {
    int digits = 3;
    while (digits < 9 && fmt::format("{:.{}g}", voltage_v, digits) == fmt::format("{:.{}g}", limit_v, digits)) ++digits;
    return fmt::format("{:.{}g} V", voltage_v, digits);
}

}  // namespace

std::string Converter::text() const {
    std::string text = fmt::format("efficiency={:.3g}%", 100 * efficiency);
    if (least_w > 0) text += fmt::format(", min_power={}", si_text(least_w, "W"));
    if (least_v > 0) text += fmt::format(", min_voltage={:g} V", least_v);
    return text;
}

EnergyBalance EnergyBalance::since(const EnergyBalance& before) const {
    EnergyBalance result = *this;
    result.harvested -= before.harvested;
    result.delivered -= before.delivered;
    result.lost_converter -= before.lost_converter;
    result.lost_leakage -= before.lost_leakage;
    result.lost_resistance -= before.lost_resistance;
    result.lost_clipped -= before.lost_clipped;
    result.lost_sleeping -= before.lost_sleeping;
    result.stored -= before.stored;
    return result;
}

PowerChain::PowerChain(std::unique_ptr<Harvester> harvester, const ChainOptions& options)
    : harvester_(std::move(harvester)),
      options_(options),
      // R = max_v / leakage, tau = R C / 2.
      tau_s_(options.capacitor.leakage_a > 0
                 ? options.capacitor.max_v / options.capacitor.leakage_a * options.capacitor.capacitance_f / 2
                 : infinity),
      start_j_(options.capacitor.energy_at(options.capacitor.on_v)),
      stop_j_(options.capacitor.energy_at(options.capacitor.off_v)),
      full_j_(options.capacitor.energy_at(options.capacitor.max_v)),
      begin_j_(options.capacitor.energy_at(options.start_v)),
      energy_j_(begin_j_) {
    next_piece();
}

PowerChain PowerChain::resumed(std::unique_ptr<Harvester> harvester) const {
    PowerChain chain = *this;
    chain.harvester_ = std::move(harvester);
    chain.seen_repetitions_ = 0;
    chain.next_piece();
    return chain;
}

double PowerChain::voltage_v() const { return std::sqrt(2 * energy_j_ / options_.capacitor.capacitance_f); }

/// With the device off. An empty capacitor gives nothing.
PowerChain::Flow PowerChain::flow_asleep() const {
    return flow_with(energy_j_ > 0 ? options_.sleep_w : std::min(options_.sleep_w, converted_w()));
}

void PowerChain::rest(double duration_s) {
    double left_s = duration_s;
    while (left_s > 0) {
        const Flow flow = flow_asleep();
        left_s -= advance(flow, left_s, flow.into_w() < 0 ? 0 : full_j_, balance_.lost_sleeping).time_s;
    }
}

double PowerChain::charge() {
    double waited_s = 0;
    patience_ = {};
    while (energy_j_ < start_j_) {
        const Flow flow = flow_asleep();
        const double target_j = flow.into_w() < 0 ? 0 : start_j_;
        const Step step = advance(flow, infinity, target_j, balance_.lost_sleeping);
        waited_s += step.time_s;
        check_patience(waited_s);
    }
    has_run_ = true;
    return waited_s;
}

bool PowerChain::sleep(double duration_s) {
    const double slept_s = draw_into(balance_.lost_sleeping, options_.sleep_w, duration_s);
    if (slept_s >= duration_s) return true;
    rest(duration_s - slept_s);
    return false;
}

double PowerChain::draw(double power_w, double duration_s) {
    return draw_into(balance_.delivered, power_w, duration_s);
}

double PowerChain::draw_into(double& account_j, double power_w, double duration_s) {
    double left_s = duration_s;
    while (left_s > 0) {
        const Flow flow = flow_with(power_w);
        const double stop_j = stop_energy_j(flow.net_w);
        if (energy_j_ <= stop_j && flow.into_w() < energy_j_ / tau_s_) break;
        const Step step = advance(flow, left_s, stop_j, account_j);
        left_s -= step.time_s;
        if (step.reached) break;
    }
    return duration_s - left_s;
}

void PowerChain::next_piece() {
    piece_ = harvester_->next();
    piece_left_s_ = piece_.duration_s;
}

double PowerChain::converted_w() const { return options_.converter.passed_w(piece_); }

PowerChain::Flow PowerChain::flow_with(double load_w) const {
    Flow flow{.load_w = load_w, .net_w = converted_w() - load_w, .resistance_w = 0, .step_s = infinity};
    const device::Capacitor& capacitor = options_.capacitor;
    if (capacitor.esr_ohm > 0 && flow.net_w != 0) {
        // An empty capacitor would turn all power into heat and never begin to charge.
        const double inner_v = std::max(voltage_v(), 0.01);
        const double current = current_a(inner_v, flow.net_w, capacitor.esr_ohm);
        flow.resistance_w = current * current * capacitor.esr_ohm;
        // A percent of the voltage is two of the energy.
        flow.step_s = 0.02 * capacitor.energy_at(inner_v) / std::abs(flow.net_w);
    }
    return flow;
}

/// Where the terminals are at off_v while `net_w` flows.
double PowerChain::stop_energy_j(double net_w) const {
    const device::Capacitor& capacitor = options_.capacitor;
    if (capacitor.esr_ohm == 0 || net_w >= 0) return stop_j_;
    return capacitor.energy_at(capacitor.off_v - net_w / capacitor.off_v * capacitor.esr_ohm);
}

/// With a constant power into the capacitor; infinity if never.
double PowerChain::time_to_reach(double target_j, double power_w) const {
    const double change_j = target_j - energy_j_;
    if (tau_s_ == infinity) return change_j * power_w > 0 ? change_j / power_w : infinity;
    const double distance_j = power_w * tau_s_ - energy_j_;
    const double share = distance_j != 0 ? change_j / distance_j : 0;
    return share > 0 && share < 1 ? -tau_s_ * std::log1p(-share) : infinity;
}

double PowerChain::energy_after(const Flow& flow, double time_s) const {
    if (tau_s_ == infinity) return energy_j_ + flow.into_w() * time_s;
    return energy_j_ + (energy_j_ - flow.into_w() * tau_s_) * std::expm1(-time_s / tau_s_);
}

bool PowerChain::stays_full(const Flow& flow) const {
    return energy_j_ >= full_j_ && flow.into_w() >= energy_j_ / tau_s_;
}

/// To the end of the piece, of the limit or of the step, to the target, or until the capacitor is full.
PowerChain::Step PowerChain::plan_step(const Flow& flow, double limit_s, double target_j) const {
    Step step{std::min({limit_s, piece_left_s_, flow.step_s}), false};
    if (stays_full(flow)) return step;
    const double target_s = time_to_reach(target_j, flow.into_w());
    const double full_s = time_to_reach(full_j_, flow.into_w());
    step.reached = target_s <= step.time_s;
    step.time_s = std::min({step.time_s, target_s, full_s});
    return step;
}

/// One step; the energy of the load is added to `load_account_j`.
PowerChain::Step PowerChain::advance(const Flow& flow, double limit_s, double target_j, double& load_account_j) {
    const Step step = plan_step(flow, limit_s, target_j);
    if (step.time_s == infinity) {
        refuse(piece_.power_w > 0 ? "what is harvested is lost as fast as it comes" : "nothing more is harvested");
    }
    const bool full = stays_full(flow);
    const bool fills = !full && !step.reached && step.time_s == time_to_reach(full_j_, flow.into_w());
    const double after_j = step.reached ? target_j
                           : full       ? energy_j_
                           : fills      ? full_j_
                                        : energy_after(flow, step.time_s);
    const double in_j = flow.into_w() * step.time_s;
    // What came in and is not there has leaked, or found the capacitor full.
    const double leaked_j = full ? energy_j_ / tau_s_ * step.time_s : in_j - (after_j - energy_j_);
    if (full) balance_.lost_clipped += in_j - leaked_j;
    if (tau_s_ != infinity) balance_.lost_leakage += leaked_j;  // else rounding alone
    balance_.lost_resistance += flow.resistance_w * step.time_s;
    balance_.harvested += piece_.power_w * step.time_s;
    balance_.lost_converter += (piece_.power_w - converted_w()) * step.time_s;
    load_account_j += flow.load_w * step.time_s;
    energy_j_ = after_j;
    balance_.stored = energy_j_ - begin_j_;
    total_s_ += step.time_s;
    piece_left_s_ -= step.time_s;
    if (piece_left_s_ <= 0) next_piece();
    return step;
}

void PowerChain::check_patience(double waited_s) {
    if (waited_s > wait_s_max) refuse("it has waited for 30 days");
    if (total_s_ > total_s_max) refuse("180 days have passed, more than a run may take");
    if (++patience_.steps > steps_max) give_up();
    if (energy_j_ > patience_.highest_j) {
        patience_.highest_j = energy_j_;
        patience_.steps_at_highest = patience_.steps;
    }
    if (patience_.steps - patience_.steps_at_highest > steps_without_gain_max) {
        refuse("what is harvested has changed a million times without charging it further");
    }
    if (harvester_->repetitions() != seen_repetitions_) check_repetition(waited_s);
}

/// It may start later: nobody knows.
void PowerChain::give_up() const {
    throw NeverCharges(
        fmt::format("whether the supply ever starts the device is not known: in {} what is harvested has changed {} "
                    "million times, and the capacitor of {} is at {} of {:g} V (on_voltage); no more is computed. A "
                    "recording with fewer rows a second is computed further",
                    duration_text(total_s_), steps_max / 1'000'000, si_text(options_.capacitor.capacitance_f, "F"),
                    below_text(voltage_v(), options_.capacitor.on_v), options_.capacitor.on_v));
}

/// A repetition that brings less than the one before it brings no more later: leakage only grows. So what the last one
/// brought, over and over, is the most to be hoped for.
void PowerChain::check_repetition(double waited_s) {
    seen_repetitions_ = harvester_->repetitions();
    const double gain_j = energy_j_ - patience_.energy_at_repetition_j;
    const double period_s = waited_s - patience_.waited_at_repetition_s;
    const bool has_previous = patience_.energy_at_repetition_j >= 0;
    patience_.energy_at_repetition_j = energy_j_;
    patience_.waited_at_repetition_s = waited_s;
    if (!has_previous) return;
    if (gain_j <= 0) refuse("a whole repetition of the trace has not charged it further");
    const double missing_j = start_j_ - energy_j_;
    if (waited_s + missing_j / gain_j * period_s > wait_s_max) {
        refuse("at the rate of the last repetition of the trace that takes more than 30 days");
    }
}

/// What arrives, what is lost at the voltage where the device starts, and so what would be enough.
std::string PowerChain::lack_text() const {
    const device::Capacitor& capacitor = options_.capacitor;
    const Converter& converter = options_.converter;
    const double leakage_w = capacitor.leakage_a * capacitor.on_v * capacitor.on_v / capacitor.max_v;
    const double needed_w = (leakage_w + options_.sleep_w) / converter.efficiency;
    std::string text = fmt::format("; now {} are harvested", si_text(piece_.power_w, "W"));
    if (piece_.power_w > 0 && converted_w() == 0) {
        return text + fmt::format(", less than the converter needs: {} and {:.3g} V", si_text(converter.least_w, "W"),
                                  converter.least_v);
    }
    if (needed_w == 0) return piece_.power_w > 0 ? text : "";
    return text + fmt::format(
                      ", leakage takes {} at {:.3g} V and the sleeping device {}: more than {} must be harvested, on "
                      "average, to start it",
                      si_text(leakage_w, "W"), capacitor.on_v, si_text(options_.sleep_w, "W"), si_text(needed_w, "W"));
}

void PowerChain::refuse(const std::string& reason) const {
    if (balance_.harvested == 0 && piece_.power_w == 0) {
        throw NeverCharges("the supply can never start the device: nothing is harvested");
    }
    const device::Capacitor& capacitor = options_.capacitor;
    const std::string farads = si_text(capacitor.capacitance_f, "F");
    const std::string begin =
        has_run_
            ? fmt::format(
                  " again: it stopped when its capacitor of {} fell to {:g} V (off_voltage), and starts at {:g} V "
                  "(on_voltage)",
                  farads, capacitor.off_v, capacitor.on_v)
            : fmt::format(": it starts when its capacitor of {} is at {:g} V (on_voltage)", farads, capacitor.on_v);
    throw NeverCharges(
        fmt::format("the supply can never start the device{}; {}the capacitor is at {} and never gets there, "
                    "because {}{}",
                    begin, total_s_ > 0 ? fmt::format("after {} ", duration_text(total_s_)) : "",
                    below_text(voltage_v(), capacitor.on_v), reason, lack_text()));
}

}  // namespace dynbal::power
