#include "sim/parallel.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dynbal::sim {

std::optional<WorkQueue::Piece> WorkQueue::next() {
    uint64_t begin = next_.load();
    while (begin < count_) {
        const uint64_t end = begin + std::min(piece_, count_ - begin);
        if (next_.compare_exchange_weak(begin, end)) return Piece{begin, end};
    }
    return std::nullopt;
}

void run_workers(WorkQueue& queue, uint32_t jobs, const std::function<void(WorkQueue&)>& worker) {
    std::mutex failing;
    std::exception_ptr failure;
    const auto guarded = [&] {
        try {
            worker(queue);
        } catch (...) {
            queue.stop();
            const std::lock_guard lock(failing);
            if (failure == nullptr) failure = std::current_exception();
        }
    };
    const uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> others(std::max(1U, jobs == 0 ? cores : jobs) - 1);
        try {
            for (std::jthread& thread : others) thread = std::jthread(guarded);
        } catch (const std::system_error&) {
            // No more threads may be had: those that are there do the work.
        }
        guarded();
    }
    if (failure != nullptr) std::rethrow_exception(failure);
}

void run_items(WorkQueue& queue, uint32_t jobs, const std::function<void(uint64_t)>& item) {
    run_workers(queue, jobs, [&](WorkQueue& work) {
        while (const auto piece = work.next()) {
            for (uint64_t index = piece->begin; index < piece->end; ++index) item(index);
        }
    });
}

}  // namespace dynbal::sim
