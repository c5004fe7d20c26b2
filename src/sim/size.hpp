//! Which capacitor, how much power, which voltage: found by trying in the simulator.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/harvest_supply.hpp"
#include "sim/series.hpp"

namespace dynbal::sim {

/// What is to be met, with what.
struct SizeTask {
    const ImageFile* file = nullptr;
    DeviceProfile profile;
    std::span<const int16_t> input{};
    RunOptions options{};
    Series series{};   ///< missed_max is set from `share`
    double share = 1;  ///< of the inferences that are due must end in time
    HarvestPlan plan;  ///< the supply
};

/// A capacitor, or a power, that was tried.
struct SizeTrial {
    double value = 0;
    bool met = false;
    SeriesResult result;
};

enum class SizeOf : uint8_t { capacitance, power, on_voltage };

/// With one thing changed: farads, a factor of the harvested power, or volts.
SizeTrial try_size(const SizeTask& task, SizeOf what, double value);

/// The range that is looked through.
struct SizeRange {
    double low = 0, high = 0;
};
SizeRange range_of(const SizeTask& task, SizeOf what);

/// The smallest value of the range that meets the task, to a percent; nothing if none does. `on_trial`, if given, is called after each.
std::optional<double> smallest_size(const SizeTask& task, SizeOf what, const SizeRange& range,
                                    const std::function<void()>& on_trial = {});

/// What is sold may have a fifth less than it says, and loses more with age: a quarter above the least is sensible.
inline constexpr double sensible_margin = 1.25;
/// The first capacitor, as they are sold, of at least `farads` that meets the task; if none of a dozen does, since a larger one charges
/// longer, the largest between `least_f` and `farads` that does. Nothing if there is none.
std::optional<SizeTrial> sold_capacitor(const SizeTask& task, double farads, double least_f);

/// The one up to a farad that most inferences end in time with, whether that is the share or not: twelve a decade are tried, and
/// steps of 2 % around the best.
SizeTrial best_capacitor(SizeTask task);

/// To two digits, so that what is advised is enough.
double rounded_up(double value);
/// A value as an option takes it: "1.9mF", no blank.
std::string option_text(double value, const char* unit);

/// The first from `low_f` on, of those that smallest_size tries first, that meets the task.
std::optional<double> coarse_size(const SizeTask& task, double low_f);

struct LeastCapacitor {
    std::optional<double> farads;
    std::optional<SizeTrial> best;  ///< best_capacitor, if it was looked for
};
/// The smallest capacitor that meets the task: smallest_size, and if it finds none, best_capacitor.
LeastCapacitor least_capacitor(const SizeTask& task, const std::function<void()>& on_trial = {});

/// The next value that is sold (1, 1.5, 2.2, 3.3, 4.7, 6.8, 10 and so on), `least` or more.
double standard_value(double least);

}  // namespace dynbal::sim
