#include "sim/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "base/error.hpp"
#include "power/chain.hpp"

namespace dynbal::sim {

double SeriesResult::mean_s() const {
    const double sum_s = std::accumulate(latencies_s.begin(), latencies_s.end(), 0.0);
    return latencies_s.empty() ? 0 : sum_s / static_cast<double>(ended());
}

double SeriesResult::median_s() const {
    if (latencies_s.empty()) return 0;
    std::vector<double> sorted = latencies_s;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    if (sorted.size() % 2 != 0) return *middle;
    return (*std::max_element(sorted.begin(), middle) + *middle) / 2;
}

double SeriesResult::p90_s() const {
    if (latencies_s.empty()) return 0;
    std::vector<double> sorted = latencies_s;
    const size_t above = sorted.size() / 10;
    const auto place = sorted.end() - 1 - static_cast<std::ptrdiff_t>(above);
    std::nth_element(sorted.begin(), place, sorted.end());
    return *place;
}

double SeriesResult::worst_s() const {
    return latencies_s.empty() ? 0 : *std::max_element(latencies_s.begin(), latencies_s.end());
}

uint64_t Series::due_count() const {
    if (period_s <= 0 || until_s >= period_s * static_cast<double>(count)) return count;
    // A sum of many steps is off by its rounding: 12,000 of 0.1 s are no moment longer than 1,200 s.
    constexpr double rounding = 1e-9;
    return static_cast<uint64_t>(std::ceil(until_s / period_s * (1 - rounding)));
}

void check_length(const Series& series) {
    const double all_s = series.period_s * static_cast<double>(series.due_count());
    if (all_s <= power::total_s_max) return;
    throw InputError(
        fmt::format("{} inferences, one every {:.4g} days, last {:.4g} days; a run may take {:.0f} days at most",
                    series.due_count(), series.period_s / 86400, all_s / 86400, power::total_s_max / 86400));
}

namespace {

/// What of a series is known before: which inferences can still be in time.
class Outlook {
public:
    Outlook(const Series& series, uint64_t count)
        : series_(&series),
          count_(count),
          hopeless_left_(static_cast<uint64_t>(std::count(series.hopeless.begin(), series.hopeless.end(), 1))) {
        if (hopeless_left_ == 0) return;
        for (uint64_t index = 0; index < count; ++index) {
            if (!is_hopeless(index)) open_.push_back(index);
        }
    }

    /// Inferences come in their order.
    void next(uint64_t index) {
        if (is_hopeless(index)) --hopeless_left_;
    }
    /// Of those behind the one that came last.
    uint64_t hopeless_left() const { return hopeless_left_; }
    /// How long this one, the last that came, may take before it is certain that too many are missed.
    double patience_s(uint64_t index, uint64_t missed) const {
        const uint64_t sure = missed + 1 + hopeless_left_;
        if (sure > series_->missed_max) return series_->deadline_s;
        const std::optional<uint64_t> later = open_one(index, series_->missed_max - sure);
        if (series_->period_s <= 0 || !later) return std::numeric_limits<double>::infinity();
        return std::max(series_->deadline_s, series_->period_s * static_cast<double>(*later - index));
    }

private:
    bool is_hopeless(uint64_t index) const { return index < series_->hopeless.size() && series_->hopeless[index] != 0; }
    /// Behind `index`, that which comes after `skip` others that may be in time.
    std::optional<uint64_t> open_one(uint64_t index, uint64_t skip) const {
        if (open_.empty()) return skip < count_ - index - 1 ? std::optional(index + 1 + skip) : std::nullopt;
        const auto first = static_cast<uint64_t>(std::upper_bound(open_.begin(), open_.end(), index) - open_.begin());
        return skip < open_.size() - first ? std::optional(open_[first + skip]) : std::nullopt;
    }

    const Series* series_;
    uint64_t count_;
    uint64_t hopeless_left_;
    std::vector<uint64_t> open_;  ///< the others, where there are hopeless ones
};

}  // namespace

SeriesResult run_series(Session& session, std::span<const int16_t> input, Supply& supply, RunOptions options,
                        const Series& series) {
    options.timing_only = true;
    SeriesResult result;
    const uint64_t count = series.due_count();
    const double all_s = series.period_s * static_cast<double>(count);
    double now_s = 0;
    Outlook outlook(series, count);
    for (uint64_t index = 0; index < count; ++index) {
        const double due_s = series.period_s > 0 ? series.period_s * static_cast<double>(index) : now_s;
        if (series.period_s <= 0 && due_s >= series.until_s) break;
        ++result.due;
        outlook.next(index);
        if (due_s < now_s) {
            ++result.left_out;
        } else {
            if (due_s > now_s) supply.rest(due_s - now_s);
            options.latency_max_s = outlook.patience_s(index, result.missed());
            const RunResult run = session.run_inference(input, supply, options);
            now_s = due_s + run.latency_s;
            if (run.outcome == Outcome::overdue) {
                ++result.late;
                result.gave_up = true;
                result.duration_s = std::max(now_s, due_s + series.period_s);
                return result;
            }
            if (!run.completed()) {
                // It holds the device for ever.
                result.stuck = run.message;
                result.never_ends = 1 + (series.period_s > 0 ? count - result.due : 0);
                result.due += result.never_ends - 1;
                result.duration_s = std::max(now_s, all_s);
                if (std::isfinite(series.until_s)) result.duration_s = std::max(result.duration_s, series.until_s);
                return result;
            }
            result.latencies_s.push_back(run.latency_s);
            if (run.latency_s > series.deadline_s) ++result.late;
        }
        result.duration_s = std::max(now_s, due_s + series.period_s);
        if (result.missed() + outlook.hopeless_left() > series.missed_max) {
            result.gave_up = true;
            return result;
        }
    }
    return result;
}

}  // namespace dynbal::sim
