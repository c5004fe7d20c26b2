#include "quality/range_use.hpp"

#include <fmt/format.h>

#include "image/format.hpp"
#include "io/printable.hpp"

namespace dynbal::quality {

std::string warning_of(const RangeUse& use) {
    std::string what;
    if (use.inputs_outside != 0) {
        what = fmt::format("{} of {} input values", io::grouped(use.inputs_outside), io::grouped(use.inputs));
    }
    if (use.outputs_saturated != 0) {
        what += fmt::format("{}{} of {} output values", what.empty() ? "" : " and ", io::grouped(use.outputs_saturated),
                            io::grouped(use.outputs));
    }
    if (!what.empty()) {
        return what +
               " are outside the range that the image was calibrated for, and are clipped; is --scale right, were "
               "the calibration inputs like these?";
    }
    // As few steps as a value of 8 bits has, of the 15 that there are. Nothing but zeros is an input, too.
    constexpr double steps_least = 256;
    const double steps = use.inputs_largest * activation_max;
    if (steps == 0 || steps >= steps_least) return {};
    return fmt::format(
        "the input values use {:.2g} % of the range that the image was calibrated for, so that most of their precision "
        "is lost; is --scale right, were the calibration inputs like these?",
        100 * use.inputs_largest);
}

}  // namespace dynbal::quality
