//! The analysis of design time, for people: what a stage costs under power that fails, over the sizes of each tile dimension
//! and the energy of a power cycle. Costs are walked as those of the tile table are (compiler/price_tiles.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compiler/price_tiles.hpp"

namespace dynbal::compiler {

/// One tile dimension: for each size and energy the least cost over the other dimensions.
struct UsageAxis {
    const char* name;
    std::vector<uint32_t> sizes;            ///< rising
    std::vector<std::vector<double>> cost;  ///< [size][energy], 1/16 units; infinite: nothing of this size gets on
    double importance = 1;  ///< how many times dearer its worst size is than its best, mean over the energies
};

struct UsageMap {
    size_t search_space = 0;         ///< configurations that fit the arena
    std::vector<uint64_t> energies;  ///< of a power cycle, rising, 1/16 units
    std::vector<UsageAxis> axes;     ///< channels out, channels in, pixels

    struct Winner {
        TileConfig config;
        double cost = 0;  ///< infinite: none gets on
    };
    std::vector<Winner> winners;  ///< of each energy
};

/// Energies from where the weakest cycle brings `least`, as they differ in walks, up to a cycle that does the whole stage.
/// `advance` is called after each energy. At most 24 sizes a dimension.
inline constexpr int usage_map_energies = 9;
UsageMap usage_map(const LoopShape& shape, const StagePrices& prices, uint32_t arena_bytes, uint64_t least,
                   const std::function<void()>& advance = {});

}  // namespace dynbal::compiler
