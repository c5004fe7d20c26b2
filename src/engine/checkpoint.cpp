#include "engine/checkpoint.hpp"

#include <cstring>

#include "base/crc32.hpp"

namespace dynbal {
namespace {

constexpr uint32_t trailer_words = checkpoint_trailer_bytes / 4;

std::span<std::byte> stored(std::span<int32_t> buffer, uint32_t sum_count) {
    return std::as_writable_bytes(buffer.first(sum_count + trailer_words));
}

}  // namespace

void CheckpointStore::save(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count) {
    meter_->set_class(TrafficClass::checkpoints);
    const std::span<std::byte> bytes = stored(buffer, sum_count);
    std::memcpy(buffer.data() + sum_count, &key, sizeof(key));
    const uint32_t crc = crc32(bytes.first(bytes.size() - sizeof(uint32_t)));
    std::memcpy(bytes.data() + bytes.size() - sizeof(crc), &crc, sizeof(crc));
    meter_->write(offset_ + next_slot_ * checkpoint_slot_bytes, bytes);
    next_slot_ ^= 1U;
}

uint32_t CheckpointStore::load_slot(uint32_t slot, const CheckpointKey& key, std::span<int32_t> buffer,
                                    uint32_t sum_count) {
    const std::span<std::byte> bytes = stored(buffer, sum_count);
    meter_->read(offset_ + slot * checkpoint_slot_bytes, bytes);
    CheckpointKey found;
    std::memcpy(static_cast<void*>(&found), buffer.data() + sum_count, sizeof(found));
    uint32_t crc = 0;
    std::memcpy(&crc, bytes.data() + bytes.size() - sizeof(crc), sizeof(crc));
    const uint32_t channels_done = found.channels_done;
    found.channels_done = key.channels_done;
    const bool whole = found == key && crc == crc32(bytes.first(bytes.size() - sizeof(crc)));
    return whole ? channels_done : 0;
}

uint32_t CheckpointStore::restore(const CheckpointKey& key, std::span<int32_t> buffer, uint32_t sum_count) {
    meter_->set_class(TrafficClass::recovery);
    const uint32_t first = load_slot(0, key, buffer, sum_count);
    const uint32_t second = load_slot(1, key, buffer, sum_count);
    if (second >= first) {
        next_slot_ = 0;
        return second;
    }
    next_slot_ = 1;
    return load_slot(0, key, buffer, sum_count);
}

}  // namespace dynbal
