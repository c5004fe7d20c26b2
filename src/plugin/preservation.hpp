//! What a preservation method is: facts that say what a power failure leaves of a stage, and what that costs.
//!
//! The engine does what they say (nvm/preserver.hpp), and pricing counts what they say (plugin/schedule.hpp, plugin/walk.hpp):
//! nobody asks which method it is. So priced is counted, and answers are the same bits, under each of them.
//! A method is a file of facts in plugin/methods/ and a line in plugin/methods.hpp.
#pragma once

#include "plugin/cost.hpp"

namespace dynbal {

/// Bytes of the record that follows the sums in a checkpoint (see SPEC.md).
inline constexpr uint32_t checkpoint_trailer_bytes = 28;
/// Size of a checkpoint slot in NVM: bounds the sums of a job that runs in passes.
inline constexpr uint32_t checkpoint_slot_bytes = 4096;
/// Bytes of a footprint, the note of how far a region is.
inline constexpr uint32_t footprint_bytes = 12;

/// Where the sums of a plan start from, and what becomes of them.
enum class SumsFrom : uint8_t { zero, sram, checkpoint, area };
enum class SumsTo : uint8_t { values, checkpoint, area };

/// The least that a power failure leaves of a stage.
enum class Kept : uint8_t {
    values,  ///< each value that was written: its state tells
    jobs,    ///< each job, or pass of one: the footprint behind it tells
    stages,  ///< nothing but whole stages: a record tells
};

struct Preservation {
    Kept kept = Kept::values;
    uint8_t values_note_bytes = 0;      ///< of the footprint behind the values of a job; 0: there is none
    uint8_t checkpoint_note_bytes = 0;  ///< behind the sums of a pass inside a job; 0: they stay in SRAM
    uint8_t area_note_bytes = 0;        ///< of the footprint behind the sums of a pass of all jobs; 0: there is none

    constexpr uint32_t note_bytes(SumsTo to) const {
        switch (to) {
            case SumsTo::values: return values_note_bytes;
            case SumsTo::checkpoint: return checkpoint_note_bytes;
            case SumsTo::area: return area_note_bytes;
        }
        return 0;
    }
};

/// Finding the trailers of both checkpoints, at a boot.
constexpr Traffic checkpoint_search_traffic() { return {2 * checkpoint_trailer_bytes, 0, 2, 0}; }
/// Finding the newest footprint, at a boot.
constexpr Traffic footprint_search_traffic() { return {2 * footprint_bytes, 0, 2, 0}; }

}  // namespace dynbal
