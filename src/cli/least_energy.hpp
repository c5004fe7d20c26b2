//! The least energy of a power cycle, in the units of policies and in those of a capacitor.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "image_file/image_file.hpp"
#include "io/table.hpp"

namespace dynbal::cli {

/// "22,897 units (about 48 uJ with the boot)", and "87 uF between 2.99 V and 2.8 V; with a quarter to spare 150 uF". Where the image's
/// device is not known here units alone, and no capacitor.
struct LeastEnergy {
    std::string energy, capacitor;
};

LeastEnergy least_energy_of(const ImageFile& file);
void add_least_energy(io::Table& table, const ImageFile& file);
/// 22,897.5
double least_units(const ImageFile& file);

}  // namespace dynbal::cli
