//! The I-V curve of a photovoltaic cell: what it gives at a voltage, or at best.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dynbal::power {

/// Pairs of volt and ampere, ascending by volt, as in the JSON files of Simba ({"0": {"<volt>": <ampere>}}, where current
/// out of the cell is negative). Throws InputError.
std::vector<std::pair<double, double>> read_iv_curve(const std::string& path);

/// Watts at the best point.
double best_power_w(const std::vector<std::pair<double, double>>& curve);

/// Watts at a voltage, the current interpolated; 0 beyond the curve.
double power_at_w(const std::vector<std::pair<double, double>>& curve, double voltage_v);

}  // namespace dynbal::power
