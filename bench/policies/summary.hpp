//! What the results say, and which limits are missed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "measure.hpp"

namespace dynbal::bench {

/// How the cost of a pixel grows with the map, under one budget.
struct Growth {
    std::string device, supply;
    PolicyKind policy = PolicyKind::best;
    std::vector<int> sides;
    std::vector<double> cost_per_pixel;  ///< never_ends where refused, or where it does not end
};

struct Summary {
    std::string text;                 ///< tables for people
    std::vector<std::string> misses;  ///< one line each; empty: every limit is kept
};

Summary summary_of(const std::vector<Result>& results, const std::vector<Growth>& growths, const Plan& plan);

/// Every point, one a line.
std::string points_text(const std::vector<Result>& results, const Plan& plan);

nlohmann::ordered_json json_of(const std::vector<Result>& results, const std::vector<Growth>& growths,
                               const Plan& plan);

}  // namespace dynbal::bench
