//! Branches of recovery, seen from outside: what NVM held before a boot, and what the engine made of it. Costs the device nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nvm/record.hpp"
#include "platform/trace.hpp"

namespace dynbal::torture {

enum class Place : uint8_t {
    not_formatted,
    idle,
    newer_slot_torn,
    nothing_found,
    values_found,
    part_of_a_job_found,
    stage_found_finished,
    checkpoint_found,
    checkpoint_damaged,
    footprint_found,
    footprint_torn,
    just_started,
    abandoning,
    look_without_change,
    look_not_repeated,
    table_given_up,
    reconfigured,
    shrunk,
    rest_is_one_region,
    rest_is_several_regions,
    regions_nearly_full,
    region_taken_from_stack,
    sums_dropped,
    pace_noticed,
    input_was_whole,
    input_was_torn,
};
inline constexpr size_t place_count = static_cast<size_t>(Place::input_was_torn) + 1;
const char* text_of(Place place);

/// How often each was reached.
class Places {
public:
    void reach(Place place) { ++counts_[static_cast<size_t>(place)]; }
    void add(const Places& other);
    std::vector<Place> never() const;

private:
    std::array<uint64_t, place_count> counts_{};
};

/// What a boot began with and came to.
struct Boot {
    std::span<const std::byte> before;  ///< NVM
    const ImageHeader* header = nullptr;
    std::optional<Record> record;  ///< the newest one before
    Record after;                  ///< the engine's
    bool formatted = false;
    std::vector<EventKind> events;
};
void note_boot(Places& places, const Boot& boot);

}  // namespace dynbal::torture
