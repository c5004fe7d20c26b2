#include "demo/power_history.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace dynbal::demo {

void PowerHistory::set(double time_s, double power_w) {
    if (time_s < entries_.back().from_s) throw std::logic_error("power is set for a time that has passed");
    if (time_s == entries_.back().from_s) {
        entries_.back().power_w = power_w;
    } else if (power_w != entries_.back().power_w) {
        entries_.push_back({time_s, power_w});
    }
}

/// Of the entry that holds then.
size_t PowerHistory::index_at(double time_s) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), time_s,
                                        [](double time, const Entry& entry) { return time < entry.from_s; });
    return after == entries_.begin() ? 0 : static_cast<size_t>(after - entries_.begin()) - 1;
}

double PowerHistory::power_at(double time_s) const { return entries_[index_at(time_s)].power_w; }

power::Piece PowerHistory::piece_at(double time_s) const {
    const size_t index = index_at(time_s);
    const double end_s =
        index + 1 < entries_.size() ? entries_[index + 1].from_s : std::numeric_limits<double>::infinity();
    return {.duration_s = end_s - time_s, .power_w = entries_[index].power_w};
}

power::Piece HistoryHarvester::next() {
    const power::Piece piece = history_->piece_at(time_s_);
    time_s_ += piece.duration_s;
    return piece;
}

}  // namespace dynbal::demo
