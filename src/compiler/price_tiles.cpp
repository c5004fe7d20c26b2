#include "compiler/price_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "compiler/quick_price.hpp"
#include "compiler/tile_configs.hpp"

namespace dynbal::compiler {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
/// Energies that are walked differ by so much; where their winners differ, energies between them are walked, too.
constexpr double energy_step = 1.04, energy_resolution = 1.02;
/// A row stays where it comes so near to the winner.
constexpr double near_enough = 1.005;
/// Where a row costs at most so much more than the winner, the engine need not look for another one: a look and a change cost
/// about as much.
constexpr double hardly_dearer = 1.05;
/// A row's price, its mean loss applied to each of its energies, errs by no more than so much: else it becomes two.
constexpr double price_error = 1.1;
/// While nothing is known of the supply, one part in so many more is paid for losing less to a failure: no board shows it.
constexpr uint64_t hardly_noticed = 250;
/// Configurations that are walked at each energy: so many quickly, of these so many with care.
constexpr size_t walked_quickly = 20, walked_carefully = 5;
constexpr uint32_t careful_effort = 10;
/// Of so many that the formula thinks best: near the least energy most of them do not get on.
constexpr size_t tried_most = 1000;
/// So many at most are walked for the row of least need.
constexpr size_t least_entrants = 200;

/// All configurations of a stage with their quick prices, walked on demand.
class Contest {
public:
    Contest(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes)
        : shape_(&shape), prices_(&prices), arena_bytes_(arena_bytes) {
        for (const TileConfig& config : sampled_configs(shape, arena_bytes)) {
            all_.push_back(quick_price(shape, config, prices.model, arena_bytes));
        }
        std::stable_sort(all_.begin(), all_.end(), [](const QuickPrice& a, const QuickPrice& b) {
            return a.reuse != b.reuse ? a.reuse < b.reuse : a.refetch < b.refetch;
        });
        keep_undominated();
        needs_.resize(all_.size());
    }

    const std::vector<QuickPrice>& all() const { return all_; }
    /// Exact, and looked at once.
    const Needs& needs(size_t index) const {
        if (needs_[index].step == 0) needs_[index] = needs_of(stage_of(all_[index].config));
        return needs_[index];
    }
    /// May a few cycles be walked for all? They may miss the places of a stage where it would get nowhere.
    bool gets_on(size_t index, uint64_t energy) const { return gets_on_from(index) <= static_cast<double>(energy); }
    /// The least energy at which it does, as energies vary.
    double gets_on_from(size_t index) const { return static_cast<double>(needs(index).step) / (1 - energy_jitter); }
    WalkedStage stage_of(const TileConfig& config) const {
        return {shape_, config, arena_bytes_, prices_->model, prices_->boot};
    }

    /// The cheapest at this energy; `favourite` (an index) where it comes near enough. None if nothing gets on.
    struct Winner {
        size_t index = 0;
        double cost = infinite;
    };
    Winner winner_at(uint64_t energy, std::optional<size_t> favourite, uint32_t effort) const {
        const std::vector<Winner> sorted = quickest(energy);
        std::vector<Winner> entrants;
        for (size_t next = 0; next < sorted.size() && (entrants.empty() || entrants.front().cost == infinite);) {
            entrants.clear();
            for (; next < sorted.size() && entrants.size() < walked_quickly; ++next) {
                if (gets_on(sorted[next].index, energy)) entrants.push_back(sorted[next]);
            }
            walk_all(entrants, energy, quick_effort);
        }
        if (effort > quick_effort) {
            if (entrants.size() > walked_carefully) entrants.resize(walked_carefully);
            const auto is_favourite = [&](const Winner& entrant) { return favourite && entrant.index == *favourite; };
            if (favourite && gets_on(*favourite, energy) &&
                std::none_of(entrants.begin(), entrants.end(), is_favourite)) {
                entrants.push_back({*favourite, 0});
            }
            walk_all(entrants, energy, effort);
        }
        if (entrants.empty() || entrants.front().cost == infinite) return {};
        if (favourite) {
            for (const Winner& entrant : entrants) {
                if (entrant.index == *favourite && entrant.cost <= entrants.front().cost * near_enough) return entrant;
            }
        }
        return entrants.front();
    }

