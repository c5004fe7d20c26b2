#include "report/experiment.hpp"

#include <algorithm>
#include <string_view>

#include "power/quantity.hpp"
#include "report/usage.hpp"
#include "sim/harvest_supply.hpp"
#include "sim/parallel.hpp"

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
    PolicyRun run{policy, {}, Recorder(experiment.file->header().stage_count), {}};
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

/// `chain`: what is behind the harvester.
PowerSweep run_sweep(const Experiment& experiment, const power::ChainOptions& chain) {
    PowerSweep sweep;
    sweep.own_power_w = harvested_power_w(experiment.supply);
    sweep.power_w = sweep_powers(sweep.own_power_w);
    sweep.latency_s.assign(experiment.policies.size(),
                           std::vector<std::optional<double>>(sweep.power_w.size(), std::nullopt));
    sim::WorkQueue queue(experiment.policies.size() * sweep.power_w.size(), 1);
    sim::run_workers(queue, experiment.jobs, [&](sim::WorkQueue& work) {
        while (const auto piece = work.next()) {
            const uint64_t policy = piece->begin / sweep.power_w.size();
            const uint64_t power = piece->begin % sweep.power_w.size();
            sim::RunOptions options;
            options.policy = experiment.policies[policy];
            options.timing_only = true;
            sim::HarvestSupply supply(std::make_unique<power::ConstantHarvester>(sweep.power_w[power]), chain);
            const sim::RunResult result = run_once(experiment, supply, options);
            if (result.completed()) sweep.latency_s[policy][power] = result.latency_s;
        }
    });
    return sweep;
}

std::vector<compiler::UsageMap> usage_of(const Experiment& experiment) {
    std::vector<compiler::UsageMap> usage(experiment.file->header().stage_count);
    sim::WorkQueue queue(usage.size(), 1);
    sim::run_workers(queue, experiment.jobs, [&](sim::WorkQueue& work) {
        while (const auto piece = work.next()) {
            usage[piece->begin] = usage_map_of(*experiment.file, static_cast<uint32_t>(piece->begin));
        }
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
    results.usage = usage_of(experiment);
    if (experiment.sweep) results.sweep = run_sweep(experiment, chain);
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
