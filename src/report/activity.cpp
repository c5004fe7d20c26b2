#include "report/activity.hpp"

#include <algorithm>

namespace dynbal::report {

void ActivityBuckets::add(const sim::Span& span) {
    const double end_s = span.begin_s + span.duration_s;
    while (end_s >= bucket_s_ * static_cast<double>(buckets_max_)) join_neighbours();
    const auto last = static_cast<size_t>(end_s / bucket_s_);
    if (buckets_.size() <= last) buckets_.resize(last + 1);
    for (size_t index = static_cast<size_t>(span.begin_s / bucket_s_); index <= last; ++index) {
        const double begin_s = std::max(span.begin_s, static_cast<double>(index) * bucket_s_);
        const double part_s = std::min(end_s, static_cast<double>(index + 1) * bucket_s_) - begin_s;
        buckets_[index][static_cast<size_t>(span.kind)] += std::max(0.0, part_s);
    }
}

void ActivityBuckets::join_neighbours() {
    std::vector<Bucket> joined((buckets_.size() + 1) / 2);
    for (size_t index = 0; index < buckets_.size(); ++index) {
        for (size_t kind = 0; kind < sim::span_kind_count; ++kind) joined[index / 2][kind] += buckets_[index][kind];
    }
    buckets_ = std::move(joined);
    bucket_s_ *= 2;
}

}  // namespace dynbal::report
