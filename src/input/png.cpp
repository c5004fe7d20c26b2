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

/// Values as they are stored, whatever the file says of gamma; 16 bits become 8, transparency is left out: as programs for training do.
/// Nothing here has a destructor: errors jump out of it.
bool read(PngReader& reader) {
    // NOLINTNEXTLINE(cert-err52-cpp): the library's way
    if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
    png_set_read_fn(reader.png, &reader, on_read);
    png_set_user_limits(reader.png, extent_max, extent_max);
    png_read_info(reader.png, reader.info);
    reader.picture.had_16_bits = png_get_bit_depth(reader.png, reader.info) == 16;
    png_set_scale_16(reader.png);
    png_set_expand(reader.png);
    png_set_strip_alpha(reader.png);
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

}  // namespace

Picture read_png(const std::string& path, std::span<const uint8_t> bytes) {
    PngReader reader;
    reader.bytes = bytes;
    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, [](png_structp, png_const_charp) {});
    if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
    if (reader.info == nullptr) throw std::bad_alloc();
    if (!read(reader)) throw InputError(path + ": this PNG picture cannot be read: " + reader.reason);
    return upright(reader.picture, reader.orientation);
}

}  // namespace dynbal::input
