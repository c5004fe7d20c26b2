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

/// Of one inference on steady power, with its boot.
struct InferenceCost {
    double seconds = 0;
    double joules = 0;
};

/// What is to be met, with what.
struct SizeTask {
    const ImageFile* file = nullptr;
    DeviceProfile profile;
    std::span<const int16_t> input{};
    RunOptions options{};
    Series series{};
    double share = 1;                          ///< of the inferences that are due must end in time
    HarvestPlan plan;                          ///< the supply
    std::optional<InferenceCost> inference{};  ///< if it is given, what drains the capacitor in the long run is not met
    std::function<void()> on_trial{};          ///< called after each, from several threads
};

InferenceCost cost_of_inference(const SizeTask& task);
/// By inferences without any power failure, on average.
double needed_w(const SizeTask& task, const InferenceCost& inference);
/// The least that leakage and sleeping take on average, with the device on.
double lost_w(const SizeTask& task, const InferenceCost& inference);

/// A capacitor, or a power, that was tried.
struct SizeTrial {
    double value = 0;
    bool met = false;
    bool drains = false;  ///< it would be met, but for what is stored at first: more is needed than the supply brings
    SeriesResult result;
};

enum class SizeOf : uint8_t { capacitance, power, on_voltage };

/// With one thing changed: farads, a factor of the harvested power, or volts. All inferences are tried, however many are missed.
SizeTrial try_size(const SizeTask& task, SizeOf what, double value);
/// Only whether it meets the task: that is given up as soon as too many inferences are missed or can only be missed
/// (sim/size_chances.hpp).
bool meets_task(const SizeTask& task, SizeOf what, double value);

/// The range that is looked through.
struct SizeRange {
    double low = 0, high = 0;
};
SizeRange range_of(const SizeTask& task, SizeOf what);

/// The smallest value of the range that meets the task, to half a percent; nothing if none does. All cores try.
std::optional<double> smallest_size(const SizeTask& task, SizeOf what, const SizeRange& range);

/// Is `least` luck? Twenty values above it are tried: up to half as much again, or of voltages up to a quarter of their range. If one
/// fails: from where on all that were tried meet the task. Nothing if none fails, or if the last one does.
std::optional<double> sure_size(const SizeTask& task, SizeOf what, double least);

/// Trials of all values, in their order, on all cores.
std::vector<SizeTrial> try_sizes(const SizeTask& task, SizeOf what, std::span<const double> values);

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
/// The same with so many digits; a value that has no more is itself.
double rounded_up_to(double value, int digits);
/// What is printed is typed in: the trial of the first value from `least` on that meets the task and has so many digits as a multiple of
/// `unit`. If none of a dozen in the range does, that of `least` itself.
SizeTrial writable_size(const SizeTask& task, SizeOf what, double least, int digits, double unit = 1);
/// A value as an option takes it: "1.9mF", no blank.
std::string option_text(double value, const char* unit);

/// The first from `low_f` on, of those that smallest_size tries first, that meets the task.
std::optional<double> coarse_size(const SizeTask& task, double low_f);

/// The same of capacitors without series resistance; nothing if there is none to leave out.
std::optional<double> without_esr_f(SizeTask task, double low_f);

struct LeastCapacitor {
    std::optional<double> farads;
    std::optional<SizeTrial> best;  ///< best_capacitor, if it was looked for
};
/// The smallest capacitor that meets the task: smallest_size, and if it finds none, best_capacitor.
LeastCapacitor least_capacitor(const SizeTask& task);

/// The next value that is sold (1, 1.5, 2.2, 3.3, 4.7, 6.8, 10 and so on), `least` or more.
double standard_value(double least);

}  // namespace dynbal::sim
