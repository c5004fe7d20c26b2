#include "plugin/tile_table.hpp"

namespace dynbal {

TileTable::Place place_of(std::span<const ShortCost> froms, uint64_t energy) {
    TileTable::Place place{0, ShortCost::below(never)};
    const auto last = static_cast<uint32_t>(froms.size()) - 1;
    while (place.index < last && froms[place.index].value() > energy) {
        place.until = froms[place.index];
        ++place.index;
    }
    return place;
}

TileTable::Place TableInMemory::find(uint64_t energy) {
    ShortCost froms[table_rows_max];
    for (uint32_t i = 0; i < count; ++i) {
        froms[i] = rows_[i].from;
    }
    return place_of({froms, count}, energy);
}

}  // namespace dynbal
