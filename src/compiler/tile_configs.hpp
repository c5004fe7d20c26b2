//! The tile configurations of a stage that are worth looking at.
#pragma once

#include <vector>

#include "plugin/policy.hpp"

namespace dynbal::compiler {

/// Valid configurations: tile sizes where a step count changes; rows, and parts of rows. Of a dimension with more than 24
/// such sizes an even sample.
std::vector<TileConfig> sampled_configs(const LoopShape& shape, uint32_t arena_bytes);

/// Which tile dimension moves the paper's Usage Span more, at a power cycle of 100,000 MACs.
Importance importance_of(const LoopShape& shape);

}  // namespace dynbal::compiler
