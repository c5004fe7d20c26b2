//! What the engine spends at a boot before its first job, as it counts it itself.
#pragma once

#include "nvm/record.hpp"

namespace dynbal {

/// Header, the records' sequence numbers, one record, a stage and its runs of states; then the record is written. The search
/// for the first unfinished value comes on top (search_traffic() in plugin/walk.hpp). What a device takes to start is not in
/// it: every configuration pays that alike, and the engine cannot count it.
constexpr Traffic boot_traffic(uint32_t state_runs) {
    constexpr uint64_t record_bytes = sizeof(Record);
    constexpr uint64_t read_bytes =
        sizeof(ImageHeader) + 2 * sizeof(Record::sequence) + record_bytes + sizeof(StageDescriptor);
    return {read_bytes + state_runs * sizeof(StateRun), record_bytes, 1 + 2 + 1 + 1 + 1 + 1, 0, 0};
}

/// The same with the probes of a search among some 16,000 values, in 1/16 units at `prices`.
constexpr uint32_t boot_cost(const CostModel& prices) {
    constexpr uint64_t probes = 14;
    Traffic boot = boot_traffic(1);
    boot += {probes, 0, probes, 0, 0};
    return static_cast<uint32_t>(cost_of(prices, boot));
}

}  // namespace dynbal
