//! The run as a trace that Perfetto (ui.perfetto.dev) and chrome://tracing open: the JSON trace event format.
//!
//! One process for each policy, in it the tracks *power* (power cycles), *layers*, *work* (each span by its kind), and
//! the counters *voltage* and *energy*. Changes of tiles are instants.
//!
//! Invariant: power cycles and layers are complete; beyond `work_spans_max` spans of one policy the track *work* ends,
//! and a note says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/observer.hpp"

namespace dynbal::report {

class TraceFile final : public sim::Observer {
public:
    explicit TraceFile(std::vector<std::string> stage_names, uint64_t work_spans_max = 400'000);

    /// What follows belongs to the run of this policy. One TraceFile can take many runs, one after the other.
    void begin_run(const std::string& policy);
    void end_run();

    void power_on(double time_s) override;
    void power_off(double time_s) override;
    void span(const sim::Span& span) override;
    void event(double time_s, const Event& event) override;

    /// The whole file. Call it once, after the last end_run().
    std::string text();

private:
    void add(const std::string& event);
    void name_track(int track, const char* name);
    void end_layer();
    const std::string& stage_name(uint16_t stage) const;

    std::vector<std::string> stage_names_;  ///< as JSON strings
    uint64_t work_spans_max_;
    std::string events_;
    int process_ = 0;
    uint64_t work_spans_ = 0, cycle_ = 0;
    bool is_on_ = false;
    double on_s_ = 0, now_s_ = 0;
    double energy_j_ = 0, shown_voltage_v_ = 0;
    bool in_layer_ = false;
    uint16_t layer_ = 0;
    double layer_begin_s_ = 0;
};

}  // namespace dynbal::report
