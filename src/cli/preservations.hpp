//! --preservations: a network made over for several preservation methods.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"

namespace dynbal::cli {

void add_preservations(CLI::App& command, std::vector<std::string>& names, const std::string& otherwise);

/// The image for each of the methods named, with a progress bar; none for none. Throws InputError.
std::vector<ImageFile> images_for(const ImageFile& file, const std::vector<std::string>& names);

}  // namespace dynbal::cli
