#include "cli/watch_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "cli/write_report.hpp"
#include "io/printable.hpp"
#include "report/span_names.hpp"

namespace dynbal::cli {
namespace {

constexpr size_t chart_width = 64, bar_width = 24, stages_max = 12, name_width = 20;

/// `share` of a bar.
std::string bar(double share) {
    const auto full = static_cast<size_t>(std::clamp(share, 0.0, 1.0) * bar_width);
    return fmt::format("{:#<{}}{:-<{}}", "", full, "", bar_width - full);
}

}  // namespace

std::string speed_hint(double latency_s, double speed) {
    constexpr double long_s = 60, short_s = 30, speed_max = 1e6;
    const double shown_s = latency_s / speed;
    if (shown_s <= long_s) return "";
    const double faster = std::min(speed_max, std::pow(10, std::ceil(std::log10(latency_s / short_s))));
    if (faster <= speed) return "";
    return fmt::format("This takes {:.0f} minutes to watch; with --speed {:.0f}x it takes {:.0f} s.",
                       std::ceil(shown_s / 60), faster, std::ceil(latency_s / faster));
}

WatchScreen::WatchScreen(const ImageFile& file, WatchSetting setting, std::function<void()> show)
    : file_(&file), setting_(std::move(setting)), show_(std::move(show)), stages_(file.header().stage_count) {}

void WatchScreen::power_on(double) {
    ++cycles_;
    is_on_ = true;
}

void WatchScreen::power_off(double) { is_on_ = false; }

/// Shows the frames that fall into a span, however long it is.
void WatchScreen::span(const sim::Span& span) {
    doing_ = span.kind;
    const double end_s = span.begin_s + span.duration_s;
    while (shown_s_ + setting_.seconds_a_frame <= end_s) {
        shown_s_ += setting_.seconds_a_frame;
        time_s_ = shown_s_;
        voltage_v_ = voltage_at(span, shown_s_);
        voltages_.push_back(voltage_v_);
        if (voltages_.size() > chart_width) voltages_.erase(voltages_.begin());
        show_();
    }
    time_s_ = end_s;
    voltage_v_ = span.voltage_end_v;
    energy_j_ += span.energy_j;
    if (span.kind == sim::SpanKind::compute) stages_.at(span.stage).computed_s += span.duration_s;
}

/// Energy is linear in time, the voltage its root.
double WatchScreen::voltage_at(const sim::Span& span, double time_s) const {
    if (span.duration_s <= 0) return span.voltage_end_v;
    const double share = std::clamp((time_s - span.begin_s) / span.duration_s, 0.0, 1.0);
    const double begin = span.voltage_begin_v * span.voltage_begin_v;
    const double end = span.voltage_end_v * span.voltage_end_v;
    return std::sqrt(begin + share * (end - begin));
}

void WatchScreen::event(double, const Event& event) {
    if (event.kind == EventKind::boot || event.kind == EventKind::inference_end || event.stage >= stages_.size()) {
        return;
    }
    Stage& stage = stages_[event.stage];
    stage_ = event.stage;
    if (event.kind == EventKind::stage_end) {
        stage.ended = true;
        return;
    }
    stage.begun = true;
    stage.config = event.config;
    if (event.kind == EventKind::reconfigured || event.kind == EventKind::shrunk) ++stage.changes;
}

/// Voltages of the last frames, the newest on the right.
std::string WatchScreen::chart() const {
    constexpr std::array<const char*, 8> levels{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    if (voltages_.empty()) return {};
    const double high = std::max(setting_.on_v, *std::max_element(voltages_.begin(), voltages_.end()));
    const double low = std::min(setting_.off_v, *std::min_element(voltages_.begin(), voltages_.end()));
    std::string text;
    for (const double voltage : voltages_) {
        const double share = high > low ? (voltage - low) / (high - low) : 0;
        text += levels[std::min<size_t>(levels.size() - 1, static_cast<size_t>(share * levels.size()))];
    }
    return text;
}

std::string WatchScreen::stage_line(size_t index) const {
    const Stage& stage = stages_[index];
    std::string name = io::printable(file_->host.stage_names[index]).substr(0, name_width);
    const double whole_s = setting_.compute_s[index];
    const double share = stage.ended ? 1 : whole_s > 0 ? std::min(0.99, stage.computed_s / whole_s) : 0;
    std::string line =
        fmt::format("{} {:>3} {:<{}} [{}]", index == stage_ ? '>' : ' ', index, name, name_width, bar(share));
    if (!stage.begun) return line + "\n";
    line += fmt::format("  tile {}x{}x{} run {}", stage.config.tile_out, stage.config.tile_in, stage.config.tile_pixels,
                        stage.config.run_pixels);
    if (stage.changes == 1) line += ", changed once";
    if (stage.changes > 1) line += fmt::format(", changed {} times", stage.changes);
    // Without MACs time goes by the number of jobs: more of them are no work that is done again.
    const bool counts_macs = shape_of(file_->header(), file_->stage(static_cast<uint32_t>(index))).counts_macs;
    const double extra = counts_macs && whole_s > 0 ? stage.computed_s / whole_s - 1 : 0;
    if (extra >= 0.005) line += fmt::format(", {:.0f} % done again", 100 * extra);
    return line + "\n";
}

/// Not all layers may have room: those around the one that is running.
std::string WatchScreen::stage_lines(size_t lines_max) const {
    size_t count = std::min({stages_max, stages_.size(), lines_max});
    const bool says_rest = count < stages_.size() && lines_max > 1;
    if (says_rest) count = std::min(count, lines_max - 1);
    const size_t first = std::min(stages_.size() - count, stage_ > count / 2 ? stage_ - count / 2 : 0);
    std::string text;
    for (size_t index = first; index < first + count; ++index) text += stage_line(index);
    if (says_rest) text += fmt::format("  {} of {} layers have no room here\n", stages_.size() - count, stages_.size());
    return text;
}

std::string WatchScreen::frame(size_t lines_max) const {
    std::string state =
        fmt::format("{:.3f} s   power cycle {}   {}   {}\n", time_s_, cycles_, quantity(energy_j_, "J"),
                    is_on_ ? report::span_kind_names[static_cast<size_t>(doing_)] : "no power: charging");
    const std::string voltage =
        voltage_v_ > 0 ? fmt::format("{:.2f} V  {}\n", voltage_v_, chart()) : std::string("no capacitor\n");
    if (lines_max <= 1) return state;
    if (lines_max == 2) return state + voltage;
    return setting_.title + "\n" + state + voltage + stage_lines(lines_max - 3);
}

}  // namespace dynbal::cli
