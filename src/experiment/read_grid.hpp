//! Grids as TOML files; grid_help() documents the format.
#pragma once

#include <string>

#include "experiment/grid.hpp"

namespace dynbal::experiment {

/// Checks everything that can be checked without running: keys, policies, devices, supplies, and that
/// the files named are there. Paths are relative to the grid's folder. Throws InputError with file,
/// line, key and what is allowed.
Grid read_grid(const std::string& path);

/// The format, with an example.
const char* grid_help();

}  // namespace dynbal::experiment
