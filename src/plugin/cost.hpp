//! What is counted, and what it costs: traffic, and the prices of a device.
#pragma once

#include <cstdint>

namespace dynbal {

/// Prices in 1/16 of a cost unit, so that 14.5 units a byte is exact. Any unit will do: MACs, nanojoules.
struct CostModel {
    uint32_t mac = 16;
    uint32_t read_byte = 232;
    uint32_t write_byte = 232;
    uint32_t transfer = 0;  ///< start-up of one NVM transfer
    uint32_t job = 0;       ///< preparing one job, or one pass of it
    uint32_t boot = 0;      ///< spent at each boot before the first job, records and recovery included
};
static_assert(sizeof(CostModel) == 24);

/// NVM traffic and work. The engine's counters and the Usage Span use the same type.
struct Traffic {
    uint64_t read_bytes = 0;
    uint64_t write_bytes = 0;
    uint64_t transfers = 0;
    uint64_t macs = 0;
    uint64_t jobs = 0;  ///< jobs, or passes of jobs, that were begun

    constexpr Traffic& operator+=(const Traffic& other) {
        read_bytes += other.read_bytes;
        write_bytes += other.write_bytes;
        transfers += other.transfers;
        macs += other.macs;
        jobs += other.jobs;
        return *this;
    }
    constexpr Traffic operator-(const Traffic& other) const {
        return {read_bytes - other.read_bytes, write_bytes - other.write_bytes, transfers - other.transfers,
                macs - other.macs, jobs - other.jobs};
    }
    constexpr Traffic operator*(uint64_t times) const {
        return {read_bytes * times, write_bytes * times, transfers * times, macs * times, jobs * times};
    }
    constexpr bool operator==(const Traffic&) const = default;
};

/// In 1/16 units.
constexpr uint64_t cost_of(const CostModel& model, const Traffic& t) {
    return t.macs * model.mac + t.read_bytes * model.read_byte + t.write_bytes * model.write_byte +
           t.transfers * model.transfer + t.jobs * model.job;
}

}  // namespace dynbal
