#include "nvm/record.hpp"

#include "base/crc32.hpp"

namespace dynbal {
namespace {

std::span<std::byte> bytes_of(Record& record, uint32_t begin, uint32_t end) {
    return std::as_writable_bytes(std::span<Record, 1>(&record, 1)).subspan(begin, end - begin);
}

/// One region is the rule: fetched with the fixed part, further ones only when there are any.
constexpr uint32_t usual_bytes = sizeof(Record) - (max_regions - 1) * sizeof(Region);

uint32_t crc_of(Record& record) {
    return crc32(bytes_of(record, sizeof(record.crc), record.stored_bytes()));
}

}  // namespace

bool RecordStore::load_slot(uint32_t slot, Record& record) {
    const uint32_t base = offset_ + slot * record_slot_bytes;
    nvm_->read(base, bytes_of(record, 0, usual_bytes));
    if (record.region_count > max_regions) {
        return false;
    }
    if (record.stored_bytes() > usual_bytes) {
        nvm_->read(base + usual_bytes, bytes_of(record, usual_bytes, record.stored_bytes()));
    }
    // Sequence 0 is never committed: NVM full of zeros is not a record.
    return record.sequence != 0 && record.crc == crc_of(record);
}

bool RecordStore::load(Record& record) {
    Record other;
    const bool first_valid = load_slot(0, record);
    const bool second_valid = load_slot(1, other);
    const bool second_newer = second_valid && (!first_valid || static_cast<int32_t>(other.sequence - record.sequence) > 0);
    if (second_newer) {
        record = other;
    }
    next_slot_ = second_newer ? 0 : 1;
    return first_valid || second_valid;
}

void RecordStore::commit(Record& record) {
    record.sequence = record.sequence + 1 == 0 ? 1 : record.sequence + 1;
    record.crc = crc_of(record);
    nvm_->write(offset_ + next_slot_ * record_slot_bytes, bytes_of(record, 0, record.stored_bytes()));
    next_slot_ ^= 1U;
}

void RecordStore::erase() {
    const uint32_t zero = 0;
    // A zero sequence number makes a record invalid whatever else it holds.
    for (uint32_t slot = 0; slot < 2; ++slot) {
        nvm_->write(offset_ + slot * record_slot_bytes + sizeof(Record::crc),
                    std::as_bytes(std::span<const uint32_t, 1>(&zero, 1)));
    }
    next_slot_ = 0;
}

}  // namespace dynbal
