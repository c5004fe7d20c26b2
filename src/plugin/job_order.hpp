//! The order of jobs over a region: a bijection between "n-th value" and (pixel, channel).
//!
//! Progress is a number of values: values are written strictly in this order, so what is finished is
//! always a prefix, and it is found again by binary search. The order depends on tile_out and, for
//! inputs_stay, on tile_pixels; never on run_pixels or tile_in. With sums_move each pass goes through it once.
#pragma once

#include "plugin/loop_nest.hpp"
#include "plugin/progress_search.hpp"

namespace dynbal {

struct Position {
    uint32_t pixel = 0;
    uint32_t channel = 0;
};

class JobOrder {
public:
    JobOrder(const LoopShape& shape, const TileConfig& config, const Region& region)
        : shape_(&shape), config_(config), region_(region) {}

    uint32_t values() const { return region_.values(); }
    /// With sums_move: values counted over the passes that only store sums, before the first one is written.
    uint32_t values_stored() const {
        return config_.order == LoopOrder::sums_move ? (pass_count(*shape_, config_) - 1) * values() : 0;
    }
    /// How many values are written when `done` are, counted over all passes.
    uint32_t values_written(uint32_t done) const { return done > values_stored() ? done - values_stored() : 0; }
    /// Position of value `index`, 0 <= index < values().
    Position position_of(uint32_t index) const;
    /// Inverse of position_of.
    uint32_t index_of(const Position& position) const;
    /// The job that starts at value `index`. A job that starts inside a pixel finishes that pixel only.
    Job job_at(uint32_t index) const;
    /// Where the job begins that value `index` belongs to, if no job was cut before.
    uint32_t job_begin(uint32_t index) const;
    /// How many jobs the region takes, each pass counted once.
    uint32_t jobs() const;
    /// What is left after the first `done` values, as at most 4 regions, cut where `next_config` has the fewest jobs to do; returns how
    /// many. Each job costs about the same, a narrow one too.
    uint32_t rest_after(uint32_t done, const TileConfig& next_config, Region (&regions)[4]) const;

    /// The search for the first unfinished value, where the `known` first ones are finished.
    ProgressSearch search_from(uint32_t known) const {
        return {known, values(), known < values() ? job_at(known).values() : 0};
    }

    const LoopShape& shape() const { return *shape_; }
    const Region& region() const { return region_; }
    Range outer_block(uint32_t pixel) const;
    Range channel_block(uint32_t channel) const;

private:
    const LoopShape* shape_;
    TileConfig config_;
    Region region_;
};

}  // namespace dynbal
