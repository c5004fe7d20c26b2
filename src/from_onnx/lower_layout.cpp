#include "from_onnx/lower_layout.hpp"

#include <algorithm>

#include "from_onnx/lower_constant.hpp"

namespace dynbal::compiler {
namespace {

// Pixel of every row of an image; ONNX order is row-major in H and W.
std::vector<uint32_t> image_pixels(int h, int w, bool swapped) {
    std::vector<uint32_t> pixels;
    pixels.reserve(static_cast<size_t>(h) * static_cast<size_t>(w));
    const int rows = swapped ? w : h;
    const int columns = swapped ? h : w;
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) {
            pixels.push_back(static_cast<uint32_t>(swapped ? x * w + y : y * w + x));
        }
    }
    return pixels;
}

}  // namespace

AxisSplit::AxisSplit(const Dims& dims, size_t axis) {
    for (size_t i = 0; i < axis; ++i) outer *= static_cast<size_t>(dims[i]);
    length = static_cast<size_t>(dims[axis]);
    for (size_t i = axis + 1; i < dims.size(); ++i) inner *= static_cast<size_t>(dims[i]);
}

std::optional<Rows> split_rows(const Tensor& tensor, const Value& value, size_t axis) {
    if (value.padded) return std::nullopt;
    const AxisSplit split(value.dims, axis);
    const auto channels = static_cast<uint32_t>(tensor.c);
    if (channels == 0 || split.length != channels) return std::nullopt;

    const Places& place = *value.place;
    Rows rows;
    for (size_t k = 0; k < split.length; ++k) {
        rows.channel.push_back(place[split.element(0, k)] % channels);
    }
    for (size_t row = 0; row < split.row_count(); ++row) {
        const uint32_t pixel = place[split.element(row, 0)] / channels;
        rows.pixel.push_back(pixel);
        for (size_t k = 0; k < split.length; ++k) {
            if (place[split.element(row, k)] != pixel * channels + rows.channel[k]) {
                return std::nullopt;
            }
        }
    }
    return rows;
}

std::optional<Padding> split_padding(const Value& value) {
    const size_t rank = value.dims.size();
    Dims low = value.dims;
    Dims high(rank, -1);
    Dims position(rank, 0);
    std::vector<uint32_t> stored;
    for (const uint32_t place : *value.place) {
        if (place != nowhere) stored.push_back(place);
        for (size_t i = 0; i < rank && place != nowhere; ++i) {
            low[i] = std::min(low[i], position[i]);
            high[i] = std::max(high[i], position[i]);
        }
        for (size_t i = rank; i-- > 0;) {
            if (++position[i] < value.dims[i]) break;
            position[i] = 0;
        }
    }
    Padding padding{value, low, Dims(rank)};
    padding.inner.padded = false;
    for (size_t i = 0; i < rank; ++i) {
        padding.after[i] = value.dims[i] - 1 - high[i];
        padding.inner.dims[i] = high[i] + 1 - low[i];
    }
    if (element_count(padding.inner.dims) != static_cast<int64_t>(stored.size())) return std::nullopt;
    padding.inner.place = std::make_shared<Places>(std::move(stored));
    return padding;
}

namespace {

std::optional<Image> find_padded_image(const Tensor& tensor, const Value& value) {
    const auto padding = split_padding(value);
    if (!padding || value.dims.size() < 3 || padding->before[1] + padding->after[1] != 0) return std::nullopt;
    auto image = find_image(tensor, padding->inner);
    if (!image) return std::nullopt;
    const bool flat = value.dims.size() == 3;
    const size_t x = flat ? 2 : 3;
    const auto pads = [&](const Dims& dims, size_t axis) { return static_cast<int>(axis < 2 ? 0 : dims[axis]); };
    image->pad_top = pads(padding->before, flat ? 0 : 2);
    image->pad_bottom = pads(padding->after, flat ? 0 : 2);
    image->pad_left = pads(padding->before, x);
    image->pad_right = pads(padding->after, x);
    if (image->swapped) {
        std::swap(image->pad_top, image->pad_left);
        std::swap(image->pad_bottom, image->pad_right);
    }
    return image;
}

}  // namespace

std::optional<Image> find_image(const Tensor& tensor, const Value& value) {
    if (value.padded) return find_padded_image(tensor, value);
    const bool flat = value.dims.size() == 3;
    if ((!flat && value.dims.size() != 4) || value.dims[0] != 1) return std::nullopt;
    auto rows = split_rows(tensor, value, 1);
    if (!rows) return std::nullopt;

    const int64_t height = flat ? 1 : value.dims[2];
    const int64_t width = flat ? value.dims[2] : value.dims[3];
    Image image;
    image.h = tensor.h;
    image.w = tensor.w;
    image.channel = rows->channel;
    for (const bool swapped : {false, true}) {
        const bool fits = swapped ? height == tensor.w && width == tensor.h : height == tensor.h && width == tensor.w;
        if (fits && rows->pixel == image_pixels(tensor.h, tensor.w, swapped)) {
            image.swapped = swapped;
            return image;
        }
    }
    return std::nullopt;
}

std::shared_ptr<const Places> place_rows(const AxisSplit& split, const Rows& rows) {
    auto places = std::make_shared<Places>(split.row_count() * split.length);
    const auto channels = static_cast<uint32_t>(split.length);
    for (size_t row = 0; row < split.row_count(); ++row) {
        for (size_t k = 0; k < split.length; ++k) {
            (*places)[split.element(row, k)] = rows.pixel[row] * channels + rows.channel[k];
        }
    }
    return places;
}

std::shared_ptr<const Places> place_image(const Image& image, size_t channels) {
    const Rows rows{image_pixels(image.h, image.w, image.swapped), image.channel};
    const auto pixels = static_cast<int64_t>(rows.pixel.size());
    return place_rows(AxisSplit({static_cast<int64_t>(channels), pixels}, 0), rows);
}

Places invert(const Places& places) {
    Places inverse(places.size());
    for (size_t i = 0; i < places.size(); ++i) inverse[places[i]] = static_cast<uint32_t>(i);
    return inverse;
}

}  // namespace dynbal::compiler
