#include "io/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "io/table.hpp"

namespace dynbal::io {
namespace {

constexpr auto draw_interval = std::chrono::milliseconds(100);
constexpr auto first_draw = std::chrono::milliseconds(300);
constexpr int64_t bar_width = 24;

std::string duration_text(double seconds) {
    const auto whole = static_cast<int64_t>(std::clamp(seconds, 0.0, 359999.0));
    const int64_t minutes = whole / 60;
    if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
    return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

}  // namespace

std::string progress_line(const std::string& label, int64_t done, int64_t total, double seconds) {
    const double fraction =
        total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 1.0;
    const auto filled = static_cast<int64_t>(fraction * static_cast<double>(bar_width));
    std::string line = fmt::format("{}  [{:#<{}}{:-<{}}]  {:3} %", label, "", filled, "", bar_width - filled,
                                   static_cast<int>(fraction * 100.0));
    if (fraction > 0.0) line += "  left " + duration_text(seconds * (1.0 - fraction) / fraction);
    return line;
}

Progress::Progress(std::string label, int64_t total)
    : Progress(std::move(label), total, ::isatty(STDERR_FILENO) == 1 ? &std::cerr : nullptr) {}

Progress::Progress(std::string label, int64_t total, std::ostream* target)
    : label_(std::move(label)), total_(total), target_(target), start_(Clock::now()), next_draw_(start_ + first_draw) {}

Progress::~Progress() {
    if (drawn_width_ == 0) return;
    *target_ << '\r' << std::string(drawn_width_, ' ') << '\r' << std::flush;
}

void Progress::advance(int64_t count) {
    done_.fetch_add(count, std::memory_order_relaxed);
    if (target_ == nullptr) return;
    const std::unique_lock lock(drawing_, std::try_to_lock);
    if (!lock.owns_lock()) return;  // another thread is drawing
    const Clock::time_point now = Clock::now();
    if (now >= next_draw_) draw(now);
}

void Progress::draw(Clock::time_point now) {
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::string line = progress_line(label_, done(), total_, seconds);
    const size_t width = display_width(line);
    if (width < drawn_width_) line.append(drawn_width_ - width, ' ');
    drawn_width_ = std::max(drawn_width_, width);
    *target_ << '\r' << line << std::flush;
    next_draw_ = now + draw_interval;
}

}  // namespace dynbal::io
