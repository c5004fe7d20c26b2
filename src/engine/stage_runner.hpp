//! Runs the jobs of one stage: fetches weights and input into SRAM as the loop nest says, computes, writes.
#pragma once

#include <span>

#include "engine/checkpoint.hpp"
#include "engine/footprint.hpp"
#include "engine/meter.hpp"
#include "engine/ops/operation.hpp"
#include "engine/progress.hpp"
#include "image/format.hpp"
#include "plugin/job_order.hpp"

namespace dynbal {

class StageRunner {
public:
    /// `arena` is the SRAM for buffers, header.arena_bytes of it, 4-byte aligned.
    StageRunner(Meter& meter, const ImageHeader& header, std::span<std::byte> arena, const StageDescriptor& stage,
                uint16_t stage_index, uint32_t inference);

    const LoopShape& shape() const { return shape_; }
    /// Divides the arena for a configuration and forgets what was in it; false if the configuration does not fit.
    bool configure(const TileConfig& config);
    /// Looks for a checkpoint of `job`, the next to be run; returns how many input channels it holds.
    uint32_t resume(const Job& job);
    /// Computes the job and writes its values.
    void run(const JobOrder& order, const Job& job, ValueStore& values);
    /// One job of pass `pass` with sums_move: the last pass writes the values, the others store sums and, for
    /// recovery, that `done` values of this epoch are finished then.
    void run_pass(const JobOrder& order, const Job& job, uint32_t pass, uint32_t epoch, uint32_t done,
                  ValueStore& values);
    /// Values of this epoch that passes which only store sums have finished.
    uint32_t stored_progress(uint32_t epoch) { return footprints_.load(epoch); }
    /// Writes the job's values as zeros: marks them as written when an inference is given up.
    void fill(const Job& job, ValueStore& values);

private:
    void divide_arena();
    void fetch_block(const Range& block);
    void fetch_headers(const Range& channels);
    void fetch_pass_weights(const Range& channels, const Range& slice);
    void fetch_window(const Range& pixels, const Range& channels);
    void make_room(const Box& before, const InputWindow::Step& step);
    void fetch_box(const Box& box, uint32_t operand);
    void fetch_words(uint32_t operand, uint32_t row, uint32_t col, uint32_t channel, uint32_t count);
    int16_t* window_word(uint32_t operand, uint32_t row, uint32_t col);
    uint32_t row_pitch() const { return plan_.window_cols * window_.held().channels.size(); }
    JobContext context_of(const Job& job, const Range& channels_in);
    void compute(const JobContext& ctx, uint32_t channels_each, bool last);
    void run_at_once(const JobOrder& order, const Job& job);
    void run_in_passes(const Job& job);
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

    TileConfig config_;
    BufferPlan plan_;
    InputWindow window_;
    Range block_;  ///< output channels whose weights are in SRAM
    Range slice_;  ///< with sums_move: the input channels of these weights
    uint32_t weight_row_bytes_ = 0;
    uint32_t resumed_channels_ = 0;  ///< input channels in the checkpoint that the next job starts from

    ChannelHeader* headers_ = nullptr;
    std::byte* weights_ = nullptr;
    int16_t* windows_[2] = {nullptr, nullptr};
    int16_t* patch_ = nullptr;
    std::span<int32_t> sums_;
    int16_t* out_ = nullptr;
};

}  // namespace dynbal
