#include "measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "experiment/oracle.hpp"
#include "experiment/stage_image.hpp"
#include "rig.hpp"

namespace dynbal::bench {
namespace {

/// The supplies of one point, by the first power cycle: share 0 is the least, 1 the most.
struct PhasedSupply {
    SupplyKind kind = SupplyKind::budget;
    double energy = 0;
    std::function<std::string(double share)> with_first;
};

/// Stops at half of the phases where a run takes so many power cycles that the first hardly matters.
double mean_cost(Rig& rig, PolicyKind policy, const PhasedSupply& supply, uint32_t phases) {
    constexpr uint64_t many_cycles = 150;
    double sum = 0;
    uint32_t count = 0;
    uint32_t step = 1;
    for (uint32_t phase = 0; phase < phases; phase += step) {
        const double share = phases == 1 ? 1 : static_cast<double>(phase) / (phases - 1);
        const sim::RunResult result = rig.run(policy, supply.with_first(share));
        if (!result.completed()) return never_ends;
        if (phase == 0 && result.power_cycles > many_cycles) step = 2;
        sum += supply.kind == SupplyKind::budget ? result.cost_units() : result.latency_s;
        ++count;
    }
    return sum / count;
}

/// `count` energies, the ends included, equal ones left out.
std::vector<double> log_spaced(double low, double high, uint32_t count) {
    std::vector<double> all;
    for (uint32_t i = 0; i < count; ++i) {
        const double share = count == 1 ? 0 : static_cast<double>(i) / (count - 1);
        const double energy = low * std::pow(std::max(1.0, high / low), share);
        if (all.empty() || energy > 1.001 * all.back()) all.push_back(energy);
    }
    return all;
}

/// The least energy, to 2 %, with which `ends` says yes; it does at `high`.
double least_that_ends(double high, const std::function<bool(double)>& ends) {
    double low = high;
    while (low > 1e-12 * high && ends(low)) {
        high = low;
        low /= 1.25;
    }
    while (high > 1.02 * low) {
        const double middle = std::sqrt(low * high);
        (ends(middle) ? high : low) = middle;
    }
    return high;
}

PhasedSupply budget_of(double energy, uint64_t least) {
    const auto units = static_cast<uint64_t>(std::llround(energy));
    return {SupplyKind::budget, energy, [units, least](double share) {
                const double first = static_cast<double>(least) + share * static_cast<double>(units - least);
                return fmt::format("budget:{},first={:.0f}", units, first);
            }};
}

/// `energy` in joules. The first power cycle has up to twice as much: a device starts with a full capacitor or more.
PhasedSupply power_of(double energy, const device::DeviceProfile& profile) {
    constexpr double least_factor = 1.1, most_factor = 4;  // of a power cycle's energy against the capacitor's
    const device::Capacitor& capacitor = profile.capacitor;
    const double factor = std::clamp(energy / capacitor.cycle_energy_j(), least_factor, most_factor);
    const double power_mw = (1 - 1 / factor) * profile.run_mw / profile.converter_efficiency;
    const double squares = capacitor.on_v * capacitor.on_v - capacitor.off_v * capacitor.off_v;
    const double capacitance_uf = 2 * energy / factor / squares * 1e6;
    return {SupplyKind::power, energy, [=, on_v = capacitor.on_v](double share) {
                return fmt::format("power:{:.4f}mW,capacitance={:.2f}uF,max_voltage={:.2f}V,start_voltage={:.4f}V",
                                   power_mw, capacitance_uf, on_v + 1, std::sqrt(on_v * on_v + share * squares));
            }};
}

/// Half as many: a run with a capacitor takes longer to simulate, and tells little else.
uint32_t power_energies(const Plan& plan) { return (plan.energies + 1) / 2; }

class Measurement {
public:
    Measurement(Rig& rig, const Plan& plan, Result& result, const std::function<void()>& advance)
        : rig_(&rig), plan_(&plan), result_(&result), advance_(&advance) {}

    void run() {
        const sim::RunResult steady = compare_steady();
        const uint64_t least = (sim::least_cycle_cost(rig_->file()) + 15) / 16;
        result_->stated_least = least;
        const auto ends = [&](double units) { return completes(fmt::format("budget:{:.0f}", units)); };
        const auto stated = static_cast<double>(least);
        result_->real_least = ends(stated) ? static_cast<uint64_t>(std::llround(least_that_ends(stated, ends))) : 0;
        (*advance_)();
        for (const double energy : log_spaced(stated, 1.02 * steady.cost_units(), plan_->energies)) {
            add_point(budget_of(energy, least));
        }
        add_oracle();
        // What the chip takes to start comes on top of what a run without failures draws.
        const double most_j = 1.1 * steady.energy_j + rig_->profile().boot_uj * 1e-6;
        const auto ends_j = [&](double joules) { return completes(power_of(joules, rig_->profile()).with_first(0)); };
        // Above the least that ends by as much as a stated least energy may be.
        const double least_j = ends_j(most_j) ? 1.25 * least_that_ends(most_j, ends_j) : most_j;
        for (const double energy : log_spaced(least_j, most_j, power_energies(*plan_))) {
            add_point(power_of(energy, rig_->profile()));
        }
    }

private:
    PolicyKind judged() const { return plan_->policies.back(); }
    bool completes(const std::string& supply) { return rig_->run(judged(), supply).completed(); }

