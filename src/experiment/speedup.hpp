//! What adapting is worth: the policies side by side, from the rows of a sweep.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/row.hpp"

namespace dynbal::experiment {

/// One model on one device and one supply.
struct Comparison {
    std::string model, device, supply;
    /// Mean latency of an inference, by Strategy; none if the row is absent or did not come to its end.
    std::array<std::optional<double>, 4> latency_s;
    /// `fixed` needed no help: our safety net (a cycle without progress shrinks the tile) was never used. Without
    /// it, as published, `fixed` would not have come to its end elsewhere.
    bool fixed_alone_ends = false;

    std::optional<double> latency(Strategy strategy) const { return latency_s[static_cast<size_t>(strategy)]; }
    /// How many times the latency of `other` that of `strategy` is; none if one of them is not known.
    std::optional<double> ratio(Strategy strategy, Strategy other) const;
};

/// In the order of the rows.
std::vector<Comparison> comparisons_of(const std::vector<Row>& rows);

/// Geometric mean and worst of a ratio over all comparisons where it is known.
struct RatioSummary {
    uint64_t count = 0;
    double geometric_mean = 0, largest = 0;
};

struct SpeedupSummary {
    RatioSummary best_to_oracle, best_to_paper, best_to_fixed;
    /// The largest fixed/best: where fixed ends without help, and with it.
    double speedup_alone = 0, speedup_with_net = 0;
    uint64_t cells = 0, fixed_alone_ends = 0, best_ends = 0;
};
SpeedupSummary summary_of(const std::vector<Comparison>& comparisons);

nlohmann::ordered_json json_of(const std::vector<Comparison>& comparisons);
nlohmann::ordered_json json_of(const SpeedupSummary& summary);
/// One table with a line a comparison, and the summary as a list.
std::string markdown_of(const std::vector<Comparison>& comparisons);
std::string markdown_of(const SpeedupSummary& summary);

}  // namespace dynbal::experiment
