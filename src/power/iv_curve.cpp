#include "power/iv_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::power {
namespace {

double volts_of(const std::string& path, const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        throw InputError(path + ": '" + text + "' is no voltage");
    }
    return value;
}

}  // namespace

std::vector<std::pair<double, double>> read_iv_curve(const std::string& path) {
    // Without exceptions of its own the library gives a discarded value.
    const auto json = nlohmann::json::parse(io::read_text(path), nullptr, false);
    const bool nested = json.is_object() && json.contains("0") && json["0"].is_object();
    if (!nested || json["0"].size() < 2) {
        throw InputError(
            path + ": an I-V curve is a JSON object {\"0\": {\"<volt>\": <ampere>, ...}} with two points or more");
    }
    std::vector<std::pair<double, double>> curve;
    for (const auto& [volts, ampere] : json["0"].items()) {
        if (!ampere.is_number() || !std::isfinite(ampere.get<double>())) {
            throw InputError(fmt::format("{}: the current at {} V is no number", path, volts));
        }
        curve.emplace_back(volts_of(path, volts), -ampere.get<double>());
    }
    std::sort(curve.begin(), curve.end());
    // Some write the current of the cell as positive.
    if (curve.front().second < 0) {
        for (auto& [volts, ampere] : curve) ampere = -ampere;
    }
    if (best_power_w(curve) <= 0) throw InputError(path + ": this I-V curve never gives power");
    return curve;
}

double best_power_w(const std::vector<std::pair<double, double>>& curve) {
    double best_w = 0;
    for (const auto& [volts, ampere] : curve) best_w = std::max(best_w, volts * ampere);
    return best_w;
}

double power_at_w(const std::vector<std::pair<double, double>>& curve, double voltage_v) {
    const auto above = std::lower_bound(curve.begin(), curve.end(), std::pair<double, double>(voltage_v, -INFINITY));
    if (above == curve.end()) return 0;
    if (above == curve.begin()) return std::max(0.0, voltage_v * above->second);
    const auto below = above - 1;
    const double share = (voltage_v - below->first) / (above->first - below->first);
    return std::max(0.0, voltage_v * (below->second + share * (above->second - below->second)));
}

}  // namespace dynbal::power
