#include "torture/places.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32.hpp"
#include "nvm/checkpoint.hpp"
#include "plugin/job_order.hpp"

namespace dynbal::torture {

const char* text_of(Place place) {
    switch (place) {
        case Place::not_formatted: return "a boot before format() has ended";
        case Place::idle: return "a boot between inferences";
        case Place::newer_slot_torn: return "the record that would be newer is torn";
        case Place::nothing_found: return "nothing was finished since the record";
        case Place::values_found: return "values were finished since the record";
        case Place::part_of_a_job_found: return "a part of a job was finished";
        case Place::stage_found_finished: return "all of the region was finished";
        case Place::checkpoint_found: return "a checkpoint of sums is gone on with";
        case Place::checkpoint_damaged: return "a checkpoint's sums are damaged";
        case Place::footprint_found: return "a footprint says how far passes are";
        case Place::footprint_torn: return "a footprint is torn";
        case Place::just_started: return "the cycle before had only started";
        case Place::abandoning: return "an inference is being given up";
        case Place::look_without_change: return "a look at the table changes nothing";
        case Place::look_not_repeated: return "a look at the table that failed is not repeated";
        case Place::table_given_up: return "the row of least need is read alone";
        case Place::reconfigured: return "another configuration, because it pays";
        case Place::shrunk: return "another configuration, because a cycle achieved nothing";
        case Place::rest_is_one_region: return "what is left is one region";
        case Place::rest_is_several_regions: return "what is left are several regions";
        case Place::regions_nearly_full: return "room for regions runs out";
        case Place::region_taken_from_stack: return "a region that waited is worked on";
        case Place::sums_dropped: return "partial sums are given up";
        case Place::pace_noticed: return "the pace differs from what the price promises";
        case Place::input_was_whole: return "start() in a later cycle than the input's";
        case Place::input_was_torn: return "start() refused, for the input is torn";
    }
    return "";
}

void Places::add(const Places& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::vector<Place> Places::never() const {
    std::vector<Place> places;
    for (size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) places.push_back(static_cast<Place>(i));
    }
    return places;
}

namespace {

template <typename T>
T at(std::span<const std::byte> memory, uint32_t offset) {
    T value;
    std::memcpy(&value, memory.data() + offset, sizeof(value));
    return value;
}

/// One of the slots claims a number beyond the newest valid record's, or begins like it and is none.
bool has_torn_record(const Boot& boot) {
    for (const uint32_t slot : {0U, 1U}) {
        const auto claimed = at<Record>(boot.before, boot.header->records_offset + slot * record_slot_bytes);
        if (claimed.sequence == boot.record->sequence + 1) return true;
    }
    return false;
}

bool has_torn_footprint(const Boot& boot) {
    for (const uint32_t slot : {0U, 1U}) {
        const std::span<const std::byte> footprint =
            boot.before.subspan(boot.header->sums_offset + slot * footprint_bytes, footprint_bytes);
        const bool empty =
            std::all_of(footprint.begin(), footprint.end(), [](std::byte b) { return b == std::byte{}; });
        if (!empty && crc32(footprint.first(8)) != at<uint32_t>(footprint, 8)) return true;
    }
    return false;
}

/// The checkpoint that the engine goes on with, of the job that comes next: its trailer is whole, and its sums are not.
bool has_damaged_checkpoint(const Boot& boot, const LoopShape& shape) {
    const JobOrder order(shape, boot.after.config(), boot.after.region);
    const Job job = order.job_at(boot.after.done);
    const uint32_t sums_bytes = 4 * positions_of(shape, job.pixels).count() * job.channels.size();
    for (const uint32_t slot : {0U, 1U}) {
        const std::span<const std::byte> checkpoint = boot.before.subspan(
            boot.header->checkpoints_offset + slot * checkpoint_slot_bytes, sums_bytes + checkpoint_trailer_bytes);
        const auto trailer = at<CheckpointTrailer>(checkpoint, sums_bytes);
        const bool whole = crc32(checkpoint.subspan(sums_bytes, checkpoint_trailer_bytes - 4)) == trailer.trailer_crc;
        const bool same =
            trailer.key.channels_done == boot.after.channels_done && trailer.key.stage == boot.after.stage;
        if (whole && same && crc32(checkpoint.first(sums_bytes)) != trailer.sums_crc) return true;
    }
    return false;
}

void note_look(Places& places, const Boot& boot) {
    const Record& before = *boot.record;
    const Record& after = boot.after;
    const auto happened = [&](EventKind kind) {
        return std::find(boot.events.begin(), boot.events.end(), kind) != boot.events.end();
    };
    const bool reconfigured = happened(EventKind::reconfigured);
    const bool shrunk = happened(EventKind::shrunk);
    if (reconfigured) places.reach(Place::reconfigured);
    if (shrunk) places.reach(Place::shrunk);
    if (after.look == Look::done && !reconfigured && !shrunk) places.reach(Place::look_without_change);
    if (after.idle_cycles > 0 && before.look != Look::none && after.look == Look::none) {
        places.reach(Place::look_not_repeated);
    }
    if (after.idle_cycles > 2 && after.look == Look::done) places.reach(Place::table_given_up);
    if (after.epoch != before.epoch) {
        places.reach(after.waiting > before.waiting ? Place::rest_is_several_regions : Place::rest_is_one_region);
    }
    if (after.waiting + 6U > waiting_regions_max) places.reach(Place::regions_nearly_full);
    if (after.sums_dropped > before.sums_dropped) places.reach(Place::sums_dropped);
    if (after.pace() != before.pace()) places.reach(Place::pace_noticed);
}

void note_progress(Places& places, const Boot& boot) {
    const Record& before = *boot.record;
    const Record& after = boot.after;
    if (before.cycle == CycleState::not_begun) places.reach(Place::just_started);
    const uint32_t stage_offset =
        boot.header->stages_offset + after.stage * static_cast<uint32_t>(sizeof(StageDescriptor));
    const LoopShape shape = shape_of(*boot.header, at<StageDescriptor>(boot.before, stage_offset));
    if (after.channels_done != 0) {
        places.reach(has_damaged_checkpoint(boot, shape) ? Place::checkpoint_damaged : Place::checkpoint_found);
    }
    if (after.epoch != before.epoch) return;  // what was found is counted otherwise now
    const bool further = after.done != before.done || after.channels_done != before.channels_done;
    places.reach(further ? Place::values_found : Place::nothing_found);
    const bool sums_move = before.config().order == LoopOrder::sums_move;
    if (further && sums_move && before.phase == Phase::running) places.reach(Place::footprint_found);
    if (!sums_move && after.done == before.region.values()) places.reach(Place::stage_found_finished);
    const JobOrder order(shape, before.config(), before.region);
    const bool inside = !sums_move && after.done > 0 && after.done < order.values();
    if (inside && order.job_begin(after.done) != after.done) places.reach(Place::part_of_a_job_found);
}

}  // namespace

void note_boot(Places& places, const Boot& boot) {
    if (!boot.formatted || !boot.record) return places.reach(Place::not_formatted);
    if (has_torn_record(boot)) places.reach(Place::newer_slot_torn);
    if (boot.record->phase == Phase::idle) return places.reach(Place::idle);
    if (has_torn_footprint(boot)) places.reach(Place::footprint_torn);
    if (boot.record->phase == Phase::abandoning) places.reach(Place::abandoning);
    note_progress(places, boot);
    note_look(places, boot);
}

}  // namespace dynbal::torture
