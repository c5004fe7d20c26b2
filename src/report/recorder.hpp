//! Records a run for a report: bounded in size however long the run is.
//!
//! Invariants:
//!  1. the sums per stage and configuration are exact: together they are all spans of the run;
//!  2. the lengths of the power cycles are exact up to `cycles_max` of them; of more, neighbours are joined;
//!  3. a span counts for the stage it names and for the configuration that the engine has announced last.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "report/activity.hpp"
#include "report/magnifier.hpp"
#include "report/polyline.hpp"
#include "sim/observer.hpp"

namespace dynbal::report {

/// Time and energy by kind of span.
struct Usage {
    std::array<double, sim::span_kind_count> time_s{};
    std::array<double, sim::span_kind_count> energy_j{};

    void add(const sim::Span& span);
    Usage& operator+=(const Usage& other);
};

/// What a stage did with one configuration.
struct ConfigUsage {
    TileConfig config;
    Usage usage;
};

enum class TileReason : uint8_t { chosen, reconfigured, shrunk };

struct TileChoice {
    double time_s = 0;
    uint16_t stage = 0;
    TileReason reason = TileReason::chosen;
    TileConfig config;
};

struct StageInterval {
    uint16_t stage = 0;
    double begin_s = 0, end_s = 0;
};

class Recorder final : public sim::Observer {
public:
    explicit Recorder(uint32_t stage_count);

    void power_on(double time_s) override;
    void power_off(double time_s) override;
    void span(const sim::Span& span) override;
    void event(double time_s, const Event& event) override;
    /// To be called once after the run.
    void finish();

    /// [stage][configuration], in the order in which the configurations were chosen.
    const std::vector<std::vector<ConfigUsage>>& usage() const { return usage_; }
    const std::vector<TileChoice>& choices() const { return choices_; }
    const std::vector<StageInterval>& stages() const { return intervals_; }
    const ActivityBuckets& activity() const { return activity_; }
    std::vector<MagnifiedCycle> magnified() const { return magnifier_.cycles(); }
    /// Empty if the supply has no capacitor.
    std::vector<Point> voltage() const;
    /// Durations without power and with it in turn, in microseconds.
    const std::vector<int64_t>& power_us() const { return power_us_; }
    /// Power cycles that one pair of them stands for.
    uint64_t cycles_per_entry() const { return cycles_per_entry_; }
    double end_s() const { return end_s_; }

    static constexpr size_t cycles_max = 16'384;

private:
    void note_power(double time_s);
    void join_cycles();
    void add_voltage(const sim::Span& span);
    void enter(double time_s, const Event& event);
    ConfigUsage& running(uint16_t stage);

    std::vector<std::vector<ConfigUsage>> usage_;
    std::vector<std::optional<TileConfig>> configs_;  ///< the last one of each stage
    std::vector<TileChoice> choices_;
    std::vector<StageInterval> intervals_;
    ActivityBuckets activity_;
    Magnifier magnifier_;
    Polyline voltage_;
    bool has_voltage_ = false;
    std::vector<int64_t> power_us_;
    std::array<int64_t, 2> joined_us_{};  ///< of the entry that is not complete yet: without power, with it
    uint64_t joined_cycles_ = 0;
    uint64_t cycles_per_entry_ = 1;
    int64_t noted_us_ = 0;
    bool is_on_ = false;
    double end_s_ = 0;
};

}  // namespace dynbal::report