    /// Returns the run of the first policy.
    sim::RunResult compare_steady() {
        const sim::RunResult first = rig_->run(plan_->policies.front(), "none");
        double cost = first.cost_units();
        double latency = first.latency_s;
        for (size_t i = 1; i + 1 < plan_->policies.size(); ++i) {
            const sim::RunResult other = rig_->run(plan_->policies[i], "none");
            cost = std::min(cost, other.cost_units());
            latency = std::min(latency, other.latency_s);
        }
        const sim::RunResult judged_run = rig_->run(judged(), "none");
        result_->steady_cost = judged_run.cost_units() / cost;
        result_->steady_latency = judged_run.latency_s / latency;
        return first;
    }

    void add_point(const PhasedSupply& supply) {
        Point point{supply.kind, supply.energy, supply.with_first(1), {}, {}, {}};
        for (const PolicyKind policy : plan_->policies) {
            point.cost.push_back(mean_cost(*rig_, policy, supply, plan_->phases));
        }
        if (plan_->known && supply.kind == SupplyKind::budget) point.known = cost_if_known(supply);
        result_->points.push_back(std::move(point));
        (*advance_)();
    }

    /// What the tables are worth without what learning the supply and changing tiles cost.
    double cost_if_known(const PhasedSupply& supply) {
        std::vector<TileConfig> configs;
        for (uint32_t i = 0; i < rig_->file().header().stage_count; ++i) {
            const StageDescriptor& stage = rig_->file().stage(i);
            std::vector<Candidate> rows = rig_->file().candidates(stage);
            const std::vector<ShortCost> froms = rig_->file().candidate_froms(stage);
            TableInMemory table(rows, froms, stage.least_need_row, stage.start_row);
            const auto energy = static_cast<uint64_t>(16 * supply.energy);
            TileTable::Place place;
            table.find({&energy, 1}, {&place, 1});
            configs.push_back(rows[place.index].config);
        }
        Rig knowing(experiment::with_choices(rig_->file(), configs), rig_->profile());
        return mean_cost(knowing, PolicyKind::fixed, supply, plan_->phases);
    }

    /// On points spread evenly over those of budget:E.
    void add_oracle() {
        std::vector<Point>& points = result_->points;
        const auto count = static_cast<uint32_t>(std::min<size_t>(plan_->oracle_energies, points.size()));
        for (uint32_t i = 0; i < count; ++i) {
            Point& point = points[(2 * i + 1) * points.size() / (2 * count)];
            const std::string steady = fmt::format("budget:{:.0f}", point.energy);
            const experiment::Oracle oracle = experiment::find_oracle(rig_->file(), rig_->profile(), steady);
            Rig chosen(experiment::with_choices(rig_->file(), oracle.configs()), rig_->profile());
            point.oracle =
                mean_cost(chosen, PolicyKind::fixed, budget_of(point.energy, result_->stated_least), plan_->phases);
        }
    }

    Rig* rig_;
    const Plan* plan_;
    Result* result_;
    const std::function<void()>* advance_;
};

}  // namespace

uint32_t steps_of(const Plan& plan) { return plan.energies + power_energies(plan) + 1; }

Result measure(const Network& network, const device::DeviceProfile& profile, const Plan& plan,
               const std::function<void()>& advance) {
    Result result;
    result.network = network.name;
    result.device = profile.name;
    uint32_t steps = 0;
    const auto step = [&] {
        ++steps;
        advance();
    };
    try {
        Rig rig(compile_for(network, profile), profile);
        Measurement(rig, plan, result, step).run();
    } catch (const InputError& error) {
        result.refused = error.what();
    }
    while (steps < steps_of(plan)) step();
    return result;
}

double ratio_of(const Point& point) {
    const double judged = point.cost.back();
    const double others = *std::min_element(point.cost.begin(), point.cost.end() - 1);
    if (std::isinf(judged)) return never_ends;
    return std::isinf(others) ? 1 : judged / others;
}

}  // namespace dynbal::bench
