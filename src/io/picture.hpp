//! A small grey picture in a terminal.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace dynbal::io {

enum class PictureStyle : uint8_t {
    grey,   ///< half blocks in the 24 greys of a 256-colour terminal: square pixels, two per
            ///< character
    ascii,  ///< characters of rising density, for logs
};

/// `grey` if standard output is a terminal that can, and NO_COLOR is not set.
PictureStyle picture_style();

/// Rows of text, each ended by '\n', for `height` * `width` values in row order; the smallest value
/// is black and the largest is white. A value that is not finite counts as the smallest.
std::string picture(std::span<const float> values, int height, int width, PictureStyle style);

}  // namespace dynbal::io
