//! Values that an image could not hold.
#pragma once

#include <cstdint>
#include <string>

namespace dynbal::quality {

/// Of all inputs and of all answers.
struct RangeUse {
    uint64_t inputs = 0, inputs_outside = 0;
    uint64_t outputs = 0, outputs_saturated = 0;
    double inputs_largest = 0;  ///< as a share of what the image can hold
};

/// In one line: values that are clipped, or inputs that use so little of the range that their precision is lost; "" if
/// neither is so.
std::string warning_of(const RangeUse& use);

}  // namespace dynbal::quality
