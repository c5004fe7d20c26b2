//! Inferences one after another on one device: back to back, or one a period.
//!
//! Invariants:
//!  1. the supply goes on between them: what one leaves in the capacitor is there for the next;
//!  2. an inference that is due while another one still runs is left out;
//!  3. due = in time + late + left out + without an end: each that is due is one of these.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::sim {

struct Series {
    double period_s = 0;  ///< between the beginnings; 0: each begins when the one before has ended
    double deadline_s = std::numeric_limits<double>::infinity();  ///< from when it is due to its end
    uint64_t count = 1;                                           ///< so many are due
    double until_s = std::numeric_limits<double>::infinity();     ///< and none after this
    uint64_t missed_max = std::numeric_limits<uint64_t>::max();   ///< give up when more are
    /// Of those that are due, in their order: 1 if it is known before that it will be missed. Giving up need not wait for it. Empty: nothing is.
    std::vector<uint8_t> hopeless{};

    /// How many are due in all; of those that begin one after the other nobody knows how many `until_s` leaves.
    uint64_t due_count() const;
    /// How often one is to end: the period, and without one the deadline.
    double each_s() const { return period_s > 0 ? period_s : deadline_s; }
};

struct SeriesResult {
    std::vector<double> latencies_s;  ///< of those that ended, from when they were due
    uint64_t due = 0;
    uint64_t late = 0;        ///< ended after the deadline
    uint64_t left_out = 0;    ///< due while another one still ran
    uint64_t never_ends = 0;  ///< the one at which it was stuck, and all that are due after it
    double duration_s = 0;    ///< to the end of the last one, or of its period, whether they end or not
    std::string stuck;        ///< why it can never go on; empty if it can
    bool gave_up = false;     ///< because of missed_max or `hopeless`, maybe before the last one had ended

    uint64_t ended() const { return latencies_s.size(); }
    uint64_t missed() const { return late + left_out + never_ends; }
    uint64_t in_time() const { return due - missed(); }
    double mean_s() const;
    double median_s() const;
    double p90_s() const;  ///< nine of ten that ended took so long or less
    double worst_s() const;
    double per_minute() const { return duration_s > 0 ? 60 * static_cast<double>(ended()) / duration_s : 0; }
    double share_met() const { return due > 0 ? static_cast<double>(in_time()) / static_cast<double>(due) : 0; }
};

/// Throws InputError where the inferences that are due last longer than a run may.
void check_length(const Series& series);

/// Arithmetic is left out: what is wanted are times. The session's NVM must hold no unfinished inference.
SeriesResult run_series(Session& session, std::span<const int16_t> input, Supply& supply, RunOptions options,
                        const Series& series);

}  // namespace dynbal::sim
