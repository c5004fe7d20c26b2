//! The runs behind a report: one inference for each policy, watched, and the same at other harvested powers and with other capacitors.
//!
//! Invariant: results depend on image, input, supply and policies, never on the number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/usage_map.hpp"
#include "image_file/image_file.hpp"
#include "report/breakdown.hpp"
#include "report/perfetto_trace.hpp"
#include "report/recorder.hpp"
#include "sim/device_profile.hpp"
#include "sim/series.hpp"
#include "sim/session.hpp"

namespace dynbal::report {

/// What is run. All that is pointed to must outlive the call.
struct Experiment {
    const ImageFile* file = nullptr;
    const sim::DeviceProfile* profile = nullptr;
    std::string supply;
    std::vector<PolicyKind> policies;
    std::span<const int16_t> input;
    std::span<const ImageFile> by_method;  ///< the network made over for other preservation methods; may be none
    std::optional<sim::Series> series;     ///< many inferences under each policy, besides the one that is watched
    bool sweep = true;
    uint32_t jobs = 0;  ///< threads of the sweep and the series; 0: one a core
};

struct PolicyRun {
    PolicyKind policy = PolicyKind::best;
    sim::RunResult result;
    Recorder recorder;
    std::vector<Breakdown> stages;
    std::optional<sim::SeriesResult> repeated;  ///< where Experiment::series was asked for
};

/// One inference under the default policy.
struct MethodRun {
    uint8_t method = 0;  ///< of preservation, its place in plugin/methods.hpp
    sim::RunResult result;
};

/// Latencies with one thing changed; [policy][value], none where the run did not end.
struct Sweep {
    std::vector<double> values;
    std::optional<double> own;  ///< the experiment's
    std::vector<std::vector<std::optional<double>>> latency_s;
};

struct Results {
    std::vector<PolicyRun> runs;
    std::vector<MethodRun> methods;  ///< for each image of Experiment::by_method
    /// Over constant harvested power in watts, behind it the chain of the supply, or of the profile if that has none.
    std::optional<Sweep> powers;
    /// Over the capacitor in farads; none if the supply does not harvest.
    std::optional<Sweep> capacitors;
    std::optional<device::Capacitor> capacitor;  ///< of the supply, as simulated
    std::vector<compiler::UsageMap> usage;       ///< of each stage

    /// The first run that completed; none: nullptr.
    const PolicyRun* answered() const;
    /// All answers that there are have the same bits.
    bool same_answers() const;
};

/// Runs everything. `trace` may be null. Throws InputError if the supply is none.
Results run_experiment(const Experiment& experiment, TraceFile* trace);

/// The powers of a sweep, in watts: around that of the supply if it is `power:P`, else common ones.
std::vector<double> sweep_powers(const std::optional<double>& own_power_w);

/// P of a supply text `power:P` or `power:P,OPTIONS` that parse_supply() accepts.
std::optional<double> harvested_power_w(const std::string& supply);

}  // namespace dynbal::report
