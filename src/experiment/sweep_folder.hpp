//! The folder of a sweep, or of a shard of one: sweep.json says whose rows journal.jsonl holds.
//!
//! Invariants:
//!  1. a folder never mixes rows of different grids, shards or builds of the program;
//!  2. no file is written over or removed in a folder that holds no sweep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/journal.hpp"
#include "experiment/shard.hpp"

namespace dynbal::experiment {

/// What must be equal for rows to be comparable, and which part of them they are.
struct SweepIdentity {
    std::string grid_sha256, program_sha256;
    uint32_t cells = 0;  ///< of the whole grid
    Shard shard;

    /// Rows of both belong to one sweep.
    bool same_sweep(const SweepIdentity& other) const;
    std::string text() const;
};

class SweepFolder {
public:
    explicit SweepFolder(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }
    std::string identity_file() const { return (path_ / "sweep.json").string(); }
    std::string journal_file() const { return (path_ / "journal.jsonl").string(); }
    std::string csv_file() const { return (path_ / "rows.csv").string(); }
    std::string json_lines_file() const { return (path_ / "rows.jsonl").string(); }

    /// Nothing there is in the way of its files, and none is somebody else's. Throws InputError.
    void check() const;
    /// In a folder that holds no sweep, files of these names are somebody else's. Throws InputError naming the first.
    void check_not_there(const std::vector<std::string>& names) const;
    /// Makes the folder if it is not there, and checks it. Throws InputError.
    void create() const;
    /// Makes the folder this one's, or finds that it is; `journal` is its, open. Throws InputError.
    void claim(const Journal& journal, const SweepIdentity& identity, bool restart) const;
    bool holds_a_sweep() const { return std::filesystem::exists(identity_file()); }
    /// Of what it holds. Throws InputError if sweep.json is damaged.
    SweepIdentity identity() const;
    /// The results: rows in the order of cells_of().
    void write_rows(const std::vector<Row>& rows) const;

private:
    std::filesystem::path path_;
};

SweepIdentity identity_of(const Grid& grid, uint32_t cells, const Shard& shard);

}  // namespace dynbal::experiment
