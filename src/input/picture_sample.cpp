#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/file.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::input {
namespace {

/// What a model takes: channels first (ONNX) or last.
struct Form {
    int64_t channels = 1, height = 0, width = 0;
    bool channels_first = true;
};

Form form_of(const Spec& spec) {
    std::vector<int64_t> dims = spec.dims;
    while (dims.size() > 3 && dims.front() == 1) dims.erase(dims.begin());
    const auto is_channels = [](int64_t extent) { return extent == 1 || extent == 3; };
    if (dims.size() == 2) return {1, dims[0], dims[1], true};
    if (dims.size() == 3 && is_channels(dims[0])) return {dims[0], dims[1], dims[2], true};
    if (dims.size() == 3 && is_channels(dims[2])) return {dims[2], dims[0], dims[1], false};
    throw InputError(spec.path + ": a picture has 1 or 3 channels; the model's input is " + shape_text(spec.dims));
}

/// Grey as television weighs it, or the same grey thrice.
Picture with_channels(const Picture& picture, int64_t channels) {
    if (picture.channels == channels) return picture;
    Picture result{.height = picture.height, .width = picture.width, .channels = channels};
    result.note = picture.note;
    result.values.reserve(static_cast<size_t>(picture.height * picture.width * channels));
    for (size_t at = 0; at < picture.values.size(); at += static_cast<size_t>(picture.channels)) {
        const uint8_t* const pixel = picture.values.data() + at;
        if (channels == 3) {
            result.values.insert(result.values.end(), 3, *pixel);
        } else {
            result.values.push_back(
                static_cast<uint8_t>(std::lround(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2])));
        }
    }
    return result;
}

/// The middle, as wide against its height as asked for.
Picture cropped(const Picture& picture, const Form& form) {
    const int64_t width = std::min(picture.width, std::max<int64_t>(1, picture.height * form.width / form.height));
    const int64_t height = std::min(picture.height, std::max<int64_t>(1, picture.width * form.height / form.width));
    Picture result{.height = height, .width = width, .channels = picture.channels};
    result.note = picture.note;
    const int64_t top = (picture.height - height) / 2, left = (picture.width - width) / 2;
    for (int64_t row = 0; row < height; ++row) {
        const auto begin = picture.values.begin() + ((top + row) * picture.width + left) * picture.channels;
        result.values.insert(result.values.end(), begin, begin + width * picture.channels);
    }
    return result;
}

/// The share of source pixel `source` in target pixel `target` along one axis, in source pixels.
double overlap(int64_t source, int64_t target, double step) {
    const double begin = std::max(static_cast<double>(source), step * static_cast<double>(target));
    const double end = std::min(static_cast<double>(source + 1), step * static_cast<double>(target + 1));
    return std::max(end - begin, 0.0);
}

/// Each value is the mean of the area that becomes its pixel.
std::vector<float> resampled(const Picture& picture, const Form& form) {
    const double step_y = static_cast<double>(picture.height) / static_cast<double>(form.height);
    const double step_x = static_cast<double>(picture.width) / static_cast<double>(form.width);
    std::vector<float> values(static_cast<size_t>(form.channels * form.height * form.width));
    for (int64_t y = 0; y < form.height; ++y) {
        for (int64_t x = 0; x < form.width; ++x) {
            for (int64_t c = 0; c < form.channels; ++c) {
                double sum = 0;
                const auto y_end = std::min<int64_t>(
                    picture.height, static_cast<int64_t>(std::ceil(step_y * static_cast<double>(y + 1))));
                const auto x_end = std::min<int64_t>(
                    picture.width, static_cast<int64_t>(std::ceil(step_x * static_cast<double>(x + 1))));
                for (auto from_y = static_cast<int64_t>(step_y * static_cast<double>(y)); from_y < y_end; ++from_y) {
                    for (auto from_x = static_cast<int64_t>(step_x * static_cast<double>(x)); from_x < x_end;
                         ++from_x) {
                        const auto at = static_cast<size_t>((from_y * picture.width + from_x) * form.channels + c);
                        sum += picture.values[at] * overlap(from_y, y, step_y) * overlap(from_x, x, step_x);
                    }
                }
                const int64_t to = form.channels_first ? (c * form.height + y) * form.width + x
                                                       : (y * form.width + x) * form.channels + c;
                values[static_cast<size_t>(to)] = static_cast<float>(sum / (step_y * step_x));
            }
        }
    }
    return values;
}

Picture read_picture(const std::string& path) {
    const std::vector<uint8_t> bytes = io::read_file(path);
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (start.starts_with("\x89PNG")) return read_png(path, bytes);
    if (start.starts_with("\xFF\xD8")) return read_jpeg(path, bytes);
    const std::string kind = io::wrong_kind(start);
    throw InputError(path + ": neither a PNG nor a JPEG picture" + (kind.empty() ? "" : ": " + kind));
}

}  // namespace

SampleSetPointer open_picture(const Spec& spec) {
    const Form form = form_of(spec);
    Picture picture = with_channels(read_picture(spec.path), form.channels);
    const bool fits = picture.height == form.height && picture.width == form.width;
    if (!fits && spec.resize.empty()) {
        throw InputError(spec.path + ": the picture is " + std::to_string(picture.width) + " x " +
                         std::to_string(picture.height) + ", the model takes " + std::to_string(form.width) + " x " +
                         std::to_string(form.height) + "; " + spec.path +
                         ",resize=stretch or ,resize=crop makes it so");
    }
    if (spec.resize == "crop") picture = cropped(picture, form);
    std::string note = picture.note.empty() ? "" : spec.path + ": " + picture.note;
    return in_memory(spec.path, {resampled(picture, form), 1, std::move(note)}, spec.values());
}

}  // namespace dynbal::input
