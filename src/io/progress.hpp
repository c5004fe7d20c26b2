//! A progress bar on stderr, with the time left. Silent if stderr is no terminal, so that logs and
//! scripts never see it. The clock is used for display only and reaches no result.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

namespace dynbal::io {

/// The bar's text, e.g. `crash test  [#########-----------]  45 %  left 0:12`. `total` 0 counts as
/// finished.
std::string progress_line(const std::string& label, int64_t done, int64_t total, double seconds);

class Progress {
public:
    /// Draws to stderr if that is a terminal.
    Progress(std::string label, int64_t total);
    /// Draws to `target`, which must outlive this object; nullptr: silent.
    Progress(std::string label, int64_t total, std::ostream* target);
    /// Wipes the bar.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `count` more units are done. Thread-safe and cheap; draws ten times a second at most.
    void advance(int64_t count = 1);
    int64_t done() const { return done_.load(std::memory_order_relaxed); }

private:
    using Clock = std::chrono::steady_clock;

    void draw(Clock::time_point now);

    const std::string label_;
    const int64_t total_;
    std::ostream* const target_;
    const Clock::time_point start_;
    std::atomic<int64_t> done_{0};
    std::mutex drawing_;           // guards what follows
    Clock::time_point next_draw_;  // the first is late: short work shows no bar
    size_t drawn_width_ = 0;
};

}  // namespace dynbal::io
