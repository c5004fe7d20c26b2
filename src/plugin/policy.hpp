//! Run-time reconfiguration: which tile configuration a stage runs with. Knows nothing of the engine. The list of
//! policies with their names. The page of reports has a colour for each name, and the C interface a number.
#pragma once

#include <cstdint>
#include <span>

#include "plugin/estimator.hpp"
#include "plugin/tile_table.hpp"

namespace dynbal {

/// The two tile dimensions of the paper, by importance: which of them moves the Usage Span more.
enum class Importance : uint8_t { out_first = 0, in_first = 1 };

/// What a policy may look at when it chooses.
struct StageView {
    LoopShape shape;
    TileTable* table = nullptr;
    CostModel model;
    uint64_t boot = 0;  ///< what each boot spends beside the search for the first unfinished value
    uint32_t arena_bytes = 0;
    Importance importance = Importance::out_first;
    const Candidate* running = nullptr;  ///< what it runs with, inside a stage
};

enum class PolicyKind : uint8_t {
    fixed = 0,  ///< largest reuse; smaller only where a cycle makes no progress
    paper = 1,  ///< the DynBal paper: its formulas, one search per dimension, by importance
    best =
        2,  ///< the stage's table, made by walking: the row for what is known of the supply; at first, that to start with
};

struct Policy {
    PolicyKind kind;
    const char* name;   ///< on the command line and in JSON
    const char* title;  ///< for people
};
inline constexpr Policy policies[] = {
    {PolicyKind::fixed, "fixed", "the tile cheapest without failures, smaller if it gets nowhere"},
    {PolicyKind::paper, "paper", "the search and the formulas of the DynBal paper"},
    {PolicyKind::best, "best", "the tile that is cheapest for the supply as it is"},
};
/// What is used where nobody says.
inline constexpr PolicyKind default_policy = PolicyKind::best;
constexpr const Policy& policy_of(PolicyKind kind) { return policies[static_cast<uint8_t>(kind)]; }

/// Does it look again inside a stage when the supply turns out to be another than it chose for? Not in the list, so that
/// firmware need not hold names and titles.
constexpr bool follows_supply(PolicyKind kind) { return kind == PolicyKind::best; }

/// What was chosen, and for which energies.
struct Choice {
    Candidate row;
    ShortCost until;  ///< for energies from row.from up to this one the choice would be the same; 0: not known
    /// What the whole stage costs on average over what the energy may be, with the choice and with what is running; 0 where it
    /// was not asked. `never`: where the running one gets nowhere.
    uint64_t cost = 0;
    uint64_t running_cost = 0;

    /// Would the same be chosen for this energy, without a look at the table?
    constexpr bool covers(uint64_t energy) const { return row.from.value() <= energy && energy < until.value(); }
    /// May it be what is wanted, where the energy is between these bounds and about `likely`? With bounds that are still wide
    /// the energy may turn out to be more than likely: cycles to come tell for nothing.
    constexpr bool may_suit(const Supply& supply, uint64_t likely) const {
        constexpr uint64_t known_well = 16;  // no farther apart than one part in so many
        const bool is_known = supply.high - supply.low <= supply.low / known_well;
        return (is_known ? likely : supply.high) >= row.from.value() && likely < until.value();
    }
    constexpr bool operator==(const Choice&) const = default;
};

/// Chooses the configuration for a stage that begins.
Choice choose(PolicyKind policy, const StageView& stage, const Supply& supply);
/// Chooses for a stage that made no progress in a whole power cycle. What needs more than there seems to be is replaced,
/// whatever the policy, by the row for what there seems to be.
Choice choose_smaller(PolicyKind policy, const StageView& stage, const Supply& supply);

/// The paper's Usage Span (formulas of the reference, in values read from NVM) for one pair of tile sizes.
/// `cycle_macs` is the energy of a power cycle in MACs.
uint64_t paper_usage_span(const LoopShape& shape, uint32_t tile_out, uint32_t tile_in, uint64_t cycle_macs);

/// The i-th of the tile sizes at which ceil(size / tile) changes, largest tile first; count by distinct_tiles.
uint32_t distinct_tile(uint32_t size, uint32_t index);
uint32_t distinct_tiles(uint32_t size);

}  // namespace dynbal
