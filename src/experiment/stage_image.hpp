//! Images derived from a compiled one, for those who choose configurations themselves.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/image_file.hpp"

namespace dynbal::experiment {

/// The same network with one configuration a stage: `configs`, one for each stage. What a stage may run with then
/// is decided, under any policy and any supply.
compiler::ImageFile with_choices(const compiler::ImageFile& file, std::span<const TileConfig> configs);

/// One stage as a network of its own: the same geometry, places, transfers and work. Its input is a single value
/// that nobody reads back, so its answers mean nothing; its traffic is that of the stage in the network.
compiler::ImageFile stage_alone(const compiler::ImageFile& file, uint32_t stage);

}  // namespace dynbal::experiment
