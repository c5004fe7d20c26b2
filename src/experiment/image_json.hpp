//! What machines are told of an image: `inspect --json` and the Python module have the same names from here.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "image_file/image_file.hpp"

namespace dynbal::experiment {

/// A part of NVM.
struct Area {
    const char* name;
    uint64_t begin, end;
};

/// What lies where in NVM, in the order of the addresses.
std::vector<Area> memory_map(const ImageHeader& header);

/// The tile sizes of a stage's table, smallest and largest.
struct TileRanges {
    Range out, in, pixels;  // both ends included
};

TileRanges ranges_of(const std::vector<Candidate>& candidates);

const char* text_of(Importance importance);

/// Sizes, shapes, the memory map and the stages.
nlohmann::ordered_json image_json(const ImageFile& file);

}  // namespace dynbal::experiment
