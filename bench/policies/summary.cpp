#include "summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/table.hpp"
#include "sim/session.hpp"

namespace dynbal::bench {
namespace {

// Issue 9.
constexpr double tie = 1.01, tie_share = 0.99, worst_allowed = 1.05;
constexpr double oracle_mean_allowed = 1.02, oracle_worst_allowed = 1.06;
constexpr double steady_allowed = 1.005, least_allowed = 1.25, growth_allowed = 1.5;

constexpr size_t listed_max = 12;  // of one kind of miss

std::string number_text(double value) { return std::isinf(value) ? "never ends" : fmt::format("{:.3f}", value); }
const char* name_of(SupplyKind kind) { return kind == SupplyKind::budget ? "budget:E, cost" : "power:P, latency"; }

/// A value that has to stay below a limit, and where it was met.
struct Found {
    double value = 0;
    std::string where;
};

/// Collects values of one kind.
class Collection {
public:
    void add(double value, std::string where) {
        all_.push_back({value, std::move(where)});
        if (std::isfinite(value)) log_sum_ += std::log(value);
    }
    size_t count() const { return all_.size(); }
    double mean() const { return all_.empty() ? 0 : std::exp(log_sum_ / static_cast<double>(all_.size())); }
    double share_below(double limit) const {
        const auto below = std::count_if(all_.begin(), all_.end(), [&](const Found& f) { return f.value <= limit; });
        return all_.empty() ? 1 : static_cast<double>(below) / static_cast<double>(all_.size());
    }
    /// Worst first.
    std::vector<Found> above(double limit) const {
        std::vector<Found> list;
        std::copy_if(all_.begin(), all_.end(), std::back_inserter(list),
                     [&](const Found& f) { return f.value > limit; });
        std::stable_sort(list.begin(), list.end(), [](const Found& a, const Found& b) { return a.value > b.value; });
        return list;
    }
    Found worst() const {
        const std::vector<Found> list = above(-1);
        return list.empty() ? Found{} : list.front();
    }

private:
    std::vector<Found> all_;
    double log_sum_ = 0;
};

class Summariser {
public:
    explicit Summariser(const Plan& plan) : judged_(sim::name_of(plan.policies.back())) {
        for (size_t i = 0; i + 1 < plan.policies.size(); ++i) {
            others_ += fmt::format("{}{}", i == 0 ? "" : ", ", sim::name_of(plan.policies[i]));
        }
    }

    Summary run(const std::vector<Result>& results, const std::vector<Growth>& growths) {
        for (const Result& result : results) {
            if (!result.refused.empty()) miss(fmt::format("refused: {}: {}", where(result), result.refused));
        }
        judge_points(results, SupplyKind::budget);
        judge_points(results, SupplyKind::power);
        judge_steady(results);
        judge_least(results);
        judge_oracle(results);
        judge_known(results);
        judge_growth(growths);
        return {table_.text() + growth_text_, misses_};
    }

private:
    static std::string where(const Result& result) { return fmt::format("{} @ {}", result.network, result.device); }
    void miss(std::string line) { misses_.push_back(std::move(line)); }

    void row(const std::string& what, const Collection& all, const std::string& share) {
        const Found worst = all.worst();
        table_.add_row(
            {what, std::to_string(all.count()), share, number_text(all.mean()), number_text(worst.value), worst.where});
    }

    void limit_each(const std::string& what, const Collection& all, double limit) {
        const std::vector<Found> beyond = all.above(limit);
        for (size_t i = 0; i < std::min(beyond.size(), listed_max); ++i) {
            miss(fmt::format("{} {} > {}: {}", what, number_text(beyond[i].value), limit, beyond[i].where));
        }
        if (beyond.size() > listed_max) miss(fmt::format("{}: {} more", what, beyond.size() - listed_max));
    }

