//! What a comparison says, in three lines, and whether a user should be warned.
#pragma once

#include <string>
#include <vector>

#include "quality/comparison.hpp"

namespace dynbal::quality {

/// Three lines: same classes, error of the output, clipped values.
std::vector<std::string> lines_of(const Comparison& comparison);

/// Why the image may be of little use, and where it goes wrong first; "" if it is good. `weight_bytes` are those that it has now.
std::string warning_of(const Comparison& comparison, uint32_t weight_bytes);

/// Why the calibration inputs may not be like those of real use, by the answers of the float network; "" if nothing
/// speaks for it.
std::string warning_of_classes(const Comparison& comparison);

/// What is wrong with a set of calibration samples, as far as it can be seen in it.
class SampleCheck {
public:
    /// One sample, scaled.
    void add(const std::vector<float>& sample);
    /// One for each thing that is wrong.
    std::vector<std::string> warnings() const;

private:
    uint64_t count_ = 0;
    uint64_t constant_ = 0;   ///< samples whose values are all the same
    uint64_t all_equal_ = 0;  ///< samples that are equal to the first
    float largest_ = 0;       ///< magnitude
    std::vector<float> first_;
};

/// Fewer calibration samples than this say little about the ranges.
inline constexpr uint64_t samples_min = 20;

}  // namespace dynbal::quality
