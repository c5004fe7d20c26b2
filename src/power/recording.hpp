//! A recorded trace as power over time, and what it is in one line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "power/harvester.hpp"

namespace dynbal::power {

struct TraceSummary {
    std::string file, format;
    std::string columns{};  ///< which were taken for what
    uint64_t samples = 0;
    double duration_s = 0, mean_w = 0, largest_w = 0;
    double dark_share = 0;             ///< of the time nothing was harvested
    double longest_dark_s = 0;         ///< in a row
    double skipped_s = 0;              ///< of its beginning, the first time
    bool repeats = true;               ///< else nothing comes when it is over
    std::vector<std::string> notes{};  ///< what a user should look at
    double reaching_w = 0;             ///< of the mean, behind the converter that a device has
    std::string converter{};           ///< what takes the rest, in words; empty where none is known or nothing is taken

    /// How long a supply offers all of it once.
    double offered_s() const { return repeats ? duration_s : duration_s - skipped_s; }
    /// "trace r.csv: csv, time from 'time_s', power from 'power_mw'; 3,600 samples, 1 h, mean 0.165 mW, largest 2 mW, ..."
    std::string text() const;
};

struct Recording {
    std::shared_ptr<const std::vector<Piece>> pieces;  ///< not empty
    TraceSummary summary;
};

/// Notes the longest time between two samples where it is far more than the shortest; ` before line 7` is the place.
void note_gap(TraceSummary& summary, double shortest_s, double longest_s, const std::string& place);

/// The same without its first seconds, which are fewer than it has.
Recording without_start(const Recording& recording, double skip_s);

/// Fills in what follows from the pieces.
Recording make_recording(std::vector<Piece> pieces, TraceSummary summary);

/// 1234567 as 1.23 M... of SI: "0.165 mW", "27.2 s", "1 h 30 min".
std::string si_text(double value, const char* unit);
std::string duration_text(double seconds);

}  // namespace dynbal::power
