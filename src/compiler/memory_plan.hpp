//! Where each tensor lies in NVM, and the write history of every place (see StateRun in image/format.hpp).
#pragma once

#include <vector>

#include "compiler/fuse_pool.hpp"
#include "image/format.hpp"

namespace dynbal::compiler {

/// The memory of one tensor that is no child of another.
struct Storage {
    TensorId tensor = no_tensor;
    int first = 0;        ///< produced by this stage; -1: the model input
    int last = 0;         ///< read last by this stage; one past the last stage: the model output
    uint32_t bytes = 0;   ///< really written
    uint32_t offset = 0;  ///< relative to the tensor area
    std::vector<StateRun> runs;
};

struct MemoryPlan {
    std::vector<Storage> storages;  ///< by order of production
    uint32_t bytes = 0;

    const Storage& of(TensorId root) const;
};

/// Gives every storage a place of its own, or, `shared`, lets storages that are not needed at the same time share
/// memory. Throws InputError if the storages exceed what an image can address.
MemoryPlan plan_memory(const Graph& graph, const std::vector<PlannedStage>& stages, bool shared);

/// The root of a tensor's chain of parents, and its channel offset in it.
TensorId root_of(const Graph& graph, TensorId id, uint32_t& channel);

}  // namespace dynbal::compiler
