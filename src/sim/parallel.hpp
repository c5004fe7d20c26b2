//! Work on all cores. Results must not depend on how it is divided: each item writes to a place of
//! its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

namespace dynbal::sim {

/// Hands out [0, count) in pieces, in ascending order, to any number of threads.
class WorkQueue {
public:
    WorkQueue(uint64_t count, uint64_t piece) : count_(count), piece_(piece) {}

    struct Piece {
        uint64_t begin = 0, end = 0;
    };
    /// The next piece; none when all has been handed out or stop() was called.
    std::optional<Piece> next();
    void stop() { next_.store(count_); }

private:
    const uint64_t count_;
    const uint64_t piece_;
    std::atomic<uint64_t> next_{0};
};

/// Runs `worker` on `jobs` threads (0: as many as there are cores; fewer if the system gives no more), this one among them,
/// until each has returned. What a worker makes for itself it keeps for all its pieces. An exception stops the queue and is
/// thrown again here.
void run_workers(WorkQueue& queue, uint32_t jobs, const std::function<void(WorkQueue&)>& worker);
/// The same for items that need nothing made for them: `item` is called for each that is handed out.
void run_items(WorkQueue& queue, uint32_t jobs, const std::function<void(uint64_t)>& item);

}  // namespace dynbal::sim
