//! The one order in which a region of a stage is fetched, computed and written. The engine performs its plans, pricing
//! sums their traffic, walks under power failures spend a budget on them: what is executed is what is priced.
//!
//! Invariants:
//!  1. a plan depends on the progress and on what SRAM holds, which a schedule follows; a new schedule holds nothing;
//!  2. performing plan after plan from any progress reaches end(), each value of the region written once.
#pragma once

#include "plugin/cost.hpp"
#include "plugin/job_order.hpp"
#include "plugin/loop_nest.hpp"

namespace dynbal {

/// How far a region is: what NVM knows.
struct Progress {
    uint32_t done = 0;           ///< values finished, in job order; with sums_move over all passes together
    uint32_t channels_done = 0;  ///< input channels in the newest checkpoint of the job at `done`; 0: none

    constexpr bool operator==(const Progress&) const = default;
};

/// One step of the nest: a job, or one pass of a job.
struct JobPlan {
    Job job;
    uint32_t pass = 0;  ///< with sums_move
    Range channels_in;  ///< input channels: of the job's groups, or the slice of this pass
    Range block;        ///< output channels whose weights are in SRAM meanwhile
    bool fetches_headers = false;
    bool fetches_weights = false;
    Box held;                  ///< input window before
    InputWindow::Step window;  ///< how it moves
    SumsFrom sums_from = SumsFrom::zero;
    SumsTo sums_to = SumsTo::values;
    Progress after;
};

/// Equal accesses in a row: transfers of NVM, or one computation.
struct Access {
    enum class Kind : uint8_t { read, write, compute };
    Kind kind = Kind::read;
    uint32_t count = 0;   ///< transfers; of a computation 1
    uint64_t amount = 0;  ///< bytes of each; of a computation MACs
};

/// The accesses of one plan in the order in which the engine makes them. From `first_write` on they make it durable.
struct AccessList {
    static constexpr uint32_t capacity = 8;
    Access items[capacity];
    uint32_t size = 0;
    uint32_t first_write = 0;

    void add(Access::Kind kind, uint32_t count, uint64_t amount);
};

class Schedule {
public:
    /// `config` is valid for shape and arena; `shape` must outlive the schedule.
    Schedule(const LoopShape& shape, const TileConfig& config, uint32_t arena_bytes, const Region& region);

    const JobOrder& order() const { return order_; }
    const TileConfig& config() const { return config_; }
    const BufferPlan& buffers() const { return buffers_; }
    const Box& held() const { return window_.held(); }
    /// Progress::done when the region is finished.
    uint32_t end() const { return order_.values_stored() + order_.values(); }

    /// The next step from this progress, taken as performed.
    JobPlan next(const Progress& at);
    /// SRAM holds nothing (any more).
    void forget();

    /// The panel that holds `done`, as a range of Progress::done: the jobs that share a pass, an outer block of pixels
    /// and a block of channels.
    Range panel_of(uint32_t done) const;
    /// How many panels follow this one that are like it but for their channels.
    uint32_t panels_alike(const Range& panel) const;
    /// Takes so many of them for performed: SRAM holds what it would hold after the last of them.
    void skip_panels(uint32_t count);

private:
    JobPlan plan_of(const Job& job) const;
    JobPlan next_at_once(const Progress& at);
    JobPlan next_pass_in_job(const Progress& at);
    JobPlan next_pass_of_all(const Progress& at);
    void move_window(JobPlan& plan, const Range& pixels);

    const LoopShape* shape_;
    TileConfig config_;
    BufferPlan buffers_;
    JobOrder order_;
    InputWindow window_;
    Range block_;                 ///< output channels whose weights are in SRAM
    Range slice_;                 ///< with sums_move: the input channels of these weights
    uint32_t channels_held_ = 0;  ///< input channels summed up in SRAM of a job that runs in passes
};

/// What performing the plan takes.
AccessList accesses_of(const LoopShape& shape, const BufferPlan& buffers, const JobPlan& plan);
Traffic traffic_of(const AccessList& accesses);

}  // namespace dynbal
