#include "plugin/estimator.hpp"

namespace dynbal {

Supply learn(const Supply& supply, const CycleReport& report) {
    if (!report.progress) {
        return {0, report.need / 4 * 3 + 1};
    }
    const uint64_t sample = report.spent + report.finished + report.refetch;
    // Cycles differ: the mean of the last few, the latest counting a quarter.
    return {supply.cycle_cost == 0 ? sample : (3 * supply.cycle_cost + sample) / 4, supply.need_limit};
}

}  // namespace dynbal
