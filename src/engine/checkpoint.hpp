//! Checkpoints of sums: progress inside a job whose input channels are fetched in several passes.
//!
//! Two slots in NVM, used in turn; a checkpoint is [sums | trailer]. Its CRC covers sums and trailer, so a torn or
//! overwritten checkpoint is never taken for a whole one, and the trailer says exactly what the sums belong to.
#pragma once

#include <span>

#include "engine/meter.hpp"
#include "image/format.hpp"
#include "plugin/loop_nest.hpp"

namespace dynbal {

struct CheckpointKey {
    uint32_t inference = 0;
    uint16_t stage = 0;
    uint16_t channels_done = 0;  ///< input channels summed up so far
    uint32_t pixel_begin = 0;
    uint16_t pixel_count = 0;
    uint16_t channel_begin = 0;
    uint16_t channel_count = 0;
    uint16_t reserved = 0;

    constexpr bool operator==(const CheckpointKey&) const = default;
};
static_assert(sizeof(CheckpointKey) + sizeof(uint32_t) == checkpoint_trailer_bytes);

class CheckpointStore {
public:
    CheckpointStore(Meter& meter, const ImageHeader& header)
        : meter_(&meter), offset_(header.checkpoints_offset) {}

    /// Writes `sums` and their trailer, one transfer. `buffer` holds the sums and room for the trailer behind them.
    void save(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count);
    /// Fetches the newest checkpoint of this job (key.channels_done is ignored) into `buffer`;
    /// returns how many input channels it holds, 0 if there is none.
    uint32_t restore(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count);

private:
    uint32_t load_slot(uint32_t slot, const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count);

    Meter* meter_;
    uint32_t offset_;
    uint32_t next_slot_ = 0;
};

}  // namespace dynbal
