#include "input/orientation.hpp"

#include <algorithm>
#include <string_view>

namespace dynbal::input {
namespace {

constexpr uint32_t orientation_tag = 0x0112, short_type = 3;
constexpr size_t tiff_entry_bytes = 12;

/// Of a TIFF header and its directory, in the byte order that it says; 0 beyond the end.
class Tiff {
public:
    explicit Tiff(std::span<const uint8_t> bytes) : bytes_(bytes), little_(bytes.size() > 1 && bytes[0] == 'I') {}

    uint32_t number(size_t at, size_t size) const {
        if (at > bytes_.size() || size > bytes_.size() - at) return 0;
        uint32_t value = 0;
        for (size_t i = 0; i < size; ++i) value = value << 8U | bytes_[at + (little_ ? size - 1 - i : i)];
        return value;
    }

private:
    std::span<const uint8_t> bytes_;
    bool little_;
};

}  // namespace

int exif_orientation(std::span<const uint8_t> exif) {
    constexpr std::string_view name("Exif\0\0", 6);
    const std::string_view start(reinterpret_cast<const char*>(exif.data()), exif.size());
    const Tiff tiff(start.starts_with(name) ? exif.subspan(name.size()) : exif);
    if (tiff.number(2, 2) != 42) return 1;
    const size_t directory = tiff.number(4, 4);
    const size_t count = tiff.number(directory, 2);
    for (size_t i = 0; i < count; ++i) {
        const size_t entry = directory + 2 + i * tiff_entry_bytes;
        if (tiff.number(entry, 2) != orientation_tag || tiff.number(entry + 2, 2) != short_type) continue;
        const auto orientation = static_cast<int>(tiff.number(entry + 8, 2));
        return orientation >= 1 && orientation <= 8 ? orientation : 1;
    }
    return 1;
}

Picture upright(const Picture& picture, int orientation) {
    if (orientation == 1) return picture;
    const bool turned = orientation >= 5;
    const bool bottom_first = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const bool right_first = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    Picture result = picture;
    if (turned) std::swap(result.height, result.width);
    auto to = result.values.begin();
    for (int64_t y = 0; y < result.height; ++y) {
        for (int64_t x = 0; x < result.width; ++x) {
            const int64_t row = turned ? x : y, column = turned ? y : x;
            const int64_t from_row = bottom_first ? picture.height - 1 - row : row;
            const int64_t from_column = right_first ? picture.width - 1 - column : column;
            const int64_t at = (from_row * picture.width + from_column) * picture.channels;
            to = std::copy_n(picture.values.begin() + at, picture.channels, to);
        }
    }
    return result;
}

}  // namespace dynbal::input
