//! What NVM knows of the progress of a stage: made durable as plans are finished, found again at a boot.
//!
//! The facts of the image's method (plugin/preservation.hpp) decide; nobody else in the engine but for prices asks for them.
//! Invariants:
//!  1. what find() says was finished: a footprint is written behind the values or sums it speaks for, and of one region
//!     and configuration only (`epoch`);
//!  2. a plan that is performed again writes the same bytes to the same places.
#pragma once

#include "nvm/checkpoint.hpp"
#include "nvm/footprint.hpp"
#include "nvm/values.hpp"
#include "plugin/schedule.hpp"

namespace dynbal {

/// Which stage of which inference.
struct StageRef {
    uint16_t index = 0;
    uint32_t inference = 0;
};

/// What a plan has made: values are encoded in place; sums have room for a checkpoint's trailer behind them.
struct Made {
    std::span<int16_t> values;
    std::span<int32_t> sums_buffer;
    uint32_t sum_count = 0;
};

class Preserver {
public:
    /// `runs` is working memory for the stage's state runs; it must outlive this object.
    Preserver(Meter& meter, const ImageHeader& header, const StageDescriptor& stage, const StageRef& ref,
              std::span<StateRun> runs);

    /// Reads the state runs; false if they are damaged.
    bool open(uint32_t pixels, TrafficClass why) { return values_.open(ref_.inference & 1U, pixels, why); }

    /// Makes durable what a plan has made, and notes it under `epoch` where the method does.
    void finish(const JobOrder& order, const JobPlan& plan, const Made& made, uint32_t epoch);
    /// What is filled next of an inference that was given up: a job where each value counts, else so little of one that a power
    /// cycle of the least energy gets on.
    static Job job_to_fill(const JobOrder& order, uint32_t done);
    /// Writes the values of such a job; `done` are filled then.
    void fill(const JobOrder& order, const Job& job, std::span<int16_t> values, uint32_t epoch, uint32_t done);

    /// How far the region really is, where the record says that `known` are done; `running`: not given up.
    Progress find(const Schedule& schedule, uint32_t epoch, uint32_t known, bool running);
    /// Input channels in the newest checkpoint of the job at `done`; 0 if there is none, or no such job.
    uint32_t find_sums(const Schedule& schedule, uint32_t done);

    /// Fetches the sums of the checkpoint that find_sums() has found; false if they are damaged.
    bool restore_sums(const Made& made) { return checkpoints_.restore(made.sums_buffer, made.sum_count); }
    /// Fetches the sums that the pass before has stored.
    void fetch_sums(const JobOrder& order, const JobPlan& plan, const Made& made);

private:
    uint32_t find_done(const Schedule& schedule, uint32_t epoch, uint32_t known, bool running);
    CheckpointKey key_of(const Job& job, uint32_t channels_done) const;

    StageRef ref_;
    ValueStore values_;
    CheckpointStore checkpoints_;
    FootprintStore footprints_;
};

}  // namespace dynbal
