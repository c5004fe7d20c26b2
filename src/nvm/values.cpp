#include "nvm/values.hpp"

#include "platform/assertion.hpp"

namespace dynbal {

ValueStore::ValueStore(Meter& meter, const TensorPlace& place, const StateRuns& states, std::span<StateRun> runs)
    : meter_(&meter), place_(place), states_(states), runs_(runs.first(states.run_count)) {}

bool ValueStore::open(uint32_t inference_parity, uint32_t pixels, TrafficClass why) {
    parity_ = inference_parity;
    meter_->read(why, states_.runs_offset, std::as_writable_bytes(runs_));
    uint32_t end = 0;
    for (const StateRun& run : runs_) {
        if (run.end_value <= end) {
            return false;
        }
        end = run.end_value;
    }
    return storage_index(pixels - 1, place_.channels - 1u) < end;
}

const StateRun& ValueStore::run_at(uint32_t storage_index) const {
    size_t low = 0;
    size_t high = runs_.size() - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (storage_index < runs_[middle].end_value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return runs_[low];
}

uint16_t ValueStore::state_of(const StateRun& run) const {
    return static_cast<uint16_t>(((parity_ & run.odd_writes) ^ run.written_before ^ 1U) & 1U);
}

void ValueStore::encode(uint32_t first_index, std::span<int16_t> values) const {
    for (size_t i = 0; i < values.size();) {
        const StateRun& run = run_at(first_index + static_cast<uint32_t>(i));
        const uint16_t top = static_cast<uint16_t>(state_of(run) << 15U);
        const size_t end = min_u32(run.end_value - first_index, static_cast<uint32_t>(values.size()));
        for (; i < end; ++i) {
            values[i] = static_cast<int16_t>((static_cast<uint16_t>(values[i]) & 0x7FFFU) | top);
        }
    }
}

void ValueStore::write(const Job& job, std::span<int16_t> values) {
    DYNBAL_ASSERT(values.size() == job.values() && !values.empty());
    DYNBAL_ASSERT(job.channels.end <= place_.channels);
    DYNBAL_ASSERT(storage_index(job.pixels.end - 1, job.channels.end - 1) < runs_.back().end_value);
    const uint32_t channels = job.channels.size();
    const bool contiguous = channels == place_.pixel_stride;
    const uint32_t piece = contiguous ? job.values() : channels;
    uint32_t pixel = job.pixels.begin;
    for (uint32_t begin = 0; begin < job.values(); begin += piece, ++pixel) {
        const std::span<int16_t> words = values.subspan(begin, piece);
        encode(storage_index(pixel, job.channels.begin), words);
        meter_->write(TrafficClass::outputs, address_of(pixel, job.channels.begin), std::as_bytes(words));
    }
}

/// Not inlined: a transfer of one byte dwarfs a call, and flash is scarce.
[[gnu::noinline]] std::byte ValueStore::state_byte(const Position& position) {
    std::byte high{};
    meter_->read(TrafficClass::recovery, address_of(position.pixel, position.channel) + 1, {&high, 1});
    return high;
}

bool ValueStore::is_finished(const Position& position) {
    const uint32_t state = static_cast<uint32_t>(state_byte(position)) >> 7U;
    return state == state_of(run_at(storage_index(position.pixel, position.channel)));
}

void ValueStore::unfinish(const Position& position) {
    DYNBAL_ASSERT(position.channel < place_.channels);
    DYNBAL_ASSERT(storage_index(position.pixel, position.channel) < runs_.back().end_value);
    if (is_finished(position)) {
        const std::byte flipped = state_byte(position) ^ std::byte{0x80};
        meter_->write(TrafficClass::outputs, address_of(position.pixel, position.channel) + 1, {&flipped, 1});
    }
}

uint32_t ValueStore::count_finished(const JobOrder& order, uint32_t known) {
    ProgressSearch search = order.search_from(known);
    while (!search.ended()) {
        search.tell(is_finished(order.position_of(search.probe())));
    }
    return search.found();
}

}  // namespace dynbal
