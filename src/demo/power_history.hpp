//! Power that somebody sets by hand while it is being harvested: what it was, and from when.
//!
//! Invariants:
//!  1. entries are in ascending order of time and begin at 0;
//!  2. the last one holds for ever, until another is set.
#pragma once

#include <cstdint>
#include <vector>

#include "power/harvester.hpp"

namespace dynbal::demo {

class PowerHistory {
public:
    struct Entry {
        double from_s = 0;
        double power_w = 0;
    };

    explicit PowerHistory(double power_w) : entries_{{0, power_w}} {}

    /// From `time_s` on, which is not before the last entry. The same time again replaces what was set.
    void set(double time_s, double power_w);
    double power_at(double time_s) const;
    /// From `time_s` to the next change.
    power::Piece piece_at(double time_s) const;
    const std::vector<Entry>& entries() const { return entries_; }

private:
    size_t index_at(double time_s) const;

    std::vector<Entry> entries_;
};

/// Offers what a history holds, which must outlive it. What is set later is noticed at the end of a piece: whoever sets
/// something goes back to before, and on with a new harvester (HarvestSupply::resumed()).
class HistoryHarvester final : public power::Harvester {
public:
    HistoryHarvester(const PowerHistory& history, double time_s) : history_(&history), time_s_(time_s) {}
    power::Piece next() override;

private:
    const PowerHistory* history_;
    double time_s_;
};

}  // namespace dynbal::demo
