#include "io/picture.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace dynbal::io {
namespace {

constexpr int grey_levels = 24;   // the grey ramp of 256-colour terminals
constexpr int grey_colour = 232;  // its first entry
constexpr std::string_view ramp = " .:-=+*#%@";

/// Brightness 0 to 1 of every value.
std::vector<float> normalised(std::span<const float> values) {
    float low = 0;
    float high = 0;
    bool any = false;
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        low = any ? std::min(low, value) : value;
        high = any ? std::max(high, value) : value;
        any = true;
    }
    std::vector<float> result;
    for (const float value : values) {
        const bool dark = !std::isfinite(value) || high <= low;
        // Halves, because the difference of two floats can overflow.
        result.push_back(dark ? 0 : (value / 2 - low / 2) / (high / 2 - low / 2));
    }
    return result;
}

int level(float brightness, int levels) {
    return std::clamp(static_cast<int>(brightness * static_cast<float>(levels)), 0, levels - 1);
}

}  // namespace

PictureStyle picture_style() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool plain = (no_color != nullptr && *no_color != '\0') || terminal == nullptr ||
                       std::string_view(terminal) == "dumb" || ::isatty(STDOUT_FILENO) != 1;
    return plain ? PictureStyle::ascii : PictureStyle::grey;
}

std::string picture(std::span<const float> values, int height, int width, PictureStyle style) {
    if (height < 1 || width < 1 || values.size() / static_cast<size_t>(width) != static_cast<size_t>(height) ||
        values.size() % static_cast<size_t>(width) != 0) {
        throw std::logic_error("picture: the size does not fit the values");
    }
    const std::vector<float> brightness = normalised(values);
    const auto at = [&](int y, int x) {
        return y < height ? brightness[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)]
                          : 0.0F;
    };
    std::string text;
    for (int y = 0; y < height; y += 2) {
        for (int x = 0; x < width; ++x) {
            if (style == PictureStyle::ascii) {
                const float mean = (at(y, x) + at(std::min(y + 1, height - 1), x)) / 2;
                text += ramp[static_cast<size_t>(level(mean, static_cast<int>(ramp.size())))];
                continue;
            }
            const int upper = grey_colour + level(at(y, x), grey_levels);
            const int lower = grey_colour + level(at(y + 1, x), grey_levels);
            text += "\x1b[38;5;" + std::to_string(upper) + ";48;5;" + std::to_string(lower) + "m▀";
        }
        text += style == PictureStyle::grey ? "\x1b[0m\n" : "\n";
    }
    return text;
}

}  // namespace dynbal::io
