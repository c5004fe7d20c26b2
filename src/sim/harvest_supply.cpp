#include "sim/harvest_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "power/file_words.hpp"
#include "power/options.hpp"
#include "power/trace_file.hpp"

namespace dynbal::sim {
namespace {

using power::Options;
using power::Unit;

// A nanowatt charges the default capacitor in two days; ten watts are no harvester.
constexpr double least_w = 1e-9, most_w = 10;
constexpr double least_s = 1e-4, most_s = 86400 * 400.0;

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 11> chain_names{"efficiency", "min_power",     "min_voltage", "capacitance",
                                                       "on_voltage", "off_voltage",   "max_voltage", "leakage",
                                                       "esr",        "start_voltage", "sleep"};
constexpr std::array<std::string_view, 5> markov_names{"power", "on", "off", "low", "seed"};
constexpr std::array<std::string_view, 5> walk_names{"low", "high", "step", "every", "seed"};
constexpr std::array<std::string_view, 4> daynight_names{"peak", "period", "clouds", "seed"};

Names names_of(std::string_view kind) {
    if (kind == "markov") return markov_names;
    if (kind == "walk") return walk_names;
    return kind == "daynight" ? Names(daynight_names) : Names();
}

template <class Harvester>
std::function<std::unique_ptr<power::Harvester>()> maker_of(const typename Harvester::Options& options) {
    return [options] { return std::make_unique<Harvester>(options); };
}

void plan_power(std::string_view text, const Options& options, HarvestPlan& plan) {
    const auto watts = power::parse_quantity(text, Unit::watt);
    if (!watts) options.refuse(power::why_no_quantity(text, Unit::watt));
    if (*watts < least_w || *watts > most_w) {
        options.refuse(fmt::format("'{}' is not a power between 0.001uW and 10W, such as 4mW or 250uW", text));
    }
    plan.harvester = [watts] { return std::make_unique<power::ConstantHarvester>(*watts); };
}

void plan_trace(std::string_view path, Options& options, HarvestPlan& plan) {
    if (path.empty()) options.refuse("the name of a file is missing");
    power::Replay replay = power::read_replay(std::string(path), options);
    plan.trace = std::move(replay.recording.summary);
    plan.trace->skipped_s = replay.skip_s;
    plan.trace->repeats = replay.repeats;
    if (!replay.repeats) plan.ends_s = std::max(plan.trace->offered_s(), 0.0);
    plan.harvester = [pieces = std::move(replay.recording.pieces), repeats = replay.repeats, skip_s = replay.skip_s] {
        return std::make_unique<power::TraceHarvester>(pieces, repeats, skip_s);
    };
}

void plan_markov(Options& options, HarvestPlan& plan) {
    power::MarkovHarvester::Options markov;
    markov.power_w = options.required("power", Unit::watt, least_w, most_w);
    markov.low_w = options.number("low", Unit::watt, 0, 0, most_w);
    markov.on_s = options.required("on", Unit::second, least_s, most_s);
    markov.off_s = options.required("off", Unit::second, least_s, most_s);
    markov.seed = options.seed();
    plan.harvester = maker_of<power::MarkovHarvester>(markov);
}

void plan_walk(Options& options, HarvestPlan& plan) {
    power::WalkHarvester::Options walk;
    walk.low_w = options.number("low", Unit::watt, 0, 0, most_w);
    walk.high_w = options.required("high", Unit::watt, least_w, most_w);
    if (walk.low_w > walk.high_w) options.refuse("low= is more than high=");
    walk.step_w = options.number("step", Unit::watt, (walk.high_w - walk.low_w) / 10, 0, most_w);
    walk.every_s = options.number("every", Unit::second, 1, least_s, most_s);
    walk.seed = options.seed();
    plan.harvester = maker_of<power::WalkHarvester>(walk);
}

void plan_daynight(Options& options, HarvestPlan& plan) {
    power::DayNightHarvester::Options day;
    day.peak_w = options.required("peak", Unit::watt, least_w, most_w);
    day.period_s = options.number("period", Unit::second, 86400, 0.1, most_s);
    day.clouds = options.number("clouds", Unit::share, 0, 0, 1);
    day.seed = options.seed();
    plan.day_s = day.period_s;
    plan.harvester = maker_of<power::DayNightHarvester>(day);
}

power::ChainOptions chain_options(Options& options, const DeviceProfile& profile) {
    power::ChainOptions chain = chain_of(profile);
    device::Capacitor& capacitor = chain.capacitor;
    capacitor.capacitance_f = options.number("capacitance", Unit::farad, capacitor.capacitance_f, 1e-9, 100);
    capacitor.on_v = options.number("on_voltage", Unit::volt, capacitor.on_v, 0.1, 100);
    capacitor.off_v = options.number("off_voltage", Unit::volt, capacitor.off_v, 0.05, 100);
    capacitor.max_v =
        options.number("max_voltage", Unit::volt, std::max(profile.capacitor.max_v, capacitor.on_v), 0.1, 100);
    capacitor.leakage_a = options.number("leakage", Unit::ampere, capacitor.leakage_a, 0, 1);
    capacitor.esr_ohm = options.number("esr", Unit::ohm, capacitor.esr_ohm, 0, 1000);
    if (!(capacitor.off_v < capacitor.on_v && capacitor.on_v <= capacitor.max_v)) {
        options.refuse("the voltages must rise: off_voltage < on_voltage <= max_voltage");
    }
    chain.start_v = options.number("start_voltage", Unit::volt, capacitor.off_v, 0, capacitor.max_v);
    chain.sleep_w = options.number("sleep", Unit::watt, chain.sleep_w, 0, 1);
    chain.converter.efficiency = options.number("efficiency", Unit::share, chain.converter.efficiency, 0.01, 1);
    chain.converter.least_w = options.number("min_power", Unit::watt, 0, 0, most_w);
    chain.converter.least_v = options.number("min_voltage", Unit::volt, 0, 0, 100);
    return chain;
}

}  // namespace

power::ChainOptions chain_of(const DeviceProfile& profile) {
    power::ChainOptions chain;
    chain.capacitor = profile.capacitor;
    chain.capacitor.max_v = std::max(chain.capacitor.max_v, chain.capacitor.on_v);
    chain.start_v = chain.capacitor.off_v;
    chain.sleep_w = profile.sleep_uw * 1e-6;
    chain.converter.efficiency = profile.converter_efficiency;
    return chain;
}

std::unique_ptr<HarvestSupply> HarvestSupply::resumed(std::unique_ptr<power::Harvester> harvester) const {
    return std::unique_ptr<HarvestSupply>(
        new HarvestSupply(options_, chain_.resumed(std::move(harvester)), charging_ps_));
}

std::unique_ptr<Supply> HarvestSupply::at_its_best() const {
    const power::Reach reach = chain_.reach();
    if (reach.round_s == 0) return nullptr;
    return std::make_unique<HarvestSupply>(std::make_unique<power::ConstantHarvester>(reach.most_w), options_);
}

void HarvestSupply::begin_cycle() {
    if (on_) return;
    charging_ps_ += static_cast<uint64_t>(std::llround(chain_.charge() * 1e12));
    on_ = true;
}

void HarvestSupply::rest(double seconds) {
    if (on_) {
        on_ = chain_.sleep(seconds);
    } else {
        chain_.rest(seconds);
    }
}

Grant HarvestSupply::pay(const Demand& demand) {
    Grant grant;
    if (demand.start.time_ps == 0 || draw(demand.start, 1, grant) != 0) {
        grant.count = draw(demand.each, demand.count, grant);
        grant.whole = grant.count == demand.count;
    }
    on_ = grant.whole;
    return grant;
}

/// Up to `count` items; adds what was drawn to the grant and returns how many were finished.
uint64_t HarvestSupply::draw(const Cost& each, uint64_t count, Grant& grant) {
    if (count == 0 || each.time_ps == 0) return count;
    const double each_s = static_cast<double>(each.time_ps) * 1e-12;
    const double power_w = static_cast<double>(each.energy_fj) * 1e-15 / each_s;
    const double wanted_s = each_s * static_cast<double>(count);
    const double drawn_s = chain_.draw(power_w, wanted_s);
    if (drawn_s >= wanted_s) {
        grant.cost += each * count;
        return count;
    }
    const double items = drawn_s / each_s;
    grant.cost +=
        {static_cast<uint64_t>(drawn_s * 1e12), static_cast<uint64_t>(items * static_cast<double>(each.energy_fj))};
    return std::min(static_cast<uint64_t>(items), count - 1);
}

std::vector<power::Piece> HarvestPlan::pieces(double duration_s) const {
    constexpr size_t pieces_max = 1'000'000;
    std::vector<power::Piece> pieces;
    const auto source = harvester();
    double left_s = duration_s;
    while (left_s > 0 && pieces.size() < pieces_max) {
        power::Piece piece = source->next();
        piece.duration_s = std::min(piece.duration_s, left_s);
        left_s -= piece.duration_s;
        pieces.push_back(piece);
    }
    return pieces;
}

MeanPower mean_power(const HarvestPlan& plan, double duration_s) {
    double harvested_j = 0, reaching_j = 0, sum_s = 0;
    for (const power::Piece& piece : plan.pieces(duration_s)) {
        harvested_j += piece.duration_s * piece.power_w;
        reaching_j += piece.duration_s * plan.chain.converter.passed_w(piece);
        sum_s += piece.duration_s;
    }
    return sum_s > 0 ? MeanPower{harvested_j / sum_s, reaching_j / sum_s} : MeanPower{};
}

namespace {

/// What reaches the capacitor of a recording is said with it.
void add_converter(HarvestPlan& plan) {
    power::TraceSummary& trace = *plan.trace;
    const MeanPower mean = mean_power(plan, trace.duration_s);
    if (mean.harvested_w <= 0 || mean.reaching_w >= mean.harvested_w) return;
    trace.reaching_w = trace.mean_w * (mean.reaching_w / mean.harvested_w);
    trace.converter = plan.chain.converter.text();
}

}  // namespace

std::optional<HarvestPlan> plan_harvest(const SupplyText& text, const DeviceProfile& profile) {
    const bool has_subject = text.kind == "power" || text.kind == "trace";
    if (!has_subject && text.kind != "markov" && text.kind != "walk" && text.kind != "daynight") return std::nullopt;
    const size_t comma = text.kind == "trace" ? power::file_name_size(text.arguments)
                                              : std::min(text.arguments.find(','), text.arguments.size());
    const bool has_words = comma < text.arguments.size();
    const std::string_view subject = has_subject ? text.arguments.substr(0, comma) : std::string_view();
    std::string_view words = text.arguments;
    if (has_subject) words = has_words ? words.substr(comma + 1) : std::string_view();
    Options options(text.whole, words);
    if (has_subject && has_words && words.empty()) {
        options.refuse("an option is missing after ','");
    }
    options.add_known(names_of(text.kind));
    options.add_known(chain_names);
    // What a recording knows more comes with it.
    if (text.kind != "trace") options.check_known();
    HarvestPlan plan;
    if (text.kind == "power") {
        plan_power(subject, options, plan);
    } else if (text.kind == "trace") {
        plan_trace(subject, options, plan);
    } else if (text.kind == "markov") {
        plan_markov(options, plan);
    } else if (text.kind == "walk") {
        plan_walk(options, plan);
    } else {
        plan_daynight(options, plan);
    }
    plan.chain = chain_options(options, profile);
    options.check_all_used();
    constexpr double any_s = 1;
    if (plan.trace) {
        add_converter(plan);
    } else {
        plan.mean_over_s = std::max(any_s, plan.harvester()->reach().round_s);
    }
    return plan;
}

std::optional<HarvestPlan> plan_harvest(std::string_view text, const DeviceProfile& profile) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return plan_harvest({text, text.substr(0, colon), text.substr(colon + 1)}, profile);
}

std::unique_ptr<Supply> make_harvest_supply(const SupplyText& text, const DeviceProfile& profile) {
    return plan_harvest(text, profile).value().make();
}

}  // namespace dynbal::sim
