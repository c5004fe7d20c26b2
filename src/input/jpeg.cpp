#include <csetjmp>
#include <cstdio>

// After <cstdio>: it needs FILE.
#include <jpeglib.h>

#include <array>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "input/orientation.hpp"

namespace dynbal::input {
namespace {

/// The library tells of errors by a jump.
struct Errors {
    jpeg_error_mgr manager;
    std::jmp_buf back;
    std::array<char, JMSG_LENGTH_MAX> message;
};

[[noreturn]] void on_error(j_common_ptr jpeg) {
    auto* const errors = reinterpret_cast<Errors*>(jpeg->err);
    errors->manager.format_message(jpeg, errors->message.data());
    std::longjmp(errors->back, 1);  // NOLINT(cert-err52-cpp): the library's only way
}

/// A warning means damaged data, for which the library would make up pixels.
void on_warning(j_common_ptr jpeg, int level) {
    if (level < 0) on_error(jpeg);
}

constexpr int64_t jpeg_pixels_max = 100'000'000;

int orientation_of(const jpeg_decompress_struct& jpeg) {
    for (const jpeg_marker_struct* marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
        const int orientation = exif_orientation({marker->data, marker->data_length});
        if (orientation != 1) return orientation;
    }
    return 1;
}

/// Nothing with a destructor lives here: a jump leaves it. False with a message where it fails.
bool decode(jpeg_decompress_struct& jpeg, Errors& errors, std::span<const uint8_t> bytes, Picture& picture,
            int& orientation) {
    if (setjmp(errors.back) != 0) return false;  // NOLINT(cert-err52-cpp): see on_error
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);  // where cameras write
    jpeg_read_header(&jpeg, TRUE);
    orientation = orientation_of(jpeg);
    jpeg.out_color_space = jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    if (int64_t{jpeg.image_width} * int64_t{jpeg.image_height} > jpeg_pixels_max) return false;
    jpeg_start_decompress(&jpeg);
    const size_t row_bytes = size_t{jpeg.output_width} * static_cast<size_t>(jpeg.output_components);
    picture.height = jpeg.output_height;
    picture.width = jpeg.output_width;
    picture.channels = jpeg.output_components;
    picture.values.resize(row_bytes * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = picture.values.data() + row_bytes * jpeg.output_scanline;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    return true;
}

}  // namespace

Picture read_jpeg(const std::string& path, std::span<const uint8_t> bytes) {
    Picture picture;
    Errors errors{};
    jpeg_decompress_struct jpeg{};
    jpeg.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = on_error;
    errors.manager.emit_message = on_warning;
    int orientation = 1;
    const bool good = decode(jpeg, errors, bytes, picture, orientation);
    const bool in_print = jpeg.num_components == 4;
    jpeg_destroy_decompress(&jpeg);
    std::string reason = errors.message.data();
    if (!good && in_print) reason = "it has the four colours of print (CMYK); save it as RGB";
    if (!good) {
        throw InputError(
            path + ": this JPEG picture cannot be read: " + (reason.empty() ? "more than 100 million pixels" : reason));
    }
    return upright(picture, orientation);
}

}  // namespace dynbal::input
