#include "nvm/checkpoint.hpp"

#include <cstring>

#include "base/crc32.hpp"
#include "platform/assertion.hpp"

namespace dynbal {
namespace {

uint32_t crc_of(const CheckpointTrailer& trailer) {
    const auto bytes = std::as_bytes(std::span<const CheckpointTrailer, 1>(&trailer, 1));
    return crc32(bytes.first(sizeof(CheckpointTrailer) - sizeof(uint32_t)));
}

}  // namespace

void CheckpointStore::save(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count) {
    DYNBAL_ASSERT(next_slot_ < 2 && key.channels_done != 0);
    DYNBAL_ASSERT(sum_count * sizeof(int32_t) + checkpoint_trailer_bytes <= checkpoint_slot_bytes);
    DYNBAL_ASSERT(buffer.size_bytes() >= sum_count * sizeof(int32_t) + checkpoint_trailer_bytes);
    CheckpointTrailer trailer;
    trailer.key = key;
    trailer.sums_crc = crc32(std::as_bytes(buffer.first(sum_count)));
    trailer.trailer_crc = crc_of(trailer);
    std::memcpy(buffer.data() + sum_count, &trailer, sizeof(trailer));
    meter_->write(TrafficClass::checkpoints, slot_offset(next_slot_),
                  std::as_bytes(buffer.first(sum_count + checkpoint_trailer_bytes / sizeof(int32_t))));
    meter_->barrier();
    next_slot_ ^= 1U;
}

bool CheckpointStore::load_trailer(uint32_t slot, const CheckpointKey& key, uint32_t sum_count,
                                   CheckpointTrailer& trailer) {
    meter_->read(TrafficClass::recovery, slot_offset(slot) + sum_count * static_cast<uint32_t>(sizeof(int32_t)),
                 std::as_writable_bytes(std::span<CheckpointTrailer, 1>(&trailer, 1)));
    CheckpointKey expected = key;
    expected.channels_done = trailer.key.channels_done;
    return trailer.key == expected && trailer.trailer_crc == crc_of(trailer);
}

uint32_t CheckpointStore::find(const CheckpointKey& key, uint32_t sum_count) {
    uint32_t channels_done = 0;
    next_slot_ = 0;
    for (uint32_t slot = 0; slot < 2; ++slot) {
        CheckpointTrailer trailer;
        if (load_trailer(slot, key, sum_count, trailer) && trailer.key.channels_done > channels_done) {
            channels_done = trailer.key.channels_done;
            found_crc_ = trailer.sums_crc;
            next_slot_ = slot ^ 1U;
        }
    }
    return channels_done;
}

bool CheckpointStore::restore(std::span<int32_t> buffer, uint32_t sum_count) {
    const std::span<std::byte> sums = std::as_writable_bytes(buffer.first(sum_count));
    meter_->read(TrafficClass::recovery, slot_offset(next_slot_ ^ 1U), sums);
    if (crc32(sums) == found_crc_) {
        return true;
    }
    // A smaller job's checkpoint lies over these sums, and not over their trailer. Written over next, or it would be found
    // again for ever.
    next_slot_ ^= 1U;
    return false;
}

}  // namespace dynbal
