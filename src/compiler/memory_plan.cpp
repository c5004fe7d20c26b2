#include "compiler/memory_plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"

namespace dynbal::compiler {
namespace {

/// Lifetimes of all storages that are used, sorted by production.
std::vector<Storage> storages_of(const Graph& graph, const std::vector<PlannedStage>& stages) {
    std::map<TensorId, Storage> found;
    const auto touch = [&](TensorId id, int when) {
        uint32_t channel = 0;
        const TensorId root = root_of(graph, id, channel);
        auto [entry, fresh] = found.try_emplace(root);
        Storage& storage = entry->second;
        if (fresh) {
            storage.tensor = root;
            storage.first = storage.last = when;
            storage.bytes = static_cast<uint32_t>(2 * graph.tensors[static_cast<size_t>(root)].size());
        }
        storage.first = std::min(storage.first, when);
        storage.last = std::max(storage.last, when);
    };
    touch(graph.input, -1);
    for (size_t i = 0; i < stages.size(); ++i) {
        for (const TensorId id : stages[i].stage.inputs) {
            touch(id, static_cast<int>(i));
        }
        touch(stages[i].output(), static_cast<int>(i));
    }
    touch(graph.output, static_cast<int>(stages.size()));
    std::vector<Storage> storages;
    storages.reserve(found.size());
    for (auto& [id, storage] : found) {
        storages.push_back(storage);
    }
    std::stable_sort(storages.begin(), storages.end(),
                     [](const Storage& a, const Storage& b) { return a.first < b.first; });
    return storages;
}

/// The answer stays readable while the next input is loaded, so input and output never share memory either.
bool conflict(const Graph& graph, const Storage& a, const Storage& b) {
    uint32_t channel = 0;
    const TensorId input = root_of(graph, graph.input, channel);
    const TensorId output = root_of(graph, graph.output, channel);
    const bool ends = (a.tensor == input && b.tensor == output) || (a.tensor == output && b.tensor == input);
    return ends || (a.first <= b.last && b.first <= a.last);
}

uint32_t place_side_by_side(std::vector<Storage>& storages) {
    uint32_t offset = 0;
    for (Storage& storage : storages) {
        storage.offset = offset;
        offset += align4(storage.bytes);
    }
    return offset;
}

/// Largest first, each at the lowest offset that is free for its lifetime.
uint32_t place_shared(const Graph& graph, std::vector<Storage>& storages) {
    std::vector<Storage*> by_size;
    by_size.reserve(storages.size());
    for (Storage& storage : storages) {
        by_size.push_back(&storage);
    }
    std::stable_sort(by_size.begin(), by_size.end(),
                     [](const Storage* a, const Storage* b) { return a->bytes > b->bytes; });
    std::vector<const Storage*> placed;
    uint32_t end = 0;
    for (Storage* storage : by_size) {
        std::stable_sort(placed.begin(), placed.end(),
                         [](const Storage* a, const Storage* b) { return a->offset < b->offset; });
        uint32_t offset = 0;
        for (const Storage* other : placed) {
            const bool apart = offset + storage->bytes <= other->offset || other->offset + other->bytes <= offset;
            if (conflict(graph, *storage, *other) && !apart) {
                offset = align4(other->offset + other->bytes);
            }
        }
        storage->offset = offset;
        placed.push_back(storage);
        end = std::max(end, offset + storage->bytes);
    }
    return end;
}

/// Splits each storage at the borders of those it shares memory with and notes each piece's write history.
void note_histories(std::vector<Storage>& storages) {
    for (Storage& storage : storages) {
        std::set<uint32_t> borders{storage.offset + storage.bytes};
        for (const Storage& other : storages) {
            for (const uint32_t border : {other.offset, other.offset + other.bytes}) {
                if (border > storage.offset && border < storage.offset + storage.bytes) {
                    borders.insert(border);
                }
            }
        }
        uint32_t begin = storage.offset;
        for (const uint32_t end : borders) {
            uint32_t writes = 0;
            uint32_t before = 0;
            for (const Storage& other : storages) {
                const bool covers = other.offset <= begin && end <= other.offset + other.bytes;
                writes += covers ? 1 : 0;
                before += covers && other.first < storage.first ? 1 : 0;
            }
            StateRun run;
            run.end_value = (end - storage.offset) / 2;
            run.odd_writes = static_cast<uint8_t>(writes % 2);
            run.written_before = static_cast<uint8_t>(before % 2);
            const bool same = !storage.runs.empty() && storage.runs.back().odd_writes == run.odd_writes &&
                              storage.runs.back().written_before == run.written_before;
            if (same) {
                storage.runs.back().end_value = run.end_value;
            } else {
                storage.runs.push_back(run);
            }
            begin = end;
        }
    }
}

}  // namespace

const Storage& MemoryPlan::of(TensorId root) const {
    return *std::find_if(storages.begin(), storages.end(), [&](const Storage& s) { return s.tensor == root; });
}

TensorId root_of(const Graph& graph, TensorId id, uint32_t& channel) {
    channel = 0;
    while (graph.tensors[static_cast<size_t>(id)].parent != no_tensor) {
        channel += static_cast<uint32_t>(graph.tensors[static_cast<size_t>(id)].parent_channel);
        id = graph.tensors[static_cast<size_t>(id)].parent;
    }
    return id;
}

MemoryPlan plan_memory(const Graph& graph, const std::vector<PlannedStage>& stages, bool shared) {
    constexpr uint64_t addressable_bytes = UINT32_MAX / 2;
    MemoryPlan plan;
    plan.storages = storages_of(graph, stages);
    uint64_t all_bytes = 0;
    for (const Storage& storage : plan.storages) {
        all_bytes += uint64_t{storage.bytes} + 3;
    }
    if (all_bytes > addressable_bytes) {
        throw InputError("the network's activations are " + std::to_string(all_bytes) +
                         " bytes in all, more than an image can address; use a smaller network");
    }
    plan.bytes = shared ? place_shared(graph, plan.storages) : place_side_by_side(plan.storages);
    note_histories(plan.storages);
    return plan;
}

}  // namespace dynbal::compiler
