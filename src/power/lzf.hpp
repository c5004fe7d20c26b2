//! LZF, the compression that h5py calls by this name: reading only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dynbal::power {

/// The bytes that were compressed; nothing if these are no LZF data or hold more than `bytes_max`.
std::optional<std::vector<uint8_t>> lzf_decompress(std::span<const uint8_t> data, size_t bytes_max);

/// Makes the HDF5 library read datasets with this filter (its number is 32000).
void register_lzf_filter();

}  // namespace dynbal::power
