//! `dynbal inspect IMAGE --stage N`: the analysis of design time of one stage, for people.
#pragma once

#include <string>

#include "compiler/usage_map.hpp"
#include "image_file/image_file.hpp"

namespace dynbal::cli {

/// Winners, and for each dimension how many times dearer each size is than the winner.
std::string text_of(const ImageFile& file, uint32_t stage, const compiler::UsageMap& map);

}  // namespace dynbal::cli
