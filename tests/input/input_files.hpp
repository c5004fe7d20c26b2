//! Small .npz archives, pictures and sounds, for tests and as seeds of the fuzzer.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dynbal::input {

/// As numpy.savez or numpy.savez_compressed write it: names and contents.
std::string npz_of(const std::vector<std::pair<std::string, std::string>>& arrays, bool compressed);

/// `channels` is 1 or 3, one more with transparency; of a JPEG 1, 3 or 4: CMYK.
std::string png_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width, int channels);
std::string jpeg_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width, int channels);

/// Colours of three values each, of transparency none or one for each of the first; a pixel is a place among the colours.
std::string palette_png_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width,
                           const std::vector<uint8_t>& colours, const std::vector<uint8_t>& transparency);

/// 16-bit sound; with several channels their values take turns.
std::string wav_of(const std::vector<int16_t>& values, uint32_t rate_hz, uint16_t channels);

}  // namespace dynbal::input
