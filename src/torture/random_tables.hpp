//! Images whose tile tables say something else than what is best: they reconfigure often, and to anything.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "image_file/image_file.hpp"

namespace dynbal::torture {

/// At most `count` of the configurations, drawn with a fixed seed, without repetition.
std::vector<TileConfig> sampled(std::vector<TileConfig> configs, size_t count, uint64_t seed);

/// An image whose tables hold the given rows: rows(stage index, row count) returns at most `count`.
ImageFile with_tables(const ImageFile& file,
                      const std::function<std::vector<TileConfig>(uint32_t stage, uint32_t count)>& configs);

/// An image whose stages each know `rows` random configurations, at random prices.
ImageFile with_random_tables(const ImageFile& file, uint32_t rows, uint64_t seed);

}  // namespace dynbal::torture
