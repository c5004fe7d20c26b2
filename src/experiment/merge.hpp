//! Brings the shards of a sweep together: the rows are those of one machine, to the byte.
#pragma once

#include <string>
#include <vector>

#include "experiment/sweep_folder.hpp"

namespace dynbal::experiment {

/// A shard whose rows are not all there.
struct LostShard {
    Shard shard;
    std::string folder;  ///< empty: it has none, it never began
    uint32_t rows = 0;
    uint32_t missing = 0;
};

struct Merge {
    SweepIdentity identity;       ///< of the whole sweep
    std::vector<Row> rows;        ///< in the order of cells_of()
    std::vector<LostShard> lost;  ///< if any, `rows` has gaps
    uint32_t shards = 0;
};

/// Looks at shards' folders, or at folders that hold them. Throws InputError: there is none, they are of several sweeps, a
/// cell stands in two of them, or one of them is being written.
Merge merge_shards(const std::vector<std::string>& folders);

/// Writes the whole sweep into a folder, as if it had been run there. Throws InputError naming each lost shard.
void write_merged(const Merge& merge, const std::string& folder);

}  // namespace dynbal::experiment
