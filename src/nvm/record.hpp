//! The progress record: where an inference stands, double-buffered in NVM.
//!
//! Invariants (SPEC.md, "Durability"):
//!  R1. A commit writes the slot that is not the newest valid one; the newest valid record is never touched.
//!  R2. A record counts only if its CRC matches; the CRC covers its length.
//!  R3. The newest of two valid records is the one whose sequence number is one ahead (modulo 2^32).
//!  R4. A record belongs to one image and one layout of records: its CRC starts from that of the image's header, which
//!      covers all of it, and from record_version, so that other records are none.
#pragma once

#include <cstdint>

#include "image/format.hpp"
#include "platform/nvm.hpp"
#include "plugin/pace.hpp"
#include "plugin/policy.hpp"

namespace dynbal {

/// Of the record's layout and meaning: records of another one are none, as those of another image.
inline constexpr uint32_t record_version = 7;

/// So many bytes of what is installed or cleared are written before a record notes it: few, so that short power cycles get on.
inline constexpr uint32_t setup_piece_bytes = 256;

enum class Phase : uint8_t {
    idle = 0,        ///< input may be loaded; if has_output, the last answer may be read
    running = 1,     ///< an inference is under way
    abandoning = 2,  ///< an inference was given up: the rest is being marked as written, without computing
    formatting = 3,  ///< so many bytes of what is cleared are cleared: Record::done
    installing = 4,  ///< so many bytes of the image are there: Record::done. Written by an installer
};

/// What the power cycle that wrote a record had done by then: decides what the end of that cycle tells.
enum class CycleState : uint8_t {
    not_begun = 0,   ///< it only loaded the input and started the inference
    begun = 1,       ///< it recovered, and nothing was finished yet
    progressed = 2,  ///< it finished something
    started = 3      ///< it started the inference, and finished something
};

/// Did the power cycle that wrote a record look at the tile table?
enum class Look : uint8_t {
    none = 0,
    follows = 1,  ///< it does so behind this record: not among what it has spent
    done = 2
};

struct Record {
    uint32_t crc = 0;  ///< of all bytes after this field; continues the image's header_crc ^ record_version
    uint32_t sequence = 0;
    uint32_t inference = 0;  ///< how many inferences have ended on this NVM; its parity is the state's polarity
    uint16_t stage = 0;
    Phase phase : 4 = Phase::idle;
    uint8_t waiting : 4 = 0;                       ///< regions of the stage behind this one, in NVM (RegionStack)
    uint8_t pace_cycles = 0;                       ///< Pace::cycles of the configuration
    CycleState cycle : 2 = CycleState::not_begun;  ///< of the power cycle that wrote this record
    Look look : 2 = Look::none;
    uint8_t idle_cycles : 4 = 0;  ///< power cycles in a row that finished nothing, up to idle_cycles_most
    uint8_t has_output : 1 = 0;
    uint8_t is_growth : 1 = 0;     ///< a cycle that made progress took the configuration, and none has got on with it
    uint8_t caution : 2 = 0;       ///< how often such a one then made none since the supply changed, up to caution_most
    uint8_t sums_dropped : 4 = 0;  ///< how often partial sums of this stage were given up for another configuration
    uint16_t channels_done = 0;    ///< input channels in the newest checkpoint of the job at `done`
    uint32_t spent = 0;            ///< cost counted in this power cycle up to the end of this record, 1/16 units
    /// Values of the region known to be finished; with sums_move, in all passes together. While idle: the CRC-32 of the input that is
    /// being loaded. While formatting or installing: bytes.
    uint32_t done = 0;
    uint32_t epoch = 0;    ///< changes whenever region or configuration does: footprints of other epochs are void
    ShortCost supply_low;  ///< bounds of a power cycle's energy; the largest cost stands for `never`
    ShortCost supply_high = ShortCost::below(never);
    Candidate choice;             ///< the running configuration, and for which energies it was chosen,
    ShortCost choice_until;       ///< from choice.from up to this
    ShortCost pace_share;         ///< and Pace::share
    uint32_t waiting_values = 0;  ///< of the waiting regions together
    Region region;                ///< the one being worked on

    static constexpr uint8_t idle_cycles_most = 15;
    static constexpr uint8_t caution_most = 3;
    const TileConfig& config() const { return choice.config; }
    constexpr Progress progress() const { return {done, channels_done}; }
    constexpr void set_progress(const Progress& at) {
        done = at.done;
        channels_done = static_cast<uint16_t>(at.channels_done);
    }
    constexpr Supply supply() const {
        const uint64_t high = supply_high.value();
        return {supply_low.value(), high == ShortCost::largest ? never : high};
    }
    constexpr Pace pace() const { return {pace_share, pace_cycles}; }
    constexpr void set_pace(const Pace& pace) {
        pace_share = pace.share;
        pace_cycles = pace.cycles;
    }
    constexpr void set_supply(const Supply& supply) {
        supply_low = ShortCost::below(supply.low);
        supply_high = supply.high == never ? ShortCost::below(never) : ShortCost::above(supply.high);
    }
};
static_assert(sizeof(Record) == record_slot_bytes);

/// Reads and writes the two slots. Holds no state of its own but which slot is next.
class RecordStore {
public:
    RecordStore(Nvm& nvm, const ImageHeader& header)
        : nvm_(&nvm), offset_(header.records_offset), crc_start_(header.header_crc ^ record_version) {}

    /// The newest valid record; false if there is none (NVM not formatted).
    bool load(Record& record);
    /// Gives `record` the next sequence number and makes it the newest.
    void commit(Record& record);
    /// Makes both slots invalid.
    void erase();
    static constexpr Traffic erase_traffic() { return {0, 2 * sizeof(Record::sequence), 2, 0, 0}; }

private:
    uint32_t sequence_of(uint32_t slot);
    bool load_slot(uint32_t slot, Record& record);
    uint32_t crc_of(Record& record) const;

    Nvm* nvm_;
    uint32_t offset_;
    uint32_t crc_start_;
    uint32_t next_slot_ = 0;
};

/// What is left of a stage behind the region being worked on: a stack in NVM, the next one on top. How many count stands in
/// the record alone, so it changes with a commit, whole or not at all: regions are pushed above what the newest record
/// counts, before the record that counts them.
class RegionStack {
public:
    RegionStack(Nvm& nvm, const ImageHeader& header)
        : nvm_(&nvm), offset_(header.records_offset + 2 * record_slot_bytes) {}

    /// `regions[0]` becomes the top. There must be room, and at most 3 are pushed at a time.
    void push(Record& record, std::span<const Region> regions);
    /// The top one becomes the region of `record`; there must be one.
    void pop(Record& record);
    static constexpr bool has_room(uint32_t waiting, uint32_t more) { return waiting + more <= waiting_regions_max; }

private:
    Nvm* nvm_;
    uint32_t offset_;
};

}  // namespace dynbal
