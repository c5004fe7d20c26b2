#include "fidelity/predict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "power/chain.hpp"

namespace dynbal::fidelity {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One inference of the reference at the prices of the profile.
device::Cost work_of(const ReferenceModel& model, const device::DeviceProfile& profile) {
    // The counters tell bytes read and written, not which transfers they are in: the mean start serves for all.
    const device::Cost read = profile.byte(profile.read), write = profile.byte(profile.write);
    const uint64_t bytes = model.read_bytes + model.write_bytes;
    device::Cost total = read * model.read_bytes;
    total += write * model.write_bytes;
    total += profile.transfer(profile.read) * (model.transfers * model.read_bytes / bytes);
    total += profile.transfer(profile.write) * (model.transfers * model.write_bytes / bytes);
    total += profile.mac(device::Kernel::convolution) * model.macs;
    total += profile.output_value() * (model.write_bytes / 2);
    return total += profile.stage() * model.layers;
}

/// Units lost in a power cycle that affords `cycle_units`, interpolated between what was counted. From total = units * E /
/// (E - lost).
double lost_units(const ReferenceModel& model, Policy policy, double cycle_units) {
    const auto index = static_cast<size_t>(policy);
    const std::vector<CostPoint>& points = model.interrupted[index];
    const auto lost_at = [&](const CostPoint& point) {
        return point.total_units ? point.cycle_units * (1 - model.units[index] / *point.total_units) : infinity;
    };
    const auto above = std::lower_bound(points.begin(), points.end(), cycle_units,
                                        [](const CostPoint& point, double units) { return point.cycle_units < units; });
    if (above == points.end()) return lost_at(points.back());
    if (above == points.begin()) return lost_at(*above);
    const CostPoint& below = *(above - 1);
    // Between a cycle that never ends and one that does: what is lost at the latter.
    if (!below.total_units) return above->total_units ? lost_at(*above) : infinity;
    const double share = std::log(cycle_units / below.cycle_units) / std::log(above->cycle_units / below.cycle_units);
    return lost_at(below) + share * (lost_at(*above) - lost_at(below));
}

}  // namespace

Prediction predict(const ReferenceModel& model, Policy policy, const device::DeviceProfile& profile, double power_w) {
    const device::Cost work = work_of(model, profile);
    const device::Cost boot = profile.boot();
    Prediction result;
    result.work_j = static_cast<double>(work.energy_fj) * 1e-15;
    result.work_s = static_cast<double>(work.time_ps) * 1e-12;
    const double boot_s = static_cast<double>(boot.time_ps) * 1e-12;
    const double boot_w = boot_s > 0 ? static_cast<double>(boot.energy_fj) * 1e-15 / boot_s : 0;

    power::ChainOptions options;
    options.capacitor = profile.capacitor;
    options.converter.efficiency = profile.converter_efficiency;
    options.sleep_w = profile.sleep_uw * 1e-6;
    options.start_v = profile.capacitor.off_v;
    power::PowerChain chain(std::make_unique<power::ConstantHarvester>(power_w), options);
    const double charge_s = chain.charge();
    const double booted_s = chain.draw(boot_w, boot_s);
    // Without an end: what runs longer than several inferences does not fail.
    const double limit_s = 10 * result.work_s;
    const double work_w = result.work_j / result.work_s;
    const double ran_s = booted_s < boot_s ? 0 : chain.draw(work_w, limit_s);
    if (ran_s >= limit_s) {
        result.cycle_units = infinity;
        result.period_s = result.work_s;
        return result;
    }
    const double units = model.units[static_cast<size_t>(policy)];
    const double cycle_j = ran_s * work_w;
    result.cycle_units = cycle_j / result.work_j * units;
    const double lost = lost_units(model, policy, result.cycle_units);
    const double kept = result.cycle_units - lost;
    result.power_cycles = kept > 0 ? units / kept : infinity;
    result.period_s = result.power_cycles * (charge_s + boot_s + ran_s);
    return result;
}

std::optional<double> equivalent_power_w(const ReferenceModel& model, Policy policy,
                                         const device::DeviceProfile& profile, double period_s) {
    // The period falls with the power.
    double low_w = 1e-4, high_w = 0.1;
    const auto period_at = [&](double power_w) { return predict(model, policy, profile, power_w).period_s; };
    if (period_at(low_w) < period_s || period_at(high_w) > period_s) return std::nullopt;
    while (high_w / low_w > 1 + 1e-6) {
        const double middle_w = std::sqrt(low_w * high_w);
        (period_at(middle_w) > period_s ? low_w : high_w) = middle_w;
    }
    return std::sqrt(low_w * high_w);
}

}  // namespace dynbal::fidelity