    /// The least energy that the stage is to get on with, and whose it is. Of the configurations that need hardly more than the
    /// least of all, by what no device can tell apart, it is the cheapest.
    Winner least_need() const {
        std::vector<size_t> order(all_.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return all_[a].need < all_[b].need; });
        Winner least;
        for (size_t i = 0; i < std::min<size_t>(order.size(), 16); ++i) {
            const auto exact = static_cast<double>(needs(order[i]).step);
            if (exact < least.cost) least = {order[i], exact};
        }
        // What gets on with such energies as they vary, gets on with the lowest of them.
        const auto energy = static_cast<uint64_t>(least.cost / (1 - energy_jitter) / (1 - energy_jitter));
        std::vector<Winner> entrants;
        for (const size_t index : order) {
            if (entrants.size() == least_entrants || all_[index].need > energy + energy / 8) break;
            if (gets_on(index, energy)) entrants.push_back({index, 0});
        }
        walk_all(entrants, energy, careful_effort);
        if (entrants.empty() || entrants.front().cost == infinite) return least;
        return {entrants.front().index, static_cast<double>(needs(entrants.front().index).step)};
    }

    /// For a supply of which nothing is known: without failures it is hardly dearer than the cheapest, and of all such a failure
    /// costs it least.
    size_t start() const {
        const uint64_t least = all_.front().reuse;
        size_t start = 0;
        for (size_t i = 0; i < all_.size() && all_[i].reuse <= least + least / hardly_noticed; ++i) {
            if (all_[i].refetch < all_[start].refetch) start = i;
        }
        return start;
    }

private:
    /// Leaves out what another one beats or equals in all three quick prices, but for a margin: the formula errs.
    void keep_undominated() {
        std::vector<QuickPrice> kept;
        for (const QuickPrice& price : all_) {
            const bool beaten = std::any_of(kept.begin(), kept.end(), [&](const QuickPrice& other) {
                return other.reuse + other.reuse / 50 <= price.reuse &&
                       other.refetch + other.refetch / 8 <= price.refetch && other.need + other.need / 8 <= price.need;
            });
            if (!beaten) kept.push_back(price);
        }
        all_ = std::move(kept);
    }

    std::vector<Winner> quickest(uint64_t energy) const {
        std::vector<Winner> entrants;
        for (size_t i = 0; i < all_.size(); ++i) {
            const double cost = quick_cost(all_[i], prices_->model, energy);
            if (cost != infinite) entrants.push_back({i, cost});
        }
        const size_t count = std::min(tried_most, entrants.size());
        std::partial_sort(entrants.begin(), entrants.begin() + static_cast<std::ptrdiff_t>(count), entrants.end(),
                          [](const Winner& a, const Winner& b) { return a.cost < b.cost; });
        entrants.resize(count);
        return entrants;
    }

    /// Replaces the costs by walked ones, and sorts.
    void walk_all(std::vector<Winner>& entrants, uint64_t energy, uint32_t effort) const {
        for (Winner& entrant : entrants) {
            entrant.cost = walked_cost(stage_of(all_[entrant.index].config), all_[entrant.index].reuse, energy, effort);
        }
        std::stable_sort(entrants.begin(), entrants.end(),
                         [](const Winner& a, const Winner& b) { return a.cost < b.cost; });
    }

    const LoopShape* shape_;
    const StagePrices* prices_;
    uint32_t arena_bytes_;
    std::vector<QuickPrice> all_;
    mutable std::vector<Needs> needs_;
};

/// What the winners of neighbouring energies become: one row.
struct Segment {
    size_t index = 0;
    uint64_t from = 0;
    double lost_min = 0, lost_max = 0;  ///< of a cycle

    double lost() const { return (lost_min + lost_max) / 2; }
};

double lost_at(double reuse, double cost, double energy) { return energy * std::max(0.0, 1 - reuse / cost); }
double cost_at(double reuse, double lost, double energy) { return reuse * energy / (energy - lost); }

/// Would one loss for both price each of the energies well? The lower one, `energy`, is the dearer to err at.
bool is_priced_by(const Segment& segment, double lost, double energy) {
    const double least = std::min(segment.lost_min, lost);
    const double most = std::max(segment.lost_max, lost);
    const double middle = (least + most) / 2;
    return energy - least <= (energy - middle) * price_error && energy - middle <= (energy - most) * price_error;
}

