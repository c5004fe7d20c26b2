//! Performs the plans of one stage's schedule: fetches weights and input into SRAM, computes, writes.
#pragma once

#include <optional>
#include <span>

#include "engine/checkpoint.hpp"
#include "engine/footprint.hpp"
#include "engine/meter.hpp"
#include "engine/ops/operation.hpp"
#include "engine/progress.hpp"
#include "image/format.hpp"
#include "plugin/schedule.hpp"

namespace dynbal {

class StageRunner {
public:
    /// `arena` is the SRAM for buffers, header.arena_bytes of it, 4-byte aligned.
    StageRunner(Meter& meter, const ImageHeader& header, std::span<std::byte> arena, const StageDescriptor& stage,
                uint16_t stage_index, uint32_t inference);

    const LoopShape& shape() const { return shape_; }
    /// The schedule of the region that configure() was told of.
    const Schedule& schedule() const { return *schedule_; }
    /// Divides the arena for a configuration and forgets what was in it; false if the configuration does not fit.
    bool configure(const TileConfig& config, const Region& region);
    /// Looks for a checkpoint of the job at value `done`, the next to be run; returns how many input channels it holds.
    uint32_t resume(uint32_t done);
    /// Performs the next plan from `at` on and returns how far the region is then. With sums that move, NVM notes it
    /// under `epoch`.
    Progress perform_next(const Progress& at, uint32_t epoch, ValueStore& values);
    /// Values of this epoch that passes which only store sums have finished.
    uint32_t stored_progress(uint32_t epoch) { return footprints_.load(epoch); }
    /// Writes the values of the job at `done` as zeros and returns how many: marks them as written when an inference is
    /// given up.
    uint32_t fill(uint32_t done, ValueStore& values);

private:
    void divide_arena();
    bool load_sums(const JobPlan& plan, std::span<int32_t> sums);
    void fetch(const JobPlan& plan);
    void fetch_headers(const Range& channels);
    void fetch_weights(const Range& channels, const Range& slice);
    void make_room(const JobPlan& plan);
    void fetch_box(const Box& box, uint32_t operand);
    void fetch_words(uint32_t operand, uint32_t row, uint32_t col, uint32_t channel, uint32_t count);
    void store(const JobPlan& plan, std::span<int32_t> sums, uint32_t epoch, ValueStore& values);
    int16_t* window_word(uint32_t operand, uint32_t row, uint32_t col);
    uint32_t row_pitch() const { return schedule_->buffers().window_cols * schedule_->held().channels.size(); }
    JobContext context_of(const JobPlan& plan);
    void compute(const JobPlan& plan);
    CheckpointKey key_of(const Job& job, uint32_t channels_done) const;

    Meter* meter_;
    StageDescriptor stage_;
    LoopShape shape_;
    const Operation* operation_;
    CheckpointStore checkpoints_;
    FootprintStore footprints_;
    std::span<std::byte> arena_;
    uint16_t stage_index_;
    uint32_t inference_;

    std::optional<Schedule> schedule_;
    uint32_t weight_row_bytes_ = 0;

    ChannelHeader* headers_ = nullptr;
    std::byte* weights_ = nullptr;
    int16_t* windows_[2] = {nullptr, nullptr};
    int16_t* patch_ = nullptr;
    std::span<int32_t> sums_;
    int16_t* out_ = nullptr;
};

}  // namespace dynbal
