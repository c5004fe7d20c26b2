//! Checkpoints and footprints: torn and stale ones are never taken for whole ones.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "nvm/checkpoint.hpp"
#include "nvm/footprint.hpp"
#include "ram_device.hpp"

namespace dynbal::test {
namespace {

/// Lets a number of bytes through to NVM.
class Limited final : public Nvm {
public:
    explicit Limited(RamNvm& nvm) : nvm_(nvm) {}
    void read(uint32_t offset, std::span<std::byte> target) override { nvm_.read(offset, target); }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        const size_t stored = std::min(source.size(), allowed);
        nvm_.write(offset, source.first(stored));
        allowed -= stored;
    }
    size_t allowed = SIZE_MAX;

private:
    RamNvm& nvm_;
};

struct Bench {
    Bench() {
        header.checkpoints_offset = 8;
        header.sums_offset = 8 + 2 * checkpoint_slot_bytes;
        header.sums_area_bytes = 64;
    }
    RamNvm nvm{8 + 2 * checkpoint_slot_bytes + 2 * footprint_bytes + 128 + 8};
    Limited limited{nvm};
    PlainTrace trace;
    Meter meter{limited, nvm, trace};
    ImageHeader header;
};

CheckpointKey key_of(uint32_t channels_done) {
    CheckpointKey key;
    key.inference = 3;
    key.stage = 2;
    key.channels_done = static_cast<uint16_t>(channels_done);
    key.pixel_begin = 7;
    key.pixel_count = 2;
    key.channel_begin = 4;
    key.channel_count = 3;
    return key;
}

std::vector<int32_t> sums_of(uint32_t channels_done, uint32_t count) {
    std::vector<int32_t> sums(count + checkpoint_trailer_bytes / 4);
    for (uint32_t i = 0; i < count; ++i) {
        sums[i] = static_cast<int32_t>(random64(channels_done, i));
    }
    return sums;
}

void save(Bench& bench, CheckpointStore& store, uint32_t channels_done, uint32_t count) {
    std::vector<int32_t> buffer = sums_of(channels_done, count);
    store.save(key_of(channels_done), buffer, count);
    bench.limited.allowed = SIZE_MAX;
}

TEST(Checkpoint, EveryTornByteLeavesTheNewestOrTheOneBefore) {
    constexpr uint32_t count = 6;
    constexpr uint32_t bytes = count * 4 + checkpoint_trailer_bytes;
    for (uint32_t saved = 0; saved < 5; ++saved) {
        for (uint32_t torn = 0; torn <= bytes; ++torn) {
            Bench bench;
            CheckpointStore store(bench.meter, bench.header);
            for (uint32_t i = 1; i <= saved; ++i) save(bench, store, i, count);
            bench.limited.allowed = torn;
            save(bench, store, saved + 1, count);

            CheckpointStore after(bench.meter, bench.header);
            const uint32_t found = after.find(key_of(0), count);
            ASSERT_EQ(found, torn == bytes ? saved + 1 : saved) << "torn at " << torn;
            if (found == 0) continue;
            std::vector<int32_t> sums = sums_of(0, count);
            ASSERT_TRUE(after.restore(sums, count));
            const std::vector<int32_t> expected = sums_of(found, count);
            ASSERT_TRUE(std::equal(sums.begin(), sums.begin() + count, expected.begin()));
            // The next one does not overwrite what was found, even torn.
            bench.limited.allowed = bytes / 2;
            save(bench, after, found + 1, count);
            CheckpointStore last(bench.meter, bench.header);
            ASSERT_EQ(last.find(key_of(0), count), found);
        }
    }
}

/// A checkpoint of less sums lies in the same slot as one of more: whatever is overwritten and
/// torn, sums that are accepted are those that were meant.
TEST(Checkpoint, SizesMayChangeFromJobToJob) {
    constexpr uint32_t large = 12;
    constexpr uint32_t small = 5;
    for (uint32_t torn = 0; torn <= small * 4 + checkpoint_trailer_bytes; ++torn) {
        Bench bench;
        CheckpointStore store(bench.meter, bench.header);
        save(bench, store, 1, large);
        save(bench, store, 2, large);
        bench.limited.allowed = torn;
        save(bench, store, 3, small);
        CheckpointStore after(bench.meter, bench.header);
        const uint32_t found = after.find(key_of(0), large);
        if (found != 0) {
            std::vector<int32_t> sums = sums_of(0, large);
            const std::vector<int32_t> expected = sums_of(found, large);
            const bool same =
                after.restore(sums, large) && std::equal(sums.begin(), sums.begin() + large, expected.begin());
            // Trailers may outlive their sums; then restore() says so.
            CheckpointStore again(bench.meter, bench.header);
            again.find(key_of(0), large);
            ASSERT_EQ(again.restore(sums, large), same);
        }
    }
}

/// Sums that a smaller job has written over, under a trailer that is whole: the next checkpoint takes their slot. Else the
/// damaged one would be found at each boot, and no work after it would count.
TEST(Checkpoint, ADamagedOneIsWrittenOverNext) {
    constexpr uint32_t large = 12;
    constexpr uint32_t small = 2;
    for (const uint32_t before : {0U, 1U, 2U, 3U}) {
        Bench bench;
        CheckpointStore store(bench.meter, bench.header);
        for (uint32_t i = 1; i <= before; ++i) save(bench, store, i, large);
        save(bench, store, 9, large);
        CheckpointStore other(bench.meter, bench.header);
        CheckpointKey smaller = key_of(1);
        smaller.channel_count = 1;
        for (int i = 0; i < 2; ++i) {  // into both slots
            std::vector<int32_t> buffer = sums_of(50, small);
            other.save(smaller, buffer, small);
        }
        CheckpointStore after(bench.meter, bench.header);
        ASSERT_EQ(after.find(key_of(0), large), 9U);
        std::vector<int32_t> sums = sums_of(0, large);
        ASSERT_FALSE(after.restore(sums, large));
        save(bench, after, 1, large);
        CheckpointStore last(bench.meter, bench.header);
        ASSERT_EQ(last.find(key_of(0), large), before >= 2 ? std::max(before, 1U) : 1U) << before << " before";
    }
}

TEST(Checkpoint, OfAnotherJobIsNone) {
    Bench bench;
    CheckpointStore store(bench.meter, bench.header);
    save(bench, store, 2, 4);
    const auto found_with = [&](auto change) {
        CheckpointKey key = key_of(0);
        change(key);
        return CheckpointStore(bench.meter, bench.header).find(key, 4);
    };
    EXPECT_EQ(found_with([](CheckpointKey&) {}), 2U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.inference; }), 0U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.stage; }), 0U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.pixel_begin; }), 0U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.pixel_count; }), 0U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.channel_begin; }), 0U);
    EXPECT_EQ(found_with([](CheckpointKey& key) { ++key.channel_count; }), 0U);
}

