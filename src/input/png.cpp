#include <png.h>

#include <algorithm>
#include <csetjmp>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "input/orientation.hpp"

namespace dynbal::input {
namespace {

constexpr png_uint_32 extent_max = 100'000;
constexpr int64_t png_pixels_max = 100'000'000;

/// What the library knows, and what went wrong.
struct PngReader {
    std::span<const uint8_t> bytes;
    std::string reason;
    png_structp png = nullptr;
    png_infop info = nullptr;
    Picture picture;
    std::vector<png_bytep> rows;
    bool has_palette = false, had_16_bits = false;
    int orientation = 1;

    ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
    static_cast<PngReader*>(png_get_error_ptr(png))->reason = message;
    png_longjmp(png, 1);
}

void on_read(png_structp png, png_bytep target, size_t count) {
    auto& bytes = static_cast<PngReader*>(png_get_io_ptr(png))->bytes;
    if (count > bytes.size()) png_error(png, "the file is cut off");
    std::copy_n(bytes.begin(), count, target);
    bytes = bytes.subspan(count);
}

/// Values as they are stored, whatever the file says of gamma; 16 bits become 8: as programs for training do. Of a palette the places in
/// it, since the library paints what is not in it black; else with the transparency, if there is some.
/// Nothing here has a destructor: errors jump out of it.
bool read(PngReader& reader) {
    // NOLINTNEXTLINE(cert-err52-cpp): the library's way
    if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
    png_set_read_fn(reader.png, &reader, on_read);
    png_set_user_limits(reader.png, extent_max, extent_max);
    png_read_info(reader.png, reader.info);
    reader.had_16_bits = png_get_bit_depth(reader.png, reader.info) == 16;
    reader.has_palette = png_get_color_type(reader.png, reader.info) == PNG_COLOR_TYPE_PALETTE;
    png_set_scale_16(reader.png);
    if (reader.has_palette) {
        png_set_packing(reader.png);
    } else {
        png_set_expand(reader.png);
    }
    png_set_interlace_handling(reader.png);
    png_read_update_info(reader.png, reader.info);
    Picture& picture = reader.picture;
    picture.height = png_get_image_height(reader.png, reader.info);
    picture.width = png_get_image_width(reader.png, reader.info);
    picture.channels = png_get_channels(reader.png, reader.info);
    if (picture.height * picture.width > png_pixels_max) png_error(reader.png, "more than 100 million pixels");
    const size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
    picture.values.resize(row_bytes * static_cast<size_t>(picture.height));
    reader.rows.resize(static_cast<size_t>(picture.height));
    for (size_t row = 0; row < reader.rows.size(); ++row) reader.rows[row] = picture.values.data() + row * row_bytes;
    png_read_image(reader.png, reader.rows.data());
    // It may stand behind the pixels, too.
    png_read_end(reader.png, reader.info);
    png_uint_32 exif_bytes = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(reader.png, reader.info, &exif_bytes, &exif) != 0) {
        reader.orientation = exif_orientation({exif, exif_bytes});
    }
    return true;
}

/// From places in the palette to colours. Is each of them opaque?
bool take_from_palette(const std::string& path, PngReader& reader) {
    png_colorp colours = nullptr;
    png_bytep alphas = nullptr;
    int colour_count = 0, alpha_count = 0;
    png_get_PLTE(reader.png, reader.info, &colours, &colour_count);
    png_get_tRNS(reader.png, reader.info, &alphas, &alpha_count, nullptr);
    const std::vector<uint8_t> places = std::move(reader.picture.values);
    reader.picture.channels = 3;
    reader.picture.values.clear();
    reader.picture.values.reserve(3 * places.size());
    bool opaque = true;
    for (const uint8_t place : places) {
        if (place >= colour_count) {
            throw InputError(path + ": this PNG picture is damaged: a pixel has colour " + std::to_string(place) +
                             " of its palette, which has " + std::to_string(colour_count));
        }
        const png_color& colour = colours[place];
        reader.picture.values.insert(reader.picture.values.end(), {colour.red, colour.green, colour.blue});
        opaque = opaque && (place >= alpha_count || alphas[place] == 255);
    }
    return opaque;
}

/// Takes the transparency out, which is the last of two or four channels. Is each pixel opaque?
bool take_transparency_out(Picture& picture) {
    if (picture.channels % 2 != 0) return true;
    const auto channels = static_cast<size_t>(picture.channels);
    bool opaque = true;
    auto to = picture.values.begin();
    for (size_t at = 0; at < picture.values.size(); at += channels) {
        const auto pixel = picture.values.begin() + static_cast<std::ptrdiff_t>(at);
        to = std::copy_n(pixel, channels - 1, to);
        opaque = opaque && pixel[picture.channels - 1] == 255;
    }
    picture.values.erase(to, picture.values.end());
    --picture.channels;
    return opaque;
}

}  // namespace

Picture read_png(const std::string& path, std::span<const uint8_t> bytes) {
    PngReader reader;
    reader.bytes = bytes;
    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, [](png_structp, png_const_charp) {});
    if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
    if (reader.info == nullptr) throw std::bad_alloc();
    if (!read(reader)) throw InputError(path + ": this PNG picture cannot be read: " + reader.reason);
    const bool opaque = reader.has_palette ? take_from_palette(path, reader) : take_transparency_out(reader.picture);
    std::string& note = reader.picture.note;
    if (reader.had_16_bits) note = "its pixels of 16 bits are taken as 0 to 255, as those of 8 bits are";
    if (!opaque) note += note.empty() ? "" : "; ";
    if (!opaque) note += "its transparency is left out: pixels are taken as if they were opaque";
    return upright(reader.picture, reader.orientation);
}

}  // namespace dynbal::input
