#include "report/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string_view>

#include "power/quantity.hpp"
#include "report/usage.hpp"
#include "sim/harvest_supply.hpp"
#include "sim/parallel.hpp"
#include "sim/size.hpp"

namespace dynbal::report {
namespace {

/// Tells two observers.
class Both final : public sim::Observer {
public:
    Both(sim::Observer& first, sim::Observer& second) : first_(&first), second_(&second) {}

    void power_on(double time_s) override {
        first_->power_on(time_s);
        second_->power_on(time_s);
    }
    void power_off(double time_s) override {
        first_->power_off(time_s);
        second_->power_off(time_s);
    }
    void span(const sim::Span& span) override {
        first_->span(span);
        second_->span(span);
    }
    void event(double time_s, const Event& event) override {
        first_->event(time_s, event);
        second_->event(time_s, event);
    }

private:
    sim::Observer* first_;
    sim::Observer* second_;
};

sim::RunResult run_once(const Experiment& experiment, sim::Supply& supply, const sim::RunOptions& options) {
    sim::Session session(*experiment.file, *experiment.profile);
    return session.run_inference(experiment.input, supply, options);
}

PolicyRun run_policy(const Experiment& experiment, PolicyKind policy, sim::Supply& supply, TraceFile* trace) {
    PolicyRun run{policy, {}, Recorder(experiment.file->header().stage_count), {}, {}};
    sim::RunOptions options;
    options.policy = policy;
    options.observer = &run.recorder;
    if (trace == nullptr) {
        run.result = run_once(experiment, supply, options);
    } else {
        Both both(run.recorder, *trace);
        options.observer = &both;
        trace->begin_run(sim::name_of(policy));
        run.result = run_once(experiment, supply, options);
        trace->end_run();
    }
    run.recorder.finish();
    return run;
}

MethodRun run_method(const Experiment& experiment, const ImageFile& file) {
    sim::Session session(file, *experiment.profile);
    const auto supply = sim::parse_supply(experiment.supply, *experiment.profile);
    sim::RunOptions options;
    options.policy = default_policy;
    return {file.header().method, session.run_inference(experiment.input, *supply, options)};
}

using SupplyPointer = std::unique_ptr<sim::Supply>;

/// `supply_with`: one with this value.
void run_sweep(const Experiment& experiment, Sweep& sweep, const std::function<SupplyPointer(double)>& supply_with) {
    sweep.latency_s.assign(experiment.policies.size(),
                           std::vector<std::optional<double>>(sweep.values.size(), std::nullopt));
    sim::WorkQueue queue(experiment.policies.size() * sweep.values.size(), 1);
    sim::run_items(queue, experiment.jobs, [&](uint64_t index) {
        const uint64_t policy = index / sweep.values.size();
        const uint64_t place = index % sweep.values.size();
        sim::RunOptions options;
        options.policy = experiment.policies[policy];
        options.timing_only = true;
        const SupplyPointer supply = supply_with(sweep.values[place]);
        const sim::RunResult result = run_once(experiment, *supply, options);
        if (result.completed()) sweep.latency_s[policy][place] = result.latency_s;
    });
}

Sweep sweep_of_powers(const Experiment& experiment, const power::ChainOptions& chain) {
    Sweep sweep;
    sweep.own = harvested_power_w(experiment.supply);
    sweep.values = sweep_powers(sweep.own);
    run_sweep(experiment, sweep, [&](double power_w) -> SupplyPointer {
        return std::make_unique<sim::HarvestSupply>(std::make_unique<power::ConstantHarvester>(power_w), chain);
    });
    return sweep;
}

/// As values are sold, a decade and a half around that of the supply.
Sweep sweep_of_capacitors(const Experiment& experiment, const sim::HarvestPlan& plan) {
    Sweep sweep;
    const double own_f = plan.chain.capacitor.capacitance_f;
    sweep.own = own_f;
    sweep.values = {own_f};
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): the next value that is sold is larger
    for (double farads = sim::standard_value(own_f / 5); farads <= 8 * own_f;
         farads = sim::standard_value(farads * 1.01)) {
        if (std::abs(farads / own_f - 1) > 0.02) sweep.values.push_back(farads);
    }
    std::sort(sweep.values.begin(), sweep.values.end());
    run_sweep(experiment, sweep, [&](double farads) -> SupplyPointer {
        sim::HarvestPlan with = plan;
        with.chain.capacitor.capacitance_f = farads;
        return with.make();
    });
    return sweep;
}

/// Each policy on a device and a supply of its own.
void run_all_series(const Experiment& experiment, std::vector<PolicyRun>& runs) {
    sim::WorkQueue queue(runs.size(), 1);
    sim::run_items(queue, experiment.jobs, [&](uint64_t index) {
        PolicyRun& run = runs[index];
        sim::Session session(*experiment.file, *experiment.profile);
        const auto supply = sim::parse_supply(experiment.supply, *experiment.profile);
        sim::RunOptions options;
        options.policy = run.policy;
        run.repeated = run_series(session, experiment.input, *supply, options, *experiment.series);
    });
}

std::vector<compiler::UsageMap> usage_of(const Experiment& experiment) {
    std::vector<compiler::UsageMap> usage(experiment.file->header().stage_count);
    sim::WorkQueue queue(usage.size(), 1);
    sim::run_items(queue, experiment.jobs, [&](uint64_t stage) {
        usage[stage] = usage_map_of(*experiment.file, static_cast<uint32_t>(stage));
    });
    return usage;
}

}  // namespace

