//! The Usage Span: what a configuration costs, without running it.
//!
//! Two parts, as in the DynBal paper: data reuse (the traffic and work of one stage without power failures,
//! counted exactly) and data refetch (what one failure is expected to cost again). A datum of cost L that is
//! used over a span of work S costs L * (1 - L / 2S) when power fails at a random moment of that span: all of
//! it if it had been fetched, half of it on average while it is being fetched.
#pragma once

#include <cstdint>

#include "plugin/loop_nest.hpp"

namespace dynbal {

/// Prices in 1/16 of a cost unit, so that 14.5 units a byte is exact. Any unit will do: MACs, nanojoules.
struct CostModel {
    uint32_t mac = 16;
    uint32_t read_byte = 232;
    uint32_t write_byte = 232;
    uint32_t transfer = 0;  ///< start-up of one NVM transfer
    uint32_t boot = 0;      ///< spent at each boot before the first job, records and recovery included
};
static_assert(sizeof(CostModel) == 20);

/// NVM traffic and work. The engine's counters and the Usage Span use the same type.
struct Traffic {
    uint64_t read_bytes = 0;
    uint64_t write_bytes = 0;
    uint64_t transfers = 0;
    uint64_t macs = 0;

    constexpr Traffic& operator+=(const Traffic& other) {
        read_bytes += other.read_bytes;
        write_bytes += other.write_bytes;
        transfers += other.transfers;
        macs += other.macs;
        return *this;
    }
    constexpr Traffic operator*(uint64_t times) const {
        return {read_bytes * times, write_bytes * times, transfers * times, macs * times};
    }
    constexpr bool operator==(const Traffic&) const = default;
};

/// In 1/16 units.
constexpr uint64_t cost_of(const CostModel& model, const Traffic& t) {
    return t.macs * model.mac + t.read_bytes * model.read_byte + t.write_bytes * model.write_byte +
           t.transfers * model.transfer;
}

/// Traffic of the transfers that fetch a box of one operand, as the engine does them.
Traffic box_traffic(const LoopShape& shape, const BufferPlan& plan, const Box& box);
/// Fetching the weights and headers of a block of channels (whole rows of weights).
Traffic block_traffic(const LoopShape& shape, uint32_t channels);
/// Fetching one pass's slice of the weights of a block.
Traffic pass_weight_traffic(const LoopShape& shape, uint32_t channels, uint32_t channels_in);
/// Writing the values of a job.
Traffic write_traffic(const LoopShape& shape, const Job& job);
/// Exact traffic of a whole stage without power failures.
Traffic stage_traffic(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes);

/// The price of one configuration of one stage. All costs in 1/16 units.
struct UsageSpan {
    uint64_t reuse = 0;    ///< the stage without failures
    uint64_t refetch = 0;  ///< expected cost of one power failure: fetched again plus unfinished job
    uint64_t need = 0;     ///< a power cycle with less than this (boot included) may make no progress
    Traffic traffic;
};

UsageSpan usage_span(const LoopShape& shape, const TileConfig& config, const CostModel& model, uint32_t arena_bytes);

/// Expected total cost of a stage when each power cycle affords `cycle_cost` (0: no failures): every cycle loses boot and
/// at least refetch (the nearer the energy is to need, the more, up to all of it), so that the stage takes
/// reuse * E / (E - boot - lost). Returns UINT64_MAX if no progress is expected. Arguments up to 2^32 - 1.
uint64_t expected_cost(uint64_t reuse, uint64_t refetch, uint64_t need, uint64_t boot, uint64_t cycle_cost);

}  // namespace dynbal
