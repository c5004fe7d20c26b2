//! The progress record survives a power failure at any byte of any commit.
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "nvm/record.hpp"
#include "platform/assertion.hpp"
#include "ram_device.hpp"

namespace dynbal {

/// What a broken assertion does is chosen when linking.
[[noreturn]] void assertion_failed(const char*, uint32_t) { throw std::logic_error("assertion"); }

}  // namespace dynbal

namespace dynbal::test {
namespace {

constexpr uint32_t base = 20;

/// The header of an image with its records at `base`.
ImageHeader header_of_image(uint32_t crc = 0x1234ABCD) {
    ImageHeader header;
    header.records_offset = base;
    header.header_crc = crc;
    return header;
}
const ImageHeader image = header_of_image();

/// Stops after a number of written bytes; the rest of that write, and all later ones, are lost.
class TornNvm final : public Nvm {
public:
    explicit TornNvm(std::vector<std::byte> content) : memory(std::move(content)) {}
    void read(uint32_t offset, std::span<std::byte> target) override {
        std::memcpy(target.data(), memory.data() + offset, target.size());
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        const size_t stored = std::min<size_t>(source.size(), allowed);
        std::memcpy(memory.data() + offset, source.data(), stored);
        allowed -= stored;
    }
    std::vector<std::byte> memory;
    size_t allowed = SIZE_MAX;
};

std::vector<std::byte> garbage(uint64_t seed) {
    std::vector<std::byte> bytes(base + 2 * record_slot_bytes + 20);
    for (size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(random64(seed, i) & 0xFFU);
    }
    return bytes;
}

/// A record whose every field follows from a number.
Record numbered(uint32_t number, uint32_t sequence) {
    Record record;
    record.sequence = sequence;
    record.inference = number;
    record.stage = static_cast<uint16_t>(number % 7);
    record.phase = static_cast<Phase>(number % 3);
    record.waiting = random64(3, number) % (waiting_regions_max + 1) & 15U;
    record.done = number * 3;
    record.epoch = number ^ 0x12345;
    record.region = {number, number + 5, static_cast<uint16_t>(number % 9), 9};
    return record;
}

bool same_content(const Record& a, const Record& b) {
    return a.inference == b.inference && a.stage == b.stage && a.phase == b.phase && a.waiting == b.waiting &&
           a.done == b.done && a.epoch == b.epoch && a.region.pixel_begin == b.region.pixel_begin &&
           a.region.pixel_end == b.region.pixel_end;
}

TEST(RecordStore, NothingIsARecordInZerosAndGarbage) {
    Record record;
    TornNvm zeros(std::vector<std::byte>(base + 2 * record_slot_bytes));
    EXPECT_FALSE(RecordStore(zeros, image).load(record));
    for (uint64_t seed = 0; seed < 200; ++seed) {
        TornNvm nvm(garbage(seed));
        EXPECT_FALSE(RecordStore(nvm, image).load(record));
    }
}

/// Every commit of a sequence of records, torn after each byte: what is found is the
/// record before or, once all bytes have arrived, the new one; then another commit succeeds.
void check_every_torn_byte(uint32_t first_sequence) {
    TornNvm nvm(garbage(1));
    {
        RecordStore store(nvm, image);
        store.erase();
        Record first = numbered(0, first_sequence);
        store.commit(first);
    }
    for (uint32_t number = 1; number < 40; ++number) {
        const std::vector<std::byte> before = nvm.memory;
        const uint32_t length = static_cast<uint32_t>(sizeof(Record));
        for (uint32_t torn = 0; torn <= length; ++torn) {
            nvm.memory = before;
            nvm.allowed = SIZE_MAX;
            Record record;
            RecordStore store(nvm, image);
            ASSERT_TRUE(store.load(record));
            ASSERT_TRUE(same_content(record, numbered(number - 1, 0)));
            const uint32_t sequence = record.sequence;
            nvm.allowed = torn;
            record = numbered(number, sequence);
            store.commit(record);

            nvm.allowed = SIZE_MAX;
            RecordStore after(nvm, image);
            Record found;
            ASSERT_TRUE(after.load(found)) << "commit " << number << " torn at " << torn;
            // The last bytes may have been the same before.
            const bool is_new = same_content(found, numbered(number, 0));
            const bool is_old = same_content(found, numbered(number - 1, 0));
            ASSERT_TRUE(is_new || is_old) << "commit " << number << " torn at " << torn;
            ASSERT_TRUE(torn < length || is_new);
            Record next = numbered(100 + number, found.sequence);
            after.commit(next);
            RecordStore again(nvm, image);
            ASSERT_TRUE(again.load(found));
            ASSERT_TRUE(same_content(found, numbered(100 + number, 0)));
        }
        nvm.memory = before;
        RecordStore store(nvm, image);
        Record record;
        ASSERT_TRUE(store.load(record));
        record = numbered(number, record.sequence);
        store.commit(record);
    }
}

TEST(RecordStore, EveryTornByteLeavesTheNewestOrTheOneBefore) { check_every_torn_byte(0); }

TEST(RecordStore, TheSequenceWrapsAround) {
    check_every_torn_byte(0xFFFFFFFFU - 18);
    check_every_torn_byte(0x7FFFFFFFU - 18);
}

TEST(RecordStore, AnErasedRecordIsNone) {
    for (const size_t allowed : {size_t{4}, SIZE_MAX}) {
        TornNvm nvm(garbage(2));
        RecordStore store(nvm, image);
        Record record = numbered(5, 8);
        store.commit(record);
        record = numbered(6, record.sequence);
        store.commit(record);
        nvm.allowed = allowed;
        store.erase();
        RecordStore after(nvm, image);
        // Torn between the slots: the other record is left, whole.
        EXPECT_EQ(after.load(record), allowed != SIZE_MAX);
    }
}

TEST(RecordStore, TheRecordsOfAnotherImageAreNone) {
    TornNvm nvm(std::vector<std::byte>(base + 2 * record_slot_bytes));
    RecordStore store(nvm, image);
    for (uint32_t number = 1; number < 4; ++number) {
        Record record = numbered(number, number);
        store.commit(record);
        Record found;
        EXPECT_TRUE(RecordStore(nvm, image).load(found));
        for (uint32_t bit = 0; bit < 32; ++bit) {
            const ImageHeader other = header_of_image(image.header_crc ^ (1U << bit));
            EXPECT_FALSE(RecordStore(nvm, other).load(found)) << "bit " << bit;
        }
    }
}

/// A program whose records look different would read what the bytes do not mean.
TEST(RecordStore, TheRecordsOfAnotherLayoutAreNone) {
    for (const uint32_t version : {0U, record_version - 1, record_version, record_version + 1}) {
        TornNvm nvm(std::vector<std::byte>(base + 2 * record_slot_bytes));
        RecordStore store(nvm, image);
        Record record = numbered(7, 0);
        store.commit(record);
        const std::span<std::byte> slot(nvm.memory.data() + base, sizeof(Record));
        const uint32_t crc = crc32(slot.subspan(sizeof(record.crc)), image.header_crc ^ version);
        std::memcpy(slot.data(), &crc, sizeof(crc));
        EXPECT_EQ(RecordStore(nvm, image).load(record), version == record_version) << version;
    }
}

TEST(RecordStore, ADamagedBitIsNoticed) {
    TornNvm nvm(garbage(3));
    RecordStore store(nvm, image);
    store.erase();
    Record record = numbered(7, 0);
    store.commit(record);
    const std::vector<std::byte> good = nvm.memory;
    const uint32_t length = static_cast<uint32_t>(sizeof(Record));
    for (uint32_t bit = 0; bit < length * 8; ++bit) {
        nvm.memory = good;
        nvm.memory[base + bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        EXPECT_FALSE(RecordStore(nvm, image).load(record)) << "bit " << bit;
    }
}

TEST(RecordStore, WritesNothingButTheTwoSlots) {
    TornNvm nvm(garbage(4));
    const std::vector<std::byte> before = nvm.memory;
    RecordStore store(nvm, image);
    for (uint32_t number = 0; number < 50; ++number) {
        Record record = numbered(number, number);
        store.commit(record);
    }
    store.erase();
    const size_t end = base + 2 * record_slot_bytes;
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + base, nvm.memory.begin()));
    EXPECT_TRUE(
        std::equal(before.begin() + static_cast<long>(end), before.end(), nvm.memory.begin() + static_cast<long>(end)));
}

Region region_of(uint32_t number) {
    return {number, number + 1 + number % 4, 0, static_cast<uint16_t>(1 + number % 3)};
}

/// What is waiting by NVM and a record, the next one first.
std::vector<uint32_t> waiting_of(TornNvm& nvm, Record record) {
    std::vector<uint32_t> found;
    RegionStack stack(nvm, image);
    while (record.waiting != 0) {
        stack.pop(record);
        found.push_back(record.region.pixel_begin);
    }
    EXPECT_EQ(record.waiting_values, 0U);
    return found;
}

/// Pushes and pops at random, each push torn after each byte: what the newest record counts is always what it was.
TEST(RegionStack, IsWhatTheNewestRecordCountsWhereverAPushIsTorn) {
    TornNvm nvm(std::vector<std::byte>(base + records_bytes + 20));
    RegionStack stack(nvm, image);
    Record record;
    std::vector<uint32_t> expected;
    for (uint32_t number = 1; number < 400; ++number) {
        const auto count = static_cast<uint32_t>(1 + random64(8, number) % 3);
        if (random64(9, number) % 2 == 0 && RegionStack::has_room(record.waiting, count)) {
            const Region regions[] = {region_of(10 * number), region_of(10 * number + 1), region_of(10 * number + 2)};
            const std::vector<std::byte> before = nvm.memory;
            for (uint32_t torn = 0; torn <= count * sizeof(Region); ++torn) {
                nvm.memory = before;
                nvm.allowed = torn;
                Record lost = record;
                stack.push(lost, std::span(regions).first(count));
                nvm.allowed = SIZE_MAX;
                ASSERT_EQ(waiting_of(nvm, record), expected) << "push " << number << " torn at " << torn;
            }
            nvm.memory = before;
            stack.push(record, std::span(regions).first(count));
            for (uint32_t i = count; i-- > 0;) expected.insert(expected.begin(), 10 * number + i);
        } else if (record.waiting != 0) {
            stack.pop(record);
            ASSERT_EQ(record.region.pixel_begin, expected.front());
            expected.erase(expected.begin());
        }
        ASSERT_EQ(waiting_of(nvm, record), expected);
        ASSERT_LE(record.waiting, waiting_regions_max);
    }
    for (size_t i = base + records_bytes; i < nvm.memory.size(); ++i) ASSERT_EQ(nvm.memory[i], std::byte{0});
}

TEST(Assertions, EndWhatWouldDamageNvm) {
    TornNvm nvm(std::vector<std::byte>(base + records_bytes));
    RecordStore store(nvm, image);
    RegionStack stack(nvm, image);
    const std::vector<std::byte> before = nvm.memory;
    const Region regions[4] = {{0, 1, 0, 1}, {1, 2, 0, 1}, {2, 3, 0, 1}, {3, 4, 0, 1}};
    Record record = numbered(7, 0);
    record.waiting = waiting_regions_max + 1;
    EXPECT_THROW(store.commit(record), std::logic_error) << "more regions than there is room for";
    record.waiting = waiting_regions_max;
    EXPECT_THROW(stack.push(record, std::span(regions, 1)), std::logic_error);
    record.waiting = 0;
    EXPECT_THROW(stack.push(record, regions), std::logic_error) << "more than are reversed at a time";
    EXPECT_THROW(stack.pop(record), std::logic_error) << "nothing waits";
    record.region = {};
    EXPECT_THROW(store.commit(record), std::logic_error) << "nothing is being worked on";
    EXPECT_EQ(nvm.memory, before);
}

}  // namespace
}  // namespace dynbal::test