const PolicyRun* Results::answered() const {
    for (const PolicyRun& run : runs) {
        if (run.result.completed()) return &run;
    }
    return nullptr;
}

bool Results::same_answers() const {
    const PolicyRun* first = answered();
    for (const PolicyRun& run : runs) {
        if (run.result.completed() && run.result.output != first->result.output) return false;
    }
    for (const MethodRun& run : methods) {
        if (first != nullptr && run.result.completed() && run.result.output != first->result.output) return false;
    }
    return true;
}

Results run_experiment(const Experiment& experiment, TraceFile* trace) {
    Results results;
    power::ChainOptions chain = sim::chain_of(*experiment.profile);
    UninterruptedFetch fetch(*experiment.file, *experiment.profile, experiment.input);
    for (const PolicyKind policy : experiment.policies) {
        const auto supply = sim::parse_supply(experiment.supply, *experiment.profile);
        if (supply->chain() != nullptr) {
            chain = *supply->chain();
            results.capacitor = chain.capacitor;
        }
        results.runs.push_back(run_policy(experiment, policy, *supply, trace));
        PolicyRun& run = results.runs.back();
        run.stages = breakdown_of(run.recorder.usage(), fetch.of(run.recorder.usage()));
    }
    for (const ImageFile& file : experiment.by_method) results.methods.push_back(run_method(experiment, file));
    if (experiment.series) run_all_series(experiment, results.runs);
    results.usage = usage_of(experiment);
    if (!experiment.sweep) return results;
    results.powers = sweep_of_powers(experiment, chain);
    if (const auto plan = sim::plan_harvest(experiment.supply, *experiment.profile)) {
        results.capacitors = sweep_of_capacitors(experiment, *plan);
    }
    return results;
}

std::vector<double> sweep_powers(const std::optional<double>& own_power_w) {
    const double middle_w = own_power_w.value_or(4e-3);
    std::vector<double> powers;
    for (const double factor : {0.125, 0.25, 0.5, 1.0, 2.0, 4.0}) powers.push_back(middle_w * factor);
    return powers;
}

std::optional<double> harvested_power_w(const std::string& supply) {
    constexpr std::string_view kind = "power:";
    if (!supply.starts_with(kind)) return std::nullopt;
    const size_t comma = std::min(supply.find(','), supply.size());
    return power::parse_quantity(std::string_view(supply).substr(kind.size(), comma - kind.size()), power::Unit::watt);
}

}  // namespace dynbal::report