    void judge_points(const std::vector<Result>& results, SupplyKind kind) {
        Collection all;
        for (const Result& result : results) {
            for (const Point& point : result.points) {
                if (point.kind == kind) all.add(ratio_of(point), fmt::format("{}, {}", where(result), point.supply));
            }
        }
        if (all.count() == 0) return;
        const double share = all.share_below(tie);
        const std::string what = fmt::format("{} / min({}), {}", judged_, others_, name_of(kind));
        row(what, all, fmt::format("{:.1f} % at most {}", 100 * share, tie));
        if (share < tie_share) {
            miss(fmt::format("{}: at most {} in {:.1f} % of the points, wanted {:.0f} %", what, tie, 100 * share,
                             100 * tie_share));
        }
        limit_each(what, all, worst_allowed);
    }

    void judge_steady(const std::vector<Result>& results) {
        Collection cost, latency;
        for (const Result& result : results) {
            if (!result.refused.empty()) continue;
            cost.add(result.steady_cost, where(result));
            latency.add(result.steady_latency, where(result));
        }
        row("steady power, cost", cost, "");
        row("steady power, latency", latency, "");
        limit_each("steady power, cost", cost, steady_allowed);
    }

    void judge_least(const std::vector<Result>& results) {
        Collection all;
        for (const Result& result : results) {
            if (!result.refused.empty()) continue;
            const double ratio = result.real_least == 0 ? never_ends
                                                        : static_cast<double>(result.stated_least) /
                                                              static_cast<double>(result.real_least);
            all.add(ratio,
                    fmt::format("{}: {} units stated, {} real", where(result), result.stated_least, result.real_least));
        }
        row("least energy, stated / real", all,
            fmt::format("{:.1f} % at most {}", 100 * all.share_below(least_allowed), least_allowed));
        limit_each("least energy, stated / real", all, least_allowed);
    }

    void judge_oracle(const std::vector<Result>& results) {
        Collection all;
        for (const Result& result : results) {
            for (const Point& point : result.points) {
                if (point.oracle)
                    all.add(point.cost.back() / *point.oracle, fmt::format("{}, {}", where(result), point.supply));
            }
        }
        if (all.count() == 0) return;
        const std::string what = fmt::format("{} / oracle, budget:E, cost", judged_);
        row(what, all, "");
        if (all.mean() > oracle_mean_allowed) {
            miss(fmt::format("{}: mean {:.3f} > {}", what, all.mean(), oracle_mean_allowed));
        }
        limit_each(what, all, oracle_worst_allowed);
    }

    /// No limits: it tells how much of a miss is the table's, how much what learning and changing cost.
    void judge_known(const std::vector<Result>& results) {
        Collection learning, table;
        for (const Result& result : results) {
            for (const Point& point : result.points) {
                if (!point.known || std::isinf(*point.known)) continue;
                const std::string at = fmt::format("{}, {}", where(result), point.supply);
                const double others = *std::min_element(point.cost.begin(), point.cost.end() - 1);
                learning.add(point.cost.back() / *point.known, at);
                if (std::isfinite(others)) table.add(*point.known / others, at);
            }
        }
        if (learning.count() == 0) return;
        const auto share = [](const Collection& all) {
            return fmt::format("{:.1f} % at most {}", 100 * all.share_below(tie), tie);
        };
        row(fmt::format("{} / with E known beforehand", judged_), learning, share(learning));
        row(fmt::format("with E known beforehand / min({})", others_), table, share(table));
    }

    void judge_growth(const std::vector<Growth>& growths) {
        if (growths.empty()) return;
        std::vector<io::Column> columns{{"conv3x3 64to64, units a pixel", io::Align::left},
                                        {"policy", io::Align::left}};
        for (const int side : growths.front().sides) columns.push_back({fmt::format("{0}x{0}", side)});
        columns.push_back({"growth"});
        io::Table table(columns);
        for (const Growth& growth : growths) {
            const std::vector<double>& costs = growth.cost_per_pixel;
            const double most = *std::max_element(costs.begin(), costs.end()) / costs.front();
            std::vector<std::string> cells{fmt::format("{}, {}", growth.device, growth.supply),
                                           sim::name_of(growth.policy)};
            for (const double cost : costs)
                cells.push_back(std::isinf(cost) ? "never ends" : fmt::format("{:.0f}", cost));
            cells.push_back(number_text(most));
            table.add_row(cells);
            if (!(most <= growth_allowed) && sim::name_of(growth.policy) == judged_) {
                miss(fmt::format("cost of a pixel grows {} > {} times: {}, {}", number_text(most), growth_allowed,
                                 growth.device, growth.supply));
            }
        }
        growth_text_ = fmt::format("\n{}", table.text());
    }

