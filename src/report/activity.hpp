//! What the time went to, along the run: shares per kind of span in buckets of equal duration.
//!
//! Invariant: the number of buckets stays below `buckets_max` however long the run is; when it is reached, neighbours
//! are joined and buckets become twice as long.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "sim/observer.hpp"

namespace dynbal::report {

class ActivityBuckets {
public:
    using Bucket = std::array<double, sim::span_kind_count>;  ///< seconds by kind

    explicit ActivityBuckets(size_t buckets_max = 2048, double first_bucket_s = 1e-6)
        : buckets_max_(buckets_max), bucket_s_(first_bucket_s) {}

    void add(const sim::Span& span);

    double bucket_s() const { return bucket_s_; }
    const std::vector<Bucket>& buckets() const { return buckets_; }

private:
    void join_neighbours();

    size_t buckets_max_;
    double bucket_s_;
    std::vector<Bucket> buckets_;
};

}  // namespace dynbal::report
