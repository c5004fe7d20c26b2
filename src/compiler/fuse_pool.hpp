//! Merges pooling into the convolution before it, where its windows can be computed whole in SRAM.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/price_tiles.hpp"
#include "graph/graph.hpp"

namespace dynbal::compiler {

/// A stage as it will be executed: a float stage and perhaps the pooling stage fused into it.
struct PlannedStage {
    Stage stage;
    bool fused = false;
    Stage pool;  ///< only if fused

    TensorId output() const { return fused ? pool.output : stage.output; }
};

/// Loop-nest geometry; `weight_bytes` of one weight.
LoopShape shape_of(const Graph& graph, const PlannedStage& planned, uint32_t weight_bytes);

/// Decides for each convolution with a pooling stage behind it: fused if that is cheaper without failures and
/// under weak supplies too.
std::vector<PlannedStage> fuse_pools(const Graph& graph, const StagePrices& prices, uint32_t arena_bytes,
                                     uint32_t weight_bytes);

}  // namespace dynbal::compiler