    std::string judged_, others_;
    io::Table table_{
        {{"", io::Align::left}, {"points"}, {"share", io::Align::left}, {"mean"}, {"worst"}, {"at", io::Align::left}}};
    std::string growth_text_;
    std::vector<std::string> misses_;
};

nlohmann::ordered_json number_or_null(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const Point& point, const Plan& plan) {
    nlohmann::ordered_json cost;
    for (size_t i = 0; i < point.cost.size(); ++i) cost[sim::name_of(plan.policies[i])] = number_or_null(point.cost[i]);
    if (point.oracle) cost["oracle"] = number_or_null(*point.oracle);
    if (point.known) cost["known"] = number_or_null(*point.known);
    return {{"by", point.kind == SupplyKind::budget ? "cost" : "latency"},
            {"energy", point.energy},
            {"supply", point.supply},
            {"cost", cost},
            {"ratio", number_or_null(ratio_of(point))}};
}

}  // namespace

Summary summary_of(const std::vector<Result>& results, const std::vector<Growth>& growths, const Plan& plan) {
    return Summariser(plan).run(results, growths);
}

std::string points_text(const std::vector<Result>& results, const Plan& plan) {
    std::vector<io::Column> columns{
        {"network", io::Align::left}, {"device", io::Align::left}, {"supply", io::Align::left}};
    for (const PolicyKind policy : plan.policies) columns.push_back({sim::name_of(policy)});
    columns.push_back({"ratio"});
    columns.push_back({"oracle"});
    columns.push_back({"known"});
    io::Table table(columns);
    for (const Result& result : results) {
        for (const Point& point : result.points) {
            std::vector<std::string> cells{result.network, result.device, point.supply};
            for (const double cost : point.cost)
                cells.push_back(std::isinf(cost) ? "never ends" : fmt::format("{:.5g}", cost));
            cells.push_back(number_text(ratio_of(point)));
            cells.push_back(point.oracle ? fmt::format("{:.5g}", *point.oracle) : "");
            cells.push_back(point.known ? fmt::format("{:.5g}", *point.known) : "");
            table.add_row(cells);
        }
    }
    return table.text();
}

nlohmann::ordered_json json_of(const std::vector<Result>& results, const std::vector<Growth>& growths,
                               const Plan& plan) {
    nlohmann::ordered_json json{{"networks", nlohmann::ordered_json::array()},
                                {"growth", nlohmann::ordered_json::array()}};
    for (const Result& result : results) {
        nlohmann::ordered_json points = nlohmann::ordered_json::array();
        for (const Point& point : result.points) points.push_back(json_of(point, plan));
        json["networks"].push_back({{"network", result.network},
                                    {"device", result.device},
                                    {"refused", result.refused},
                                    {"least_units_stated", result.stated_least},
                                    {"least_units_real", result.real_least},
                                    {"steady_cost_ratio", result.steady_cost},
                                    {"steady_latency_ratio", result.steady_latency},
                                    {"points", points}});
    }
    for (const Growth& growth : growths) {
        nlohmann::ordered_json costs = nlohmann::ordered_json::array();
        for (const double cost : growth.cost_per_pixel) costs.push_back(number_or_null(cost));
        json["growth"].push_back({{"device", growth.device},
                                  {"supply", growth.supply},
                                  {"policy", sim::name_of(growth.policy)},
                                  {"sides", growth.sides},
                                  {"units_per_pixel", costs}});
    }
    return json;
}

}  // namespace dynbal::bench