TEST(Checkpoint, DamageIsNoticed) {
    constexpr uint32_t count = 5;
    Bench bench;
    CheckpointStore store(bench.meter, bench.header);
    save(bench, store, 4, count);
    const std::vector<std::byte> good = bench.nvm.memory;
    for (uint32_t bit = 0; bit < (count * 4 + checkpoint_trailer_bytes) * 8; ++bit) {
        bench.nvm.memory = good;
        bench.nvm.memory[bench.header.checkpoints_offset + bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        CheckpointStore after(bench.meter, bench.header);
        std::vector<int32_t> sums(count);
        const bool accepted = after.find(key_of(0), count) != 0 && after.restore(sums, count);
        EXPECT_FALSE(accepted) << "bit " << bit;
    }
}

TEST(Footprint, EveryTornByteLeavesTheNewestOrTheOneBefore) {
    for (uint32_t saved = 0; saved < 5; ++saved) {
        for (uint32_t torn = 0; torn <= footprint_bytes; ++torn) {
            Bench bench;
            FootprintStore store(bench.meter, bench.header);
            for (uint32_t i = 1; i <= saved; ++i) store.save(9, i * 1000);
            bench.limited.allowed = torn;
            store.save(9, (saved + 1) * 1000);
            bench.limited.allowed = SIZE_MAX;
            FootprintStore after(bench.meter, bench.header);
            const uint32_t found = after.load(9);
            // Bytes that do not change need not arrive.
            ASSERT_TRUE(found == saved * 1000 || (torn > 8 && found == (saved + 1) * 1000));
            ASSERT_TRUE(torn < footprint_bytes || found == (saved + 1) * 1000);
            bench.limited.allowed = footprint_bytes / 2;
            after.save(9, found + 1);
            bench.limited.allowed = SIZE_MAX;
            ASSERT_EQ(FootprintStore(bench.meter, bench.header).load(9), found);
        }
    }
}

TEST(Footprint, OfAnotherEpochIsNone) {
    Bench bench;
    FootprintStore store(bench.meter, bench.header);
    EXPECT_EQ(store.load(0), 0U);
    store.save(5, 77);
    EXPECT_EQ(store.load(4), 0U);
    EXPECT_EQ(store.load(6), 0U);
    EXPECT_EQ(store.load(5), 77U);
    store.save(6, 3);
    EXPECT_EQ(store.load(5), 77U);
    EXPECT_EQ(store.load(6), 3U);
}

TEST(Footprint, TheAreasOfSumsAreApart) {
    Bench bench;
    const FootprintStore store(bench.meter, bench.header);
    const uint32_t begin = bench.header.sums_offset + 2 * footprint_bytes;
    EXPECT_EQ(store.sum_offset(0, 0), begin);
    EXPECT_EQ(store.sum_offset(1, 0), begin + 64);
    EXPECT_EQ(store.sum_offset(2, 15), begin + 60);
    EXPECT_EQ(store.sum_offset(3, 15), begin + 124);
}

}  // namespace
}  // namespace dynbal::test
