#include "fidelity/fit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fidelity/predict.hpp"

namespace dynbal::fidelity {
namespace {

constexpr double error_deviation = 0.05;
// An inference that never ends is worse than any that does.
constexpr double error_max = 5;

double square(double value) { return value * value; }

/// Minus twice the logarithm of the probability, up to a constant.
double badness(const device::DeviceProfile& profile, const Constants& constants,
               const std::vector<PublishedCell>& cells) {
    const device::DeviceProfile candidate = with_constants(profile, constants);
    double sum = 0;
    for (const PublishedCell& cell : cells) {
        const double ratio = 1 + relative_error(candidate, cell);
        sum += square(std::min(std::abs(std::log(ratio)), error_max) / error_deviation);
    }
    for (size_t i = 0; i < constants.size(); ++i) {
        const FittedConstant& constant = fitted_constants()[i];
        sum += square(std::log(constants[i] / constant.likely) / std::log(constant.factor));
    }
    return sum;
}

}  // namespace

const std::array<FittedConstant, 4>& fitted_constants() {
    // A MAC: 6.4 instructions in arm_mat_mult_fast_q15 on one row, with the copying around it. A value: tens of instructions
    // for rounding, clamping and its state. A converter of harvesters at milliwatts, and the regulator behind it. The choices
    // in the published logs imply cycles of about 1e5 units.
    static const std::array<FittedConstant, 4> constants{{{"cycles.convolution_mac", 20, 2.0},
                                                          {"cycles.output_value", 40, 2.7},
                                                          {"converter.efficiency", 0.5, 1.35},
                                                          {"capacitor.capacitance_f", 1e-3, 2.0}}};
    return constants;
}

Constants constants_of(const device::DeviceProfile& profile) {
    return {profile.cycles.convolution_mac, profile.cycles.output_value, profile.converter_efficiency,
            profile.capacitor.capacitance_f};
}

device::DeviceProfile with_constants(device::DeviceProfile profile, const Constants& constants) {
    profile.cycles.convolution_mac = profile.cycles.depthwise_mac = profile.cycles.dense_mac = constants[0];
    profile.cycles.output_value = constants[1];
    profile.converter_efficiency = constants[2];
    profile.capacitor.capacitance_f = constants[3];
    return profile;
}

Constants fit(const device::DeviceProfile& profile, const std::vector<PublishedCell>& cells) {
    Constants best{};
    for (size_t i = 0; i < best.size(); ++i) best[i] = fitted_constants()[i].likely;
    double least = badness(profile, best, cells);
    // Pattern search: each constant up and down, and each pair in opposite and equal directions, by shrinking factors.
    double step = 0.3;
    while (step > 1e-4) {
        for (bool better = true; better;) {
            better = false;
            for (size_t first = 0; first < best.size(); ++first) {
                for (size_t second = first; second < best.size(); ++second) {
                    for (const auto& [up, other] : {std::pair{1, 1}, {1, -1}, {-1, 1}, {-1, -1}}) {
                        Constants next = best;
                        next[first] *= std::exp(step * up);
                        if (second != first) next[second] *= std::exp(step * other);
                        if (next[2] > 1) continue;
                        const double value = badness(profile, next, cells);
                        if (value >= least - 1e-12) continue;
                        least = value;
                        best = next;
                        better = true;
                    }
                }
            }
        }
        step /= 2;
    }
    return best;
}

const ReferenceModel& model_of(const PublishedCell& cell) {
    const auto& models = reference_models();
    return *std::find_if(models.begin(), models.end(),
                         [&](const ReferenceModel& model) { return model.name == cell.model; });
}

double relative_error(const device::DeviceProfile& profile, const PublishedCell& cell) {
    return predict(model_of(cell), Policy::dynbal, profile, *cell.power_w).period_s / cell.period_s - 1;
}

std::vector<PublishedCell> steady_cells() {
    std::vector<PublishedCell> cells;
    for (const PublishedCell& cell : published_cells()) {
        if (cell.power_w) cells.push_back(cell);
    }
    return cells;
}

}  // namespace dynbal::fidelity
