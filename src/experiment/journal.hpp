//! The rows of a sweep under way, one line each, in the order in which they were finished. Survives a
//! kill at any moment.
//!
//! Invariants:
//!  1. append() returns when the row is on the disk: no later crash loses it;
//!  2. a last line that a crash left incomplete is cut off when the journal is opened;
//!  3. one process at a time has a journal open.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "experiment/row.hpp"

namespace dynbal::experiment {

class Journal {
public:
    /// Opens or creates; `anew` empties it. Throws InputError: the file cannot be written, another process
    /// has it open, or a line is damaged (other than the last).
    explicit Journal(std::string path, bool anew = false);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// What was there when it was opened.
    const std::vector<Row>& rows() const { return rows_; }
    /// Thread-safe. Throws InputError if the disk is full or broken.
    void append(const Row& row) { append(std::vector<Row>{row}); }
    void append(const std::vector<Row>& rows);

private:
    void recover();
    void cut(size_t bytes);

    std::string path_;
    int descriptor_ = -1;
    std::vector<Row> rows_;
    std::mutex appending_;
};

}  // namespace dynbal::experiment
