#include <png.h>

#include "base/error.hpp"
#include "input/kinds.hpp"

namespace dynbal::input {

Picture read_png(const std::string& path, std::span<const uint8_t> bytes) {
    constexpr int64_t pixels_max = 100'000'000;
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const auto fail = [&] {
        const std::string reason = image.message;
        png_image_free(&image);
        throw InputError(path + ": this PNG picture cannot be read: " + reason);
    };
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) fail();
    const bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
    Picture picture{image.height, image.width, colour ? 3 : 1, {}};
    if (picture.height * picture.width > pixels_max) {
        png_image_free(&image);
        throw InputError(path + ": the picture has more than 100 million pixels");
    }
    // What shines through is black.
    const png_color black{0, 0, 0};
    image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    picture.values.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, &black, picture.values.data(), 0, nullptr) == 0) fail();
    return picture;
}

}  // namespace dynbal::input
