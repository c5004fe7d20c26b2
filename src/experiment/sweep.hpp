//! Runs all cells of a grid on all cores, and survives being killed.
//!
//! A sweep owns a folder: sweep.json (which grid, which program), journal.jsonl (rows in the order in which
//! they were finished), and in the end rows.csv and rows.jsonl. That of a shard ends with the journal (merge.hpp).
//!
//! A model's cells run as soon as it is compiled, while others still are: what is finished is kept from the first model on.
//!
//! Invariants:
//!  1. rows.csv and rows.jsonl depend on the grid alone: not on the number of threads, nor on how often the
//!     sweep was killed and begun again;
//!  2. a folder never mixes rows of different grids or of different builds of the program.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/model_store.hpp"
#include "experiment/row.hpp"
#include "experiment/shard.hpp"

namespace dynbal::experiment {

struct SweepOptions {
    std::string folder;
    Shard shard;                   ///< run this part alone
    uint32_t jobs = 0;             ///< threads; 0: one a core
    bool restart = false;          ///< forget what the folder holds of a sweep
    ModelStore* models = nullptr;  ///< shared by several sweeps: what one has compiled the next one need not
    std::string program_sha256;    ///< of what computes; empty: of this process's program
    std::function<void(uint64_t cells, uint64_t done)> on_start;  ///< told how many there are and how many are done
    std::function<void(const std::string& model)> on_model;       ///< work for it begins; any thread
    std::function<void(double cells)> on_progress;  ///< so many more are done, or parts of one; any thread
};

struct SweepResult {
    std::vector<Row> rows;     ///< in the order of cells_of(); of a shard: its
    uint64_t done_before = 0;  ///< how many were there already
};

/// Throws InputError: the grid is too large, the folder cannot be written or holds another sweep, a model cannot be
/// compiled.
SweepResult run_sweep(const Grid& grid, const SweepOptions& options);

}  // namespace dynbal::experiment
