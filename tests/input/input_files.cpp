#include "input_files.hpp"

#include <cstdio>
#include <cstdlib>

// After <cstdio>: it needs FILE.
#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include <stdexcept>

namespace dynbal::input {
namespace {

void put(std::string& text, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
}

std::string deflated(const std::string& content) {
    std::string packed(content.size() + 100, '\0');
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace

std::string wav_of(const std::vector<int16_t>& values, uint32_t rate_hz, uint16_t channels) {
    const auto bytes = static_cast<uint32_t>(values.size() * 2);
    std::string text = "RIFF";
    put(text, 36 + bytes, 4);
    text += "WAVEfmt ";
    put(text, 16, 4);
    put(text, 1, 2);  // whole numbers
    put(text, channels, 2);
    put(text, rate_hz, 4);
    put(text, rate_hz * channels * 2, 4);
    put(text, channels * 2U, 2);
    put(text, 16, 2);
    text += "data";
    put(text, bytes, 4);
    for (const int16_t value : values) put(text, static_cast<uint16_t>(value), 2);
    return text;
}

std::string npz_of(const std::vector<std::pair<std::string, std::string>>& arrays, bool compressed) {
    std::string files, directory;
    for (const auto& [array, content] : arrays) {
        const std::string name = array + ".npy";
        const std::string data = compressed ? deflated(content) : content;
        const uint32_t crc = static_cast<uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
        std::string common;
        put(common, 20, 2);
        put(common, 0, 2);
        put(common, compressed ? 8 : 0, 2);
        put(common, 0, 4);  // when it was written
        put(common, crc, 4);
        std::string sizes;
        put(sizes, data.size(), 4);
        put(sizes, content.size(), 4);
        std::string names;
        put(names, name.size(), 2);
        const size_t offset = files.size();
        // As NumPy does it: the sizes in an extra field of 64 bits each.
        put(files, 0x04034B50, 4);
        files += common + std::string(8, '\xFF') + names;
        put(files, 20, 2);
        files += name;
        put(files, 1, 2);
        put(files, 16, 2);
        put(files, content.size(), 8);
        put(files, data.size(), 8);
        files += data;
        put(directory, 0x02014B50, 4);
        put(directory, 20, 2);
        directory += common + sizes + names + std::string(12, '\0');
        put(directory, offset, 4);
        directory += name;
    }
    std::string end;
    put(end, 0x06054B50, 4);
    put(end, 0, 4);
    put(end, arrays.size(), 2);
    put(end, arrays.size(), 2);
    put(end, directory.size(), 4);
    put(end, files.size(), 4);
    put(end, 0, 2);
    return files + directory + end;
}

std::string png_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width, int channels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.height = height;
    image.width = width;
    image.format = (channels > 2 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY) | (channels % 2 == 0 ? PNG_FORMAT_FLAG_ALPHA : 0U);
    png_alloc_size_t size = 0;
    if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) == 0)
        throw std::runtime_error("png");
    std::string text(size, '\0');
    if (png_image_write_to_memory(&image, text.data(), &size, 0, pixels.data(), 0, nullptr) == 0)
        throw std::runtime_error("png");
    text.resize(size);
    return text;
}

std::string palette_png_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width,
                           const std::vector<uint8_t>& colours, const std::vector<uint8_t>& transparency) {
    std::string text = "\x89PNG\r\n\x1A\n";
    const auto put_big = [](std::string& target, uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) target += static_cast<char>(value >> shift);
    };
    const auto add = [&](const std::string& name, const std::string& content) {
        const std::string counted = name + content;
        put_big(text, static_cast<uint32_t>(content.size()));
        text += counted;
        put_big(text, static_cast<uint32_t>(
                          crc32(0, reinterpret_cast<const Bytef*>(counted.data()), static_cast<uInt>(counted.size()))));
    };
    std::string head, rows;
    put_big(head, width);
    put_big(head, height);
    add("IHDR", head + std::string("\x08\x03\0\0\0", 5));
    add("PLTE", {colours.begin(), colours.end()});
    if (!transparency.empty()) add("tRNS", {transparency.begin(), transparency.end()});
    for (auto row = pixels.begin(); row != pixels.end(); row += width) rows += '\0' + std::string(row, row + width);
    std::string packed(compressBound(rows.size()), '\0');
    uLongf packed_bytes = packed.size();
    compress(reinterpret_cast<Bytef*>(packed.data()), &packed_bytes, reinterpret_cast<const Bytef*>(rows.data()),
             rows.size());
    add("IDAT", packed.substr(0, packed_bytes));
    add("IEND", "");
    return text;
}

std::string jpeg_of(const std::vector<uint8_t>& pixels, uint32_t height, uint32_t width, int channels) {
    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_height = height;
    jpeg.image_width = width;
    jpeg.input_components = channels;
    jpeg.in_color_space = channels == 4 ? JCS_CMYK : channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < height) {
        JSAMPROW row =
            const_cast<JSAMPROW>(pixels.data() + size_t{jpeg.next_scanline} * width * static_cast<size_t>(channels));
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    std::string text(reinterpret_cast<const char*>(data), size);
    std::free(data);
    jpeg_destroy_compress(&jpeg);
    return text;
}

}  // namespace dynbal::input
