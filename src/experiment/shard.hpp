//! A part of a sweep, for one of many machines.
//!
//! Invariants:
//!  1. the shards 1/N to N/N hold each cell once;
//!  2. their numbers of cells differ by one at most, and which cells they are is as good as random, so that no shard gets all
//!     that is slow (cells that follow each other are alike).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal::experiment {

struct Shard {
    uint32_t index = 1;  ///< from 1
    uint32_t count = 1;  ///< 1: the whole sweep

    bool operator==(const Shard&) const = default;
    bool is_whole() const { return count == 1; }
    /// "3/16"
    std::string name() const { return std::to_string(index) + "/" + std::to_string(count); }
    /// "shard-3-of-16", its folder in the sweep's.
    std::string folder() const { return "shard-" + std::to_string(index) + "-of-" + std::to_string(count); }
};

inline constexpr uint32_t shards_max = 100'000;

/// I/N with I from 1 to N. Throws InputError.
Shard parse_shard(const std::string& text);

/// For each of so many cells, whether it belongs to the shard.
std::vector<bool> members_of(const Shard& shard, uint32_t cells);

}  // namespace dynbal::experiment
