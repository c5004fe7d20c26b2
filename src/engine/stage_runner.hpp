//! Performs the plans of one stage's schedule: fetches weights and input into SRAM, computes, writes.
#pragma once

#include <optional>
#include <span>

#include "engine/ops/operation.hpp"
#include "image/format.hpp"
#include "nvm/meter.hpp"
#include "nvm/preserver.hpp"
#include "plugin/schedule.hpp"

namespace dynbal {

class StageRunner {
public:
    /// `arena` is the SRAM for buffers, header.arena_bytes of it, 4-byte aligned. `preserver` must outlive this object.
    StageRunner(Meter& meter, const ImageHeader& header, std::span<std::byte> arena, const StageDescriptor& stage,
                Preserver& preserver);

    const LoopShape& shape() const { return shape_; }
    /// The schedule of the region that configure() was told of.
    const Schedule& schedule() const { return *schedule_; }
    /// Divides the arena for a configuration and forgets what was in it; false if the configuration does not fit.
    bool configure(const TileConfig& config, const Region& region);
    /// Performs the next plan from `at` on and returns how far the region is then. Where NVM notes it, it does so under
    /// `epoch`.
    Progress perform_next(const Progress& at, uint32_t epoch);
    /// Writes the values of the job at `done` as zeros and returns how many: marks them as written when an inference is
    /// given up.
    uint32_t fill(uint32_t done, uint32_t epoch);

private:
    void divide_arena();
    void fetch(const JobPlan& plan);
    void fetch_headers(const Range& channels);
    void fetch_weights(const Range& channels, const Range& slice);
    void make_room(const JobPlan& plan);
    void fetch_box(const Box& box, uint32_t operand);
    void fetch_words(uint32_t operand, uint32_t row, uint32_t col, uint32_t channel, uint32_t count);
    int16_t* window_word(uint32_t operand, uint32_t row, uint32_t col);
    uint32_t row_pitch() const { return schedule_->buffers().window_cols * schedule_->held().channels.size(); }
    JobContext context_of(const JobPlan& plan);
    void compute(const JobPlan& plan);
    Made made_by(const Job& job) const;

    Meter* meter_;
    StageDescriptor stage_;
    LoopShape shape_;
    const Operation* operation_;
    Preserver* preserver_;
    std::span<std::byte> arena_;

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
