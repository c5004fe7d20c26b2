//! What comes before an inference: NVM is formatted, and the input loaded. Both get on in power cycles of any length.
#include <cstring>

#include "base/crc32.hpp"
#include "engine/engine.hpp"
#include "nvm/values.hpp"
#include "platform/assertion.hpp"

namespace dynbal {
namespace {

static_assert(setup_piece_bytes <= arena_bytes_min);

struct Piece {
    uint32_t offset = 0, bytes = 0;
};

/// What format() clears. Inferences and epochs are counted from the start again: what NVM holds of former ones must not be
/// taken for theirs.
struct ClearedAreas {
    Piece areas[3];

    explicit ClearedAreas(const ImageHeader& header)
        : areas{{header.tensors_offset, header.tensors_bytes},
                {header.checkpoints_offset, 2 * checkpoint_slot_bytes},
                {header.sums_offset, 2 * footprint_bytes}} {}

    /// The piece that begins behind `done` bytes of them all; nothing behind the last one.
    Piece piece_at(uint32_t done) const {
        for (const Piece& area : areas) {
            if (done < area.bytes) {
                return {area.offset + done, min_u32(setup_piece_bytes, area.bytes - done)};
            }
            done -= area.bytes;
        }
        return {};
    }
};

}  // namespace

uint64_t Engine::least_setup_cost(const ImageHeader& header) {
    // A record that is torn is read, too.
    constexpr Traffic boot{sizeof(ImageHeader) + 2 * sizeof(Record::sequence) + 2 * sizeof(Record), 0, 5, 0, 0};
    constexpr Traffic commit{0, sizeof(Record), 1, 0, 0};
    Traffic format = boot;
    format += RecordStore::erase_traffic();
    format += {0, setup_piece_bytes, 1, 0, 0};
    format += commit;
    Traffic load = boot;
    load += {header.max_state_runs * sizeof(StateRun), sizeof(int16_t), 2, 0, 0};
    load += commit;
    load += most_search_traffic(Kept::values, header.input_values);
    const CostModel& model = header.cost_model;
    return max_u64(cost_of(model, format), cost_of(model, load));
}

Status Engine::format() {
    if (!records_) {
        return Status::no_image;
    }
    DYNBAL_ASSERT(sram_.size() >= arena_bytes_min);
    DYNBAL_ASSERT(header_.image_bytes <= header_.records_offset);
    if (record_.phase != Phase::formatting) {
        records_->erase();
        record_ = Record{};
        record_.phase = Phase::formatting;
    }
    std::memset(sram_.data(), 0, setup_piece_bytes);
    const ClearedAreas areas(header_);
    for (Piece piece = areas.piece_at(record_.done); piece.bytes != 0; piece = areas.piece_at(record_.done)) {
        meter_.write(TrafficClass::control, piece.offset, sram_.first(piece.bytes));
        record_.done += piece.bytes;
        commit();
    }
    const uint32_t sequence = record_.sequence;
    record_ = Record{};
    record_.sequence = sequence;
    commit();
    return Status::ok;
}

Status Engine::idle_status() const {
    if (!is_formatted()) {
        return Status::not_formatted;
    }
    return record_.phase == Phase::idle ? Status::ok : Status::wrong_phase;
}

Position Engine::place_of_input(uint32_t index) const {
    return {index / header_.input.channels, index % header_.input.channels};
}

/// The input is a tensor like any other: its finished values are a prefix, and it is whole when its last one is finished.
Status Engine::open_input(std::optional<ValueStore>& store) {
    store.emplace(meter_, header_.input, header_.input_states,
                  std::span<StateRun>(reinterpret_cast<StateRun*>(sram_.data()), header_.max_state_runs));
    const uint32_t pixels = header_.input_values / header_.input.channels;
    return store->open(record_.inference & 1U, pixels, TrafficClass::control) ? Status::ok : Status::bad_image;
}

uint32_t Engine::count_loaded(ValueStore& store) const {
    ProgressSearch search(0, header_.input_values, header_.input.channels);
    while (!search.ended()) {
        search.tell(store.is_finished(place_of_input(search.probe())));
    }
    return search.found();
}

void Engine::write_input(ValueStore& store, std::span<const int16_t> values, uint32_t loaded) {
    const uint32_t channels = header_.input.channels;
    const uint32_t pixels = header_.input_values / channels;
    const std::span<std::byte> buffer = sram_.subspan(header_.max_state_runs * sizeof(StateRun), header_.arena_bytes);
    const uint32_t pixels_at_once = static_cast<uint32_t>(buffer.size() / (sizeof(int16_t) * channels));
    int16_t* words = reinterpret_cast<int16_t*>(buffer.data());
    while (loaded < values.size()) {
        const Position at = place_of_input(loaded);
        const uint32_t end = at.channel != 0 ? at.pixel + 1 : min_u32(at.pixel + pixels_at_once, pixels);
        const Job job{{at.pixel, end}, {at.channel, channels}};
        std::memcpy(words, values.data() + loaded, size_t{job.values()} * sizeof(int16_t));
        store.write(job, {words, job.values()});
        loaded += job.values();
    }
}

Status Engine::load_input(std::span<const int16_t> values) {
    if (const Status status = idle_status(); status != Status::ok) {
        return status;
    }
    if (values.size() != header_.input_values) {
        return Status::wrong_size;
    }
    if (header_.arena_bytes < sizeof(int16_t) * header_.input.channels) {
        return Status::arena_too_small;
    }
    // The host may bring the input with power of its own: not counted among what this cycle has spent.
    const Traffic before = meter_.total();
    std::optional<ValueStore> store;
    if (const Status status = open_input(store); status != Status::ok) {
        return status;
    }
    uint32_t loaded = count_loaded(*store);
    const uint32_t crc = crc32(std::as_bytes(values));
    if (record_.done != crc) {
        // What is there is another input's. Taken back from its end on, it stays a prefix of that one until nothing is left.
        for (; loaded > 0; --loaded) {
            store->unfinish(place_of_input(loaded - 1));
        }
        record_.done = crc;
        commit();
    }
    write_input(*store, values, loaded);
    meter_.set_total(before);
    input_loaded_ = true;
    return Status::ok;
}

Status Engine::start() {
    if (const Status status = idle_status(); status != Status::ok) {
        return status;
    }
    if (!input_loaded_) {
        std::optional<ValueStore> store;
        if (const Status status = open_input(store); status != Status::ok) {
            return status;
        }
        if (!store->is_finished(place_of_input(header_.input_values - 1))) {
            return Status::no_input;
        }
    }
    input_loaded_ = false;
    record_.phase = Phase::running;
    record_.has_output = 0;
    record_.cycle = CycleState::not_begun;
    record_.stage = 0;
    const Status status = begin_stage();
    ready_ = status == Status::ok;
    return status;
}

}  // namespace dynbal
