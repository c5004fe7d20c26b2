//! What the engine spends at a boot before its first job, as it counts it itself.
#pragma once

#include "nvm/record.hpp"

namespace dynbal {

/// Header, the records' sequence numbers, one record, a stage with one run of states, the probes of a search among some
/// 16,000 values; then the record is written. In 1/16 units at `prices`. What a device takes to start is not in it: every
/// configuration pays that alike, and the engine cannot count it.
constexpr uint32_t boot_cost(const CostModel& prices) {
    constexpr uint64_t probes = 14;
    constexpr uint64_t record_bytes = Record::bytes_with(1);
    constexpr uint64_t read_bytes = sizeof(ImageHeader) + 2 * sizeof(Record::sequence) + record_bytes +
                                    sizeof(StageDescriptor) + sizeof(StateRun) + probes;
    constexpr uint64_t transfers = 1 + 2 + 1 + 1 + 1 + probes + 1;
    return static_cast<uint32_t>(cost_of(prices, {read_bytes, record_bytes, transfers, 0}));
}

}  // namespace dynbal
