//! Checkpoints of sums: progress inside a job whose input channels are fetched in several passes.
//!
//! Two slots in NVM, used in turn; a checkpoint is [sums | trailer], the trailer written last and with a CRC of its
//! own, so that recovery needs to read trailers only. The sums have a CRC in the trailer: an overwritten or torn
//! checkpoint is never taken for a whole one.
#pragma once

#include <span>

#include "image/format.hpp"
#include "nvm/meter.hpp"
#include "plugin/loop_nest.hpp"

namespace dynbal {

/// What the sums belong to.
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

struct CheckpointTrailer {
    CheckpointKey key;
    uint32_t sums_crc = 0;
    uint32_t trailer_crc = 0;  ///< of the two fields before
};
static_assert(sizeof(CheckpointTrailer) == checkpoint_trailer_bytes);

class CheckpointStore {
public:
    CheckpointStore(Meter& meter, const ImageHeader& header) : meter_(&meter), offset_(header.checkpoints_offset) {}

    /// Writes the sums and their trailer, one transfer. `buffer` has room for the trailer behind the sums.
    void save(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count);
    /// Looks for the newest checkpoint of this job (key.channels_done is ignored); returns how many input channels
    /// it holds, 0 if there is none. The next save() will not overwrite it.
    uint32_t find(const CheckpointKey& key, uint32_t sum_count);
    /// Fetches the sums that find() found; false if they are damaged.
    bool restore(std::span<int32_t> buffer, uint32_t sum_count);

private:
    uint32_t slot_offset(uint32_t slot) const { return offset_ + slot * checkpoint_slot_bytes; }
    bool load_trailer(uint32_t slot, const CheckpointKey& key, uint32_t sum_count, CheckpointTrailer& trailer);

    Meter* meter_;
    uint32_t offset_;
    uint32_t next_slot_ = 0;
    uint32_t found_crc_ = 0;
};

}  // namespace dynbal
