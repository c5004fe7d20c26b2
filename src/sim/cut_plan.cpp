#include "sim/cut_plan.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/random.hpp"

namespace dynbal::sim {
namespace {

// A power cycle must at least write the longest progress record, or no engine could get on.
constexpr uint64_t least_bytes = 200;

bool parse_number(std::string_view text, uint64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

CutPlan parse_cuts(std::string_view text) {
    constexpr uint64_t count_max = 100'000'000;
    CutPlan plan;
    bool good = text == "all";
    if (text.starts_with("sample:")) {
        plan.kind = CutKind::sample;
        good = parse_number(text.substr(7), plan.count);
    } else if (text.starts_with("random:")) {
        plan.kind = CutKind::random;
        const std::string_view numbers = text.substr(7);
        const size_t comma = numbers.find(',');
        good = comma != std::string_view::npos && parse_number(numbers.substr(0, comma), plan.seed) &&
               parse_number(numbers.substr(comma + 1), plan.count);
    }
    if (good && (plan.kind == CutKind::all || (plan.count >= 1 && plan.count <= count_max))) {
        return plan;
    }
    throw InputError("cuts '" + std::string(text) +
                     "': expected all, sample:N or random:SEED,N with whole numbers, N from 1 to " +
                     std::to_string(count_max));
}

std::vector<uint64_t> cut_points(const CutPlan& plan, uint64_t bytes_written) {
    const uint64_t count = plan.kind == CutKind::all ? bytes_written : std::min(plan.count, bytes_written);
    std::vector<uint64_t> points(count);
    for (uint64_t i = 0; i < count; ++i) {
        // One in each of `count` equal parts, at a place in it that follows no pattern.
        const uint64_t begin = i * bytes_written / count;
        const uint64_t end = (i + 1) * bytes_written / count;
        points[i] = in_range(hash64(i), begin, end - 1);
    }
    return points;
}

std::string RandomCuts::supply_text() const {
    return "random:" + std::to_string(seed) + "," + std::to_string(low) + "," + std::to_string(high);
}

RandomCuts random_cuts(const CutPlan& plan, uint64_t index, uint64_t bytes_written) {
    RandomCuts cuts;
    cuts.seed = random64(plan.seed, index) >> 32U;  // short, for the replay line
    const uint64_t longest = std::max(bytes_written, 2 * least_bytes);
    // Halvings of the longest distance, each as likely.
    uint64_t octaves = 0;
    while (longest >> (octaves + 1) >= 2 * least_bytes) ++octaves;
    cuts.high = longest >> in_range(hash64(cuts.seed), 0, octaves);
    cuts.low = std::max(least_bytes, cuts.high / 4);
    return cuts;
}

}  // namespace dynbal::sim
