//! A run as it goes on, for eyes: draws power, voltage and layers again and again, in the run's own time or faster.
//!
//! Nothing it does changes the run (sim/observer.hpp). It knows no clock and no terminal: both are handed in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "sim/observer.hpp"

namespace dynbal::cli {

struct WatchSetting {
    std::string title;
    std::vector<double> compute_s;  ///< of each stage without failures
    double off_v = 0, on_v = 0;     ///< of the device
    double seconds_a_frame = 0.1;   ///< of the run
};

/// For a run that takes over a minute to watch: how long it takes, and with which --speed it takes half a minute at most;
/// else "". `latency_s`: of the run on the device; `speed`: how many times as fast as that it is shown.
std::string speed_hint(double latency_s, double speed);

class WatchScreen final : public sim::Observer {
public:
    /// `show` is called when it is time for a frame.
    WatchScreen(const ImageFile& file, WatchSetting setting, std::function<void()> show);

    void power_on(double time_s) override;
    void power_off(double time_s) override;
    void span(const sim::Span& span) override;
    void event(double time_s, const Event& event) override;

    /// Things as they are: lines, each ending with '\n', as many in one frame as in the next; at most `lines_max`, but at least one.
    /// If layers are left out, a line says how many, unless there is room for no more than one layer.
    std::string frame(size_t lines_max = SIZE_MAX) const;

private:
    struct Stage {
        bool begun = false, ended = false;
        double computed_s = 0;
        uint32_t changes = 0;
        TileConfig config;
    };

    double voltage_at(const sim::Span& span, double time_s) const;
    std::string chart() const;
    std::string stage_line(size_t index) const;
    std::string stage_lines(size_t lines_max) const;

    const ImageFile* file_;
    WatchSetting setting_;
    std::function<void()> show_;
    std::vector<Stage> stages_;
    std::vector<double> voltages_;  ///< one a frame, the newest last
    double time_s_ = 0, shown_s_ = 0, voltage_v_ = 0, energy_j_ = 0;
    sim::SpanKind doing_ = sim::SpanKind::charging;
    uint64_t cycles_ = 0;
    size_t stage_ = 0;
    bool is_on_ = false;
};

}  // namespace dynbal::cli
