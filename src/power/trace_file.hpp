//! Recorded harvester traces: several text formats, and shepherd's HDF5 files.
//!
//! What is known of a format, from the published files: `mementos` lines "<ms> <volt>", a sample a millisecond whatever the
//! first number says; `capsimu` one voltage a line, 1 ms; `react` "sec RSSI,mW" and then seconds and milliwatts; `nrel`
//! date, time and W/m^2 of each minute, slightly negative at night; `csv` our own: a header that names its columns.
#pragma once

#include <string>
#include <vector>

#include "power/harvester.hpp"
#include "power/options.hpp"

namespace dynbal::power {

/// Reads the trace and makes it power, as the options say. Throws InputError with file and line.
std::vector<Piece> read_trace(const std::string& path, Options& options);

/// shepherd's HDF5 files (docs/user/data_format.md of nes-lab/shepherd): in the group `data`, whose attributes are
/// `datatype` and `window_samples`, the datasets `time` (ns), `voltage` and `current` with the attributes `gain` and
/// `offset`. ivsample: power is their product; ivcurve: the best point of each window; isc_voc: `fill_factor` times the
/// product. Throws InputError.
std::vector<Piece> read_shepherd(const std::string& path, double fill_factor);

/// Appends a piece, or makes the last one longer if the power is the same.
void append_piece(std::vector<Piece>& pieces, const Piece& piece);

}  // namespace dynbal::power
