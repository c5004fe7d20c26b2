#include "plugin/tile_table.hpp"

namespace dynbal {

uint64_t scaled(uint64_t amount, uint64_t part, uint64_t whole) {
    uint32_t shift = 0;
    for (; (part >> shift) >= (1U << 20U); ++shift) {
    }
    const uint64_t divisor = whole >> shift;
    return amount / whole * part + (divisor == 0 ? 0 : amount % whole * (part >> shift) / divisor);
}

uint64_t cost_at(const Candidate& row, uint64_t energy) {
    const uint64_t reuse = row.reuse.value();
    const uint64_t lost = row.lost.value();
    if (energy == never) {
        return reuse;
    }
    if (energy < row.need.value() || energy <= lost) {
        return never;
    }
    const uint64_t useful = energy - lost;
    if (useful < lost / 1024) {
        return never;
    }
    // reuse * E / (E - lost)
    return reuse + scaled(reuse, lost, useful);
}

TileTable::Place place_of(std::span<const ShortCost> froms, uint64_t energy) {
    TileTable::Place place{0, ShortCost::below(never)};
    const auto last = static_cast<uint32_t>(froms.size()) - 1;
    while (place.index < last && froms[place.index].value() > energy) {
        place.until = froms[place.index];
        ++place.index;
    }
    return place;
}

void TableInMemory::find(std::span<const uint64_t> energies, std::span<Place> places) {
    for (size_t i = 0; i < energies.size(); ++i) {
        places[i] = place_of(froms_, energies[i]);
    }
}

}  // namespace dynbal
