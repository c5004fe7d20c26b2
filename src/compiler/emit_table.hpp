//! A tile table as bytes of an image, and what its stage says of it.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/price_tiles.hpp"
#include "image/format.hpp"

namespace dynbal::compiler {

/// First the energies, then the rows (see table_rows_offset()).
std::vector<std::byte> bytes_of(const StageTable& table);

/// The stage's table is this one, and lies there.
void describe_table(const StageTable& table, uint32_t offset, StageDescriptor& stage);

}  // namespace dynbal::compiler
