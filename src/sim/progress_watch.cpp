#include "sim/progress_watch.hpp"

#include <cstring>
#include <tuple>

namespace dynbal::sim {
namespace {

/// Larger is further.
std::tuple<uint32_t, Phase, uint16_t, int64_t> stand_of(const Record& record) {
    // Between inferences the region is none.
    const int64_t left = int64_t{record.region.values()} + record.waiting_values;
    return {record.inference, record.phase, record.stage, -left};
}

std::tuple<uint32_t, uint16_t> done_of(const Record& record) {
    if (record.phase == Phase::idle) return {};  // what stands there tells inputs apart
    return {record.done, record.channels_done};
}

}  // namespace

std::optional<Record> newest_record(std::span<const std::byte> memory, const ImageHeader& header) {
    struct View final : Nvm {
        std::span<const std::byte> bytes;
        void read(uint32_t from, std::span<std::byte> target) override {
            std::memcpy(target.data(), bytes.data() + from, target.size());
        }
        void write(uint32_t, std::span<const std::byte>) override {}
    } view;
    view.bytes = memory;
    Record record;
    return RecordStore(view, header).load(record) ? std::optional(record) : std::nullopt;
}

bool ProgressWatch::note(const std::optional<Record>& record) {
    if (!record) return false;
    if (!furthest_ || stand_of(*record) > stand_of(*furthest_)) {
        furthest_ = record;
        return true;
    }
    const bool same_stand = stand_of(*record) == stand_of(*furthest_);
    const bool same_epoch = record->epoch == furthest_->epoch;
    const bool further = same_stand && same_epoch && done_of(*record) > done_of(*furthest_);
    if (further || (same_stand && !same_epoch)) furthest_ = record;
    return further;
}

}  // namespace dynbal::sim
