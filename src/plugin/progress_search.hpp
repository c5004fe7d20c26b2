//! Finding by looking at single values how many of a region are finished, and what the looks cost.
#pragma once

#include <bit>

#include "plugin/cost.hpp"

namespace dynbal {

/// Finds the first unfinished value behind finished ones, at a boot, one look at a time. Most cycles end few jobs behind where
/// they began, and recovering from one that achieved nothing must be cheap: it looks at the next value first, then at the end
/// of its job, then `growth` times as far ahead each time, and last at what lies between, by halving.
class ProgressSearch {
public:
    /// The `known` first ones of `values` are finished; the job that comes next has `job` values.
    constexpr ProgressSearch(uint32_t known, uint32_t values, uint32_t job) : known_(known), end_(values), job_(job) {}

    constexpr bool ended() const { return known_ >= end_; }
    /// How many are finished, when it has ended.
    constexpr uint32_t found() const { return known_; }
    /// The value to look at.
    constexpr uint32_t probe() const {
        const uint32_t ahead = bracketed_ ? (end_ - known_) / 2 : step_ - 1;
        return ahead < end_ - known_ ? known_ + ahead : end_ - 1;
    }
    constexpr void tell(bool finished) {
        const uint32_t probed = probe();
        if (!finished) {
            bracketed_ = true;
            end_ = probed;
            return;
        }
        known_ = probed + 1;
        step_ = jobs_ != 0 ? jobs_ * job_ : (job_ > 1 ? job_ - 1 : 1);
        jobs_ = jobs_ != 0 ? growth * jobs_ : growth;
    }

    /// No search among so many values takes more looks.
    static constexpr uint32_t most_looks(uint32_t values) {
        const auto bits = static_cast<uint32_t>(std::bit_width(values));
        return 3 + bits + bits / growth_bits;
    }

private:
    static constexpr uint32_t growth_bits = 3;
    static constexpr uint32_t growth = 1U << growth_bits;

    uint32_t known_;
    uint32_t end_;
    uint32_t job_;
    uint32_t step_ = 1;
    uint32_t jobs_ = 0;  ///< how far ahead the next step goes; 0: to the end of the first job
    bool bracketed_ = false;
};

/// The looks of such a search that finds `finished`.
constexpr Traffic looks_of(ProgressSearch search, uint32_t finished) {
    uint64_t looks = 0;
    for (; !search.ended(); ++looks) {
        search.tell(search.probe() < finished);
    }
    return {looks, 0, looks, 0, 0};
}

}  // namespace dynbal
