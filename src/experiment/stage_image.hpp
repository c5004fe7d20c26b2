//! Images derived from a compiled one, for those who choose configurations themselves.
#pragma once

#include <cstdint>
#include <span>

#include "image_file/image_file.hpp"

namespace dynbal::experiment {

/// The same network with one configuration a stage: `configs`, one for each stage. What a stage may run with then
/// is decided, under any policy and any supply.
ImageFile with_choices(const ImageFile& file, std::span<const TileConfig> configs);

/// One stage as a network of its own: the same geometry, places, transfers and work. Its input is a single value
/// that nobody reads back, so its answers mean nothing; its traffic is that of the stage in the network.
ImageFile stage_alone(const ImageFile& file, uint32_t stage);

}  // namespace dynbal::experiment
