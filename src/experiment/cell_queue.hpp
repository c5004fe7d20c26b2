//! Cells and the models that they need, handed out so that what can be finished early is: a model's cells run as soon as it is
//! made, while others still are.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "experiment/model_store.hpp"

namespace dynbal::experiment {

class CellQueue {
public:
    /// Something to do: to add the model of this cell to the store, or to run the cell.
    struct Work {
        const Cell* cell = nullptr;
        bool adds_model = false;
        size_t group = 0;
    };

    /// `cells` must outlive it. Models that are in the store already are not handed out.
    CellQueue(const Grid& grid, std::span<const Cell> cells, const ModelStore& models);

    /// The first cell that can be run; a model if there is none; waits for models of other threads if there is neither. None when all
    /// is handed out or stop() was called. Thread-safe.
    std::optional<Work> next();
    /// Work of next() that adds a model is done: its cells can run. Thread-safe.
    void model_added(const Work& work);
    /// What waits need not wait any longer. Thread-safe.
    void stop();

private:
    std::span<const Cell> cells_;
    std::vector<std::vector<size_t>> groups_;  ///< cells of one model each, as indices into cells_
    std::set<size_t> ready_;                   ///< indices into cells_
    std::vector<size_t> to_add_;               ///< indices into groups_, the next one last
    size_t being_added_ = 0;
    bool stopped_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace dynbal::experiment
