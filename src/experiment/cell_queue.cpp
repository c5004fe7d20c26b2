#include "experiment/cell_queue.hpp"

#include <algorithm>
#include <map>

namespace dynbal::experiment {

CellQueue::CellQueue(const Grid& grid, std::span<const Cell> cells, const ModelStore& models) : cells_(cells) {
    std::map<ModelStore::Key, size_t> group_of;
    for (size_t i = 0; i < cells.size(); ++i) {
        if (models.has(grid, cells[i])) {
            ready_.insert(i);
            continue;
        }
        const auto [place, is_new] = group_of.try_emplace(ModelStore::key_of(grid, cells[i]), groups_.size());
        if (is_new) groups_.emplace_back();
        groups_[place->second].push_back(i);
    }
    for (size_t group = groups_.size(); group-- > 0;) to_add_.push_back(group);
}

std::optional<CellQueue::Work> CellQueue::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || !ready_.empty() || !to_add_.empty() || being_added_ == 0; });
    if (stopped_) return std::nullopt;
    if (!ready_.empty()) return Work{.cell = &cells_[ready_.extract(ready_.begin()).value()]};
    if (to_add_.empty()) return std::nullopt;
    const size_t group = to_add_.back();
    to_add_.pop_back();
    ++being_added_;
    return Work{.cell = &cells_[groups_[group].front()], .adds_model = true, .group = group};
}

void CellQueue::model_added(const Work& work) {
    const std::lock_guard lock(mutex_);
    ready_.insert(groups_[work.group].begin(), groups_[work.group].end());
    --being_added_;
    changed_.notify_all();
}

void CellQueue::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

}  // namespace dynbal::experiment
