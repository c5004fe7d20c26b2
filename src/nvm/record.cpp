#include "nvm/record.hpp"

#include <cstddef>

#include "base/crc32.hpp"
#include "platform/assertion.hpp"

namespace dynbal {
namespace {

std::span<std::byte> bytes_of(Record& record, uint32_t begin, uint32_t end) {
    return std::as_writable_bytes(std::span<Record, 1>(&record, 1)).subspan(begin, end - begin);
}

}  // namespace

uint32_t RecordStore::crc_of(Record& record) const {
    return crc32(bytes_of(record, sizeof(record.crc), sizeof(Record)), crc_start_);
}

uint32_t RecordStore::sequence_of(uint32_t slot) {
    uint32_t sequence = 0;
    nvm_->read(offset_ + slot * record_slot_bytes + static_cast<uint32_t>(offsetof(Record, sequence)),
               std::as_writable_bytes(std::span<uint32_t, 1>(&sequence, 1)));
    return sequence;
}

bool RecordStore::load_slot(uint32_t slot, Record& record) {
    const uint32_t base = offset_ + slot * record_slot_bytes;
    nvm_->read(base, bytes_of(record, 0, sizeof(Record)));
    // Sequence 0 is never committed: NVM full of zeros is not a record.
    return record.sequence != 0 && record.crc == crc_of(record);
}

/// The slot that claims to be newer is fetched first; the other only if that one is torn. A torn slot's sequence
/// number may be anything: then the other is the newest valid one whatever was claimed.
bool RecordStore::load(Record& record) {
    const uint32_t first = sequence_of(0);
    const uint32_t second = sequence_of(1);
    const uint32_t claimed = static_cast<int32_t>(second - first) > 0 ? 1 : 0;
    for (const uint32_t slot : {claimed, claimed ^ 1U}) {
        if (load_slot(slot, record)) {
            next_slot_ = slot ^ 1U;
            return true;
        }
    }
    return false;
}

void RecordStore::commit(Record& record) {
    DYNBAL_ASSERT(next_slot_ < 2);
    DYNBAL_ASSERT(record.phase <= Phase::installing && record.waiting <= waiting_regions_max);
    const bool under_way = record.phase == Phase::running || record.phase == Phase::abandoning;
    DYNBAL_ASSERT(!under_way || record.region.values() != 0);
    record.sequence = record.sequence + 1 == 0 ? 1 : record.sequence + 1;
    record.crc = crc_of(record);
    nvm_->barrier();  // what it counts is there before it is, and what is based on it comes later
    nvm_->write(offset_ + next_slot_ * record_slot_bytes, bytes_of(record, 0, sizeof(Record)));
    nvm_->barrier();
    next_slot_ ^= 1U;
}

void RecordStore::erase() {
    DYNBAL_ASSERT(next_slot_ < 2);
    const uint32_t zero = 0;
    // A zero sequence number makes a record invalid whatever else it holds. The newest goes last: should power fail
    // in between, it is still the one that counts.
    for (const uint32_t slot : {next_slot_, next_slot_ ^ 1U}) {
        nvm_->write(offset_ + slot * record_slot_bytes + sizeof(Record::crc),
                    std::as_bytes(std::span<const uint32_t, 1>(&zero, 1)));
        nvm_->barrier();
    }
    next_slot_ = 0;
}

void RegionStack::push(Record& record, std::span<const Region> regions) {
    Region reversed[3];
    const auto count = static_cast<uint32_t>(regions.size());
    DYNBAL_ASSERT(count >= 1 && count <= 3);
    DYNBAL_ASSERT(has_room(record.waiting, count));
    for (uint32_t i = 0; i < count; ++i) {
        reversed[count - 1 - i] = regions[i];
        record.waiting_values += regions[i].values();
    }
    nvm_->write(offset_ + record.waiting * static_cast<uint32_t>(sizeof(Region)),
                std::as_bytes(std::span<const Region>(reversed, count)));
    record.waiting = (record.waiting + count) & 15U;
}

void RegionStack::pop(Record& record) {
    DYNBAL_ASSERT(record.waiting != 0 && record.waiting <= waiting_regions_max);
    --record.waiting;
    nvm_->read(offset_ + record.waiting * static_cast<uint32_t>(sizeof(Region)),
               std::as_writable_bytes(std::span<Region, 1>(&record.region, 1)));
    record.waiting_values -= record.region.values();
}

}  // namespace dynbal
