//! A stage's table of tile configurations: which is taken from which energy of a power cycle on. The compiler makes it by
//! walking (compiler/price_tiles.hpp); on the device choosing is a look-up.
//!
//! Costs in the table have 16 bits: 11 of mantissa and 5 of exponent, up to 2^42 / 16 units and good to 0.05 %.
#pragma once

#include <cstdint>
#include <span>

#include "plugin/loop_nest.hpp"
#include "plugin/walk.hpp"

namespace dynbal {

/// A cost of 1/16 units in 16 bits, for tables and records.
struct ShortCost {
    uint16_t bits = 0;

    static constexpr uint32_t mantissa_bits = 11;
    static constexpr uint64_t largest = uint64_t{(1U << mantissa_bits) - 1} << 31U;

    /// The largest short cost that is not above `cost`.
    static constexpr ShortCost below(uint64_t cost) {
        cost = cost < largest ? cost : largest;
        uint32_t exponent = 0;
        for (; (cost >> exponent) >= (1U << mantissa_bits); ++exponent) {
        }
        return {static_cast<uint16_t>(exponent << mantissa_bits | static_cast<uint32_t>(cost >> exponent))};
    }
    /// The smallest that is not below `cost`; the largest of all where there is none.
    static constexpr ShortCost above(uint64_t cost) {
        const ShortCost short_cost = below(cost);
        const uint64_t step = uint64_t{1} << (short_cost.bits >> mantissa_bits);
        return short_cost.value() >= cost ? short_cost : below(short_cost.value() + step);
    }
    /// The one that is nearest.
    static constexpr ShortCost nearest(uint64_t cost) {
        return below(cost + (uint64_t{1} << (below(cost).bits >> mantissa_bits) >> 1U));
    }
    constexpr uint64_t value() const { return uint64_t{bits & ((1U << mantissa_bits) - 1)} << (bits >> mantissa_bits); }
    constexpr bool operator==(const ShortCost&) const = default;
    /// By value: of two exponents the mantissa with the larger one is full.
    constexpr bool operator<(const ShortCost& other) const { return bits < other.bits; }
};
static_assert(sizeof(ShortCost) == 2);

/// A configuration and its price, 20 bytes: the same in the image, in records and in memory.
struct Candidate {
    TileConfig config;
    ShortCost from;   ///< down to this energy of a cycle nothing else is worth a look at the table
    ShortCost need;   ///< a cycle with less may make no progress, boot included
    ShortCost reuse;  ///< the whole stage without failures
    ShortCost lost;   ///< what a cycle of the energies that it is taken for loses, boot included, on average

    constexpr bool operator==(const Candidate&) const = default;
};
static_assert(sizeof(Candidate) == 20);

/// amount * part / whole, in an order that 64 bits hold, good to a millionth; `amount` and `whole` up to 2^43, whole > 0.
uint64_t scaled(uint64_t amount, uint64_t part, uint64_t whole);

/// What the whole stage costs where each cycle brings `energy` (`never`: no failures), by the row's reuse and loss; `never`
/// where it makes no progress. Near the energies that the row is taken for this is what was walked.
uint64_t cost_at(const Candidate& row, uint64_t energy);

/// Most rows of a table.
inline constexpr uint32_t table_rows_max = 64;

/// Reads a table row by row: on a device each row is a transfer.
class TileTable {
public:
    /// Where an energy was looked up.
    struct Place {
        uint32_t index = 0;
        ShortCost until;  ///< from where on the row before is taken; the largest cost for row 0
    };

    /// At least one row; [0] is cheapest without failures. Each is taken from an energy of a cycle on, up to that of the row before; they
    /// fall down to 0.
    uint32_t count = 1;
    uint32_t least_need = 0;  ///< the row that needs least
    /// The row while nothing is known of the supply: hardly dearer than the first without failures, it loses less to one.
    uint32_t start = 0;

    TileTable(uint32_t rows, uint32_t least_need_row, uint32_t start_row)
        : count(rows), least_need(least_need_row), start(start_row) {}

    virtual Candidate row(uint32_t index) = 0;
    /// The rows for cycles of these energies: one look at the table.
    virtual void find(std::span<const uint64_t> energies, std::span<Place> places) = 0;

protected:
    ~TileTable() = default;
};

/// The place of an energy among those that a table's rows are taken from.
TileTable::Place place_of(std::span<const ShortCost> froms, uint64_t energy);

/// A table in memory.
class TableInMemory final : public TileTable {
public:
    /// As many energies as rows.
    TableInMemory(std::span<const Candidate> rows, std::span<const ShortCost> froms, uint32_t least_need_row,
                  uint32_t start_row)
        : TileTable(static_cast<uint32_t>(rows.size()), least_need_row, start_row), rows_(rows), froms_(froms) {}

    Candidate row(uint32_t index) override { return rows_[index]; }
    void find(std::span<const uint64_t> energies, std::span<Place> places) override;

private:
    std::span<const Candidate> rows_;
    std::span<const ShortCost> froms_;
};

}  // namespace dynbal
