//! Recorded harvester traces: tables of text, written by people, programs and instruments, and shepherd's HDF5 files.
//!
//! What is read is read right or refused with the line: columns are known by their names (power/column_names.hpp) or named by hand.
//! Without a header only what is documented is taken, by its content: `mementos` lines "<ms> <volt>", a sample a millisecond whatever
//! the first number says; `react` "sec RSSI,mW" and then seconds and milliwatts; Ekho's I-V curves. `capsimu` (one voltage a line, 1 ms)
//! must be named, or resistance= given: a column of numbers could be anything.
#pragma once

#include <string>
#include <vector>

#include "power/options.hpp"
#include "power/recording.hpp"

namespace dynbal::power {

/// Reads the trace and makes it power, as the options say. Throws InputError with file and line.
Recording read_trace(const std::string& path, Options& options);

/// A recording and how it is offered: from `skip_s` on, and at its end from its start again or nothing more.
struct Replay {
    Recording recording;
    bool repeats = true;
    double skip_s = 0;
};

/// The same with repeat= and skip=.
Replay read_replay(const std::string& path, Options& options);

/// Appends a piece, or makes the last one longer if the power is the same.
void append_piece(std::vector<Piece>& pieces, const Piece& piece);

}  // namespace dynbal::power
