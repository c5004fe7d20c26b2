//! A recording at a glance: mean and largest power in equal parts of its time, as text or as a picture (SVG).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "power/recording.hpp"

namespace dynbal::power {

struct PowerBucket {
    double mean_w = 0, largest_w = 0;
};

/// `count` equal parts of the whole duration.
std::vector<PowerBucket> buckets_of(std::span<const Piece> pieces, double duration_s, size_t count);

/// For a terminal: `#` up to the mean, `:` up to the largest of each part.
std::string trace_text(const Recording& recording);

/// The same as a picture of its own: an SVG file.
std::string trace_svg(const Recording& recording);

}  // namespace dynbal::power
