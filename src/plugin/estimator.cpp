#include "plugin/estimator.hpp"

namespace dynbal {

uint64_t next_estimate(uint64_t estimate, const CycleReport& report) {
    if (!report.progress) {
        const uint64_t bound = estimate == 0 || report.need < estimate ? report.need : estimate;
        return bound / 4 * 3 + 1;
    }
    const uint64_t sample = report.spent + report.finished + report.refetch;
    // Cycles differ: the mean of the last few, the latest counting half.
    return estimate == 0 ? sample : (estimate + sample) / 2;
}

}  // namespace dynbal