Candidate row_of(const Contest& contest, const Segment& segment) {
    const QuickPrice& price = contest.all()[segment.index];
    const Needs& needs = contest.needs(segment.index);
    Candidate row;
    row.config = price.config;
    // Where it was walked it gets on well, even if a cycle that brings this little does not finish each of its jobs.
    row.need = ShortCost::above(std::min(needs.job, std::max(needs.step, segment.from)));
    row.reuse = ShortCost::below(price.reuse);
    row.lost = ShortCost::below(static_cast<uint64_t>(segment.lost()));
    return row;
}

/// What won at an energy.
struct Point {
    double energy = 0;
    size_t index = 0;
    double lost = 0;  ///< of a cycle
};

std::optional<Point> point_at(const Contest& contest, double energy, size_t favourite) {
    const Contest::Winner winner = contest.winner_at(static_cast<uint64_t>(energy), favourite, careful_effort);
    if (winner.cost == infinite) return {};
    return Point{energy, winner.index,
                 lost_at(static_cast<double>(contest.all()[winner.index].reuse), winner.cost, energy)};
}

/// Adds the winners between the last of `points` and `next`, by halving the ratio, and `next`.
void add_points(const Contest& contest, std::vector<Point>& points, const Point& next) {
    const Point& last = points.back();
    if (last.index != next.index && last.energy / next.energy > energy_resolution * energy_resolution) {
        const std::optional<Point> middle = point_at(contest, std::sqrt(last.energy * next.energy), last.index);
        if (middle) {
            add_points(contest, points, *middle);
            return add_points(contest, points, next);
        }
    }
    points.push_back(next);
}

/// Winners from the strongest supply down to the weakest.
std::vector<Point> points_of(const Contest& contest, double least_need) {
    const double highest = 4 * (static_cast<double>(contest.all().front().reuse) + least_need);
    std::vector<Point> points;
    // NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): divided, so it never stands still
    for (double energy = highest; energy > least_need; energy /= energy_step) {
        const std::optional<Point> point = point_at(contest, energy, points.empty() ? 0 : points.back().index);
        if (!point) continue;
        if (points.empty()) {
            points.push_back(*point);
        } else {
            add_points(contest, points, *point);
        }
    }
    return points;
}

/// Between an energy that was walked and the next lower one.
double end_of(const std::vector<Point>& points, size_t i) {
    const double next = i + 1 < points.size() ? points[i + 1].energy : points[i].energy / energy_step;
    return std::sqrt(points[i].energy * next);
}

std::vector<Segment> segments_of(const Contest& contest, const std::vector<Point>& points) {
    std::vector<Segment> segments;
    for (size_t i = 0; i < points.size(); ++i) {
        const Point& point = points[i];
        if (segments.empty() || segments.back().index != point.index ||
            !is_priced_by(segments.back(), point.lost, point.energy)) {
            segments.push_back({point.index, 0, point.lost, point.lost});
        }
        Segment& segment = segments.back();
        segment.from = static_cast<uint64_t>(std::max(end_of(points, i), std::ceil(contest.gets_on_from(point.index))));
        segment.lost_min = std::min(segment.lost_min, point.lost);
        segment.lost_max = std::max(segment.lost_max, point.lost);
    }
    // Without failures nothing is cheaper than the first.
    if (segments.empty() || segments.front().index != 0) {
        const double highest = points.empty() ? 0 : points.front().energy * std::sqrt(energy_step);
        segments.insert(segments.begin(), {0, static_cast<uint64_t>(highest), 0, 0});
    }
    return segments;
}

/// The energy down to which nothing is much cheaper than what is taken from `segment.from` on.
uint64_t holds_from(const Contest& contest, const std::vector<Point>& points, const Segment& segment) {
    const QuickPrice& price = contest.all()[segment.index];
    uint64_t from = segment.from;
    for (size_t i = 0; i < points.size(); ++i) {
        const Point& point = points[i];
        const auto energy = static_cast<uint64_t>(point.energy);
        if (energy >= segment.from) continue;
        if (point.index != segment.index) {
            const auto reuse = static_cast<double>(contest.all()[point.index].reuse);
            const double limit = hardly_dearer * cost_at(reuse, point.lost, point.energy);
            if (!contest.gets_on(segment.index, energy) ||
                walked_cost(contest.stage_of(price.config), price.reuse, energy, careful_effort) > limit) {
                break;
            }
        }
        from = static_cast<uint64_t>(end_of(points, i));
    }
    return from;
}

