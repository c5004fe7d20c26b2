//! The analysis of design time of an image's stages (compiler/usage_map.hpp), with the prices of the image, and as JSON:
//!
//! {"search_space": configurations that fit the SRAM, "energies": [...], "winners": [{cost, tile_out, tile_in, tile_pixels,
//!  run_pixels, order}], "dimensions": [{dimension, importance, sizes: [...], cost: [size][energy]}]}
//!
//! Energies of a power cycle and costs of the stage in units; null where it never ends.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "compiler/usage_map.hpp"
#include "image_file/image_file.hpp"

namespace dynbal::report {

/// Throws InputError where the image has no such stage. `advance` is called compiler::usage_map_energies times.
compiler::UsageMap usage_map_of(const ImageFile& file, uint32_t stage, const std::function<void()>& advance = {});

nlohmann::ordered_json usage_json(const compiler::UsageMap& map);

}  // namespace dynbal::report
