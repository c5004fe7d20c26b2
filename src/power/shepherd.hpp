//! Recordings of shepherd (docs/user/data_format of nes-lab/shepherd and of geissdoerfer/shepherd, its first version), in HDF5.
#pragma once

#include <string>

#include "power/options.hpp"
#include "power/recording.hpp"

namespace dynbal::power {

/// In the group `data` the datasets `time` (ns), `voltage` and `current` with the attributes `gain` and `offset`. Its attribute
/// `datatype` says what they are: ivsample: power is their product; ivcurve: the best point of each `window_samples`; isc_voc:
/// fill_factor= times the product. The first version has none: ivsample. Compressed with deflate or LZF, or not. The file is read in
/// a process of its own, because a damaged one can end it. Throws InputError.
Recording read_shepherd(const std::string& path, Options& options);

}  // namespace dynbal::power
