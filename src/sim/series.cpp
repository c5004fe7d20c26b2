#include "sim/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

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
    return static_cast<uint64_t>(std::ceil(until_s / period_s));
}

void check_length(const Series& series) {
    const double all_s = series.period_s * static_cast<double>(series.due_count());
    if (all_s <= power::total_s_max) return;
    throw InputError(
        fmt::format("{} inferences, one every {:.4g} days, last {:.4g} days; a run may take {:.0f} days at most",
                    series.due_count(), series.period_s / 86400, all_s / 86400, power::total_s_max / 86400));
}

SeriesResult run_series(Session& session, std::span<const int16_t> input, Supply& supply, RunOptions options,
                        const Series& series) {
    options.timing_only = true;
    SeriesResult result;
    const uint64_t count = series.due_count();
    const double all_s = series.period_s * static_cast<double>(count);
    double now_s = 0;
    auto hopeless_left = static_cast<uint64_t>(std::count(series.hopeless.begin(), series.hopeless.end(), 1));
    for (uint64_t index = 0; index < count; ++index) {
        const double due_s = series.period_s > 0 ? series.period_s * static_cast<double>(index) : now_s;
        if (series.period_s <= 0 && due_s >= series.until_s) break;
        ++result.due;
        if (due_s < now_s) {
            ++result.left_out;
        } else {
            if (due_s > now_s) supply.rest(due_s - now_s);
            const RunResult run = session.run_inference(input, supply, options);
            now_s = due_s + run.latency_s;
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
        if (index < series.hopeless.size()) hopeless_left -= series.hopeless[index];
        if (result.missed() + hopeless_left > series.missed_max) {
            result.gave_up = true;
            return result;
        }
    }
    return result;
}

}  // namespace dynbal::sim