/// A row that is taken outside of the energies that were walked: priced at the one that it is most likely taken for. As the
/// row of least need it is taken for whatever it gets on with.
Candidate row_at(const Contest& contest, size_t index, uint64_t energy, bool as_least) {
    const QuickPrice& price = contest.all()[index];
    const WalkedStage stage = contest.stage_of(price.config);
    double cost = walked_cost(stage, price.reuse, energy, careful_effort);
    // With hardly the least energy it may get stuck where energies vary.
    for (int i = 0; cost == infinite && i < 10; ++i) {
        energy += energy / 16;
        cost = walked_cost(stage, price.reuse, energy, careful_effort);
    }
    const double lost = cost == infinite ? static_cast<double>(energy)
                                         : lost_at(static_cast<double>(price.reuse), cost, static_cast<double>(energy));
    return row_of(contest, {index, as_least ? 0 : energy, lost, lost});
}

/// Names the row to start with. Where it is taken for no energy it becomes one all the same, behind the first.
void add_start(const Contest& contest, const std::vector<Point>& points, StageTable& table) {
    const size_t index = contest.start();
    for (size_t i = 0; i < table.rows.size(); ++i) {
        if (table.rows[i].config == contest.all()[index].config) {
            table.start = static_cast<uint32_t>(i);
            return;
        }
    }
    const ShortCost from = table.froms.front();
    Candidate row = row_at(contest, index, from.value(), false);
    row.from = ShortCost::below(holds_from(contest, points, {index, from.value(), 0, 0}));
    table.rows.insert(table.rows.begin() + 1, row);
    table.froms.insert(table.froms.begin() + 1, from);
    table.start = 1;
}

}  // namespace

StageTable tile_table(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes) {
    const Contest contest(shape, prices, arena_bytes);
    StageTable table;
    if (contest.all().empty()) return table;
    const Contest::Winner least = contest.least_need();
    const std::vector<Point> points = points_of(contest, least.cost);
    const auto least_need = static_cast<uint64_t>(least.cost);
    std::vector<Segment> segments = segments_of(contest, points);
    for (const Segment& segment : segments) {
        table.froms.push_back(ShortCost::below(segment.from));
        table.rows.push_back(row_of(contest, segment));
        table.rows.back().from = ShortCost::below(holds_from(contest, points, segment));
    }
    add_start(contest, points, table);
    // What is weaker than all that was walked takes the row of least need.
    if (!(table.rows.back().config == contest.all()[least.index].config)) {
        table.rows.push_back(row_at(contest, least.index, least_need + least_need / 8, true));
        table.froms.push_back({});
    }
    table.froms.back() = {};
    table.rows.back().from = {};
    // What a row needs is a bound: those that need a little less than the cheaper one that was taken for the least need say as much.
    table.rows.back().need = ShortCost::above(least_need);
    for (Candidate& row : table.rows) row.need = std::max(row.need, table.rows.back().need);
    table.least_need = static_cast<uint32_t>(table.rows.size() - 1);
    while (table.rows.size() > table_rows_max) drop_row(table);
    return table;
}

size_t spare_rows(const StageTable& table) { return table.rows.size() - std::min<size_t>(table.rows.size(), 2); }

void drop_row(StageTable& table) {
    const auto width = [&](size_t i) {
        return static_cast<double>(table.froms[i - 1].value()) / static_cast<double>(table.froms[i].value());
    };
    size_t narrowest = 1;
    for (size_t i = 2; i < table.least_need; ++i) {
        if (narrowest == table.start || (i != table.start && width(i) < width(narrowest))) narrowest = i;
    }
    table.rows.erase(table.rows.begin() + static_cast<std::ptrdiff_t>(narrowest));
    table.froms.erase(table.froms.begin() + static_cast<std::ptrdiff_t>(narrowest));
    --table.least_need;
    if (narrowest == table.start) {
        table.start = 0;
    } else if (narrowest < table.start) {
        --table.start;
    }
}

std::vector<double> least_costs(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes,
                                const std::vector<uint64_t>& energies) {
    const Contest contest(shape, prices, arena_bytes);
    std::vector<double> costs;
    for (const uint64_t energy : energies) {
        const bool steady = energy == never && !contest.all().empty();
        costs.push_back(steady ? static_cast<double>(contest.all().front().reuse)
                               : contest.winner_at(energy, std::nullopt, quick_effort).cost);
    }
    return costs;
}

}  // namespace dynbal::compiler
