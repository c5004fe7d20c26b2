#include "io/npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::io {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they are stored");

constexpr int64_t values_max = int64_t{1} << 40;

/// Product of the dimensions, each counted as at least 1, so that it bounds every part of it.
int64_t checked_product(const std::vector<int64_t>& shape, const std::string& path) {
    int64_t bound = 1;
    for (const int64_t extent : shape) {
        if (extent > values_max / bound) {
            throw InputError(path + ": the shape is impossibly large");
        }
        bound *= std::max<int64_t>(extent, 1);
    }
    const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
    return empty ? 0 : bound;
}

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "[";
    for (const int64_t extent : shape) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    }
    return text + "]";
}

/// Where the value is in the array, as NumPy counts; of a list the number alone.
std::string place_text(const std::vector<int64_t>& shape, int64_t at) {
    if (shape.size() < 2) return std::to_string(at);
    std::vector<int64_t> place(shape.size());
    for (size_t axis = shape.size(); axis-- > 0; at /= shape[axis]) place[axis] = at % shape[axis];
    return shape_text(place);
}

/// IEEE 754 half to float; exact.
float half_to_float(uint16_t half) {
    const int exponent = (half >> 10) & 31;
    const int mantissa = half & 1023;
    float magnitude = 0;
    if (exponent == 31) {
        magnitude = mantissa != 0 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
    } else if (exponent == 0) {
        magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    } else {
        magnitude = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
    }
    return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

/// Out of float's range becomes infinity here (the plain conversion would be undefined).
float double_to_float(double value) {
    if (std::abs(value) > double{std::numeric_limits<float>::max()}) {
        return std::numeric_limits<float>::infinity();
    }
    return static_cast<float>(value);
}

template <typename T, typename Convert>
void convert_all(const uint8_t* source, std::vector<float>& target, Convert convert) {
    for (float& value : target) {
        T element{};
        std::memcpy(&element, source, sizeof(T));
        source += sizeof(T);
        value = convert(element);
    }
}

template <typename T>
void convert_integers(const uint8_t* source, std::vector<float>& target) {
    convert_all<T>(source, target, [](T value) { return static_cast<float>(value); });
}

void convert(Dtype dtype, const uint8_t* source, std::vector<float>& target) {
    switch (dtype) {
        case Dtype::b1:
            return convert_all<uint8_t>(source, target, [](uint8_t value) { return value != 0 ? 1.0F : 0.0F; });
        case Dtype::i1: return convert_integers<int8_t>(source, target);
        case Dtype::u1: return convert_integers<uint8_t>(source, target);
        case Dtype::i2: return convert_integers<int16_t>(source, target);
        case Dtype::u2: return convert_integers<uint16_t>(source, target);
        case Dtype::i4: return convert_integers<int32_t>(source, target);
        case Dtype::u4: return convert_integers<uint32_t>(source, target);
        case Dtype::i8: return convert_integers<int64_t>(source, target);
        case Dtype::u8: return convert_integers<uint64_t>(source, target);
        case Dtype::f2: return convert_all<uint16_t>(source, target, half_to_float);
        case Dtype::f4: return convert_all<float>(source, target, [](float value) { return value; });
        case Dtype::f8: return convert_all<double>(source, target, double_to_float);
    }
}

/// Of each value.
void reverse_bytes(std::span<uint8_t> data, size_t bytes_each) {
    for (size_t at = 0; at + bytes_each <= data.size(); at += bytes_each) {
        const auto value = data.subspan(at, bytes_each);
        std::reverse(value.begin(), value.end());
    }
}

/// From the order in which the first index runs fastest to that in which the last one does.
void to_c_order(std::span<uint8_t> data, const std::vector<int64_t>& shape, size_t bytes_each) {
    const std::vector<uint8_t> before(data.begin(), data.end());
    std::vector<int64_t> index(shape.size(), 0), stride(shape.size(), 1);
    for (size_t i = 1; i < shape.size(); ++i) stride[i] = stride[i - 1] * shape[i - 1];
    int64_t from = 0;
    for (size_t at = 0; at < data.size(); at += bytes_each) {
        std::memcpy(data.data() + at, before.data() + static_cast<size_t>(from) * bytes_each, bytes_each);
        for (size_t axis = shape.size(); axis-- > 0;) {
            from += stride[axis];
            if (++index[axis] < shape[axis]) break;
            from -= stride[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

/// Splits `FILE@INDEX`; no index if what follows the last '@' belongs to the file's name.
std::optional<int64_t> split_index(const std::string& spec, std::string& path) {
    path = spec;
    const size_t at = spec.rfind('@');
    if (at == std::string::npos) return std::nullopt;
    const std::string_view digits = std::string_view(spec).substr(at + 1);
    if (digits.find_first_of("./") != std::string_view::npos) return std::nullopt;
    int64_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size() || index < 0) {
        throw InputError(spec + ": what follows '@' must be the number of a sample, from 0");
    }
    path = spec.substr(0, at);
    return index;
}

}  // namespace

NpyFile::NpyFile(const std::string& path) : NpyFile(path, read_file(path)) {}

NpyFile::NpyFile(std::string name, std::vector<uint8_t> bytes) : path_(std::move(name)), bytes_(std::move(bytes)) {
    const std::string& path = path_;
    const NpyHeader header = parse_npy_header(bytes_, path);
    dtype_ = header.dtype;
    shape_ = header.shape;
    data_offset_ = header.data_offset;
    size_ = checked_product(shape_, path);
    const auto present = static_cast<int64_t>(bytes_.size() - data_offset_);
    const int64_t expected = size_ * bytes_of(dtype_);
    if (present != expected) {
        throw InputError(path + (present < expected ? ": truncated" : ": damaged") + " .npy file (shape " +
                         shape_text(shape_) + " needs " + std::to_string(expected) + " bytes of values, the file has " +
                         std::to_string(present) + ")");
    }
    const std::span<uint8_t> data = std::span(bytes_).subspan(data_offset_);
    const auto bytes_each = static_cast<size_t>(bytes_of(dtype_));
    if (header.big_endian) reverse_bytes(data, bytes_each);
    if (header.fortran_order && size_ > 0) to_c_order(data, shape_, bytes_each);
}

std::vector<float> NpyFile::values(int64_t first, int64_t count) const {
    if (first < 0 || count < 0 || first > size_ || count > size_ - first) {
        throw std::logic_error("NpyFile::values: range outside of the array");
    }
    std::vector<float> result(static_cast<size_t>(count));
    const auto offset = static_cast<size_t>(first * bytes_of(dtype_));
    convert(dtype_, bytes_.data() + data_offset_ + offset, result);
    const auto bad = std::find_if(result.begin(), result.end(), [](float v) { return !std::isfinite(v); });
    if (bad != result.end()) {
        throw InputError(path_ + ": value " + place_text(shape_, first + (bad - result.begin())) +
                         (std::isnan(*bad) ? " is NaN, no number" : " is infinite as a 32-bit float"));
    }
    return result;
}

Array read_npy(const std::string& path) {
    const NpyFile file(path);
    return {file.shape(), file.values(0, file.size())};
}

NpySamples::NpySamples(const std::string& path) : path_(path), file_(path) {
    if (file_.shape().empty()) {
        throw InputError(path + ": a single number; samples along a first dimension are expected");
    }
    sample_shape_.assign(file_.shape().begin() + 1, file_.shape().end());
    sample_size_ = checked_product(sample_shape_, path);
}

std::vector<float> NpySamples::sample(int64_t index) const {
    if (index < 0 || index >= count()) {
        throw InputError(path_ + ": there is no sample " + std::to_string(index) + " (it has " +
                         std::to_string(count()) + ", counted from 0)");
    }
    return file_.values(index * sample_size_, sample_size_);
}

std::vector<float> read_sample(const std::string& spec, int64_t sample_size, std::vector<int64_t>* shape) {
    std::string path;
    const std::optional<int64_t> index = split_index(spec, path);
    const auto check_size = [&](int64_t size, const std::vector<int64_t>& found) {
        if (size == sample_size) return;
        const bool many = !index && sample_size > 0 && size > 0 && size % sample_size == 0;
        throw InputError(path + ": a sample has " + std::to_string(size) + " values (shape " + shape_text(found) +
                         "), the model needs " + std::to_string(sample_size) +
                         (many ? "; choose one of many with " + path + "@INDEX" : ""));
    };
    if (index) {
        const NpySamples samples(path);
        check_size(samples.sample_size(), samples.sample_shape());
        if (shape != nullptr) *shape = samples.sample_shape();
        return samples.sample(*index);
    }
    const NpyFile file(path);
    check_size(file.size(), file.shape());
    if (shape != nullptr) *shape = file.shape();
    return file.values(0, file.size());
}

void write_npy(const std::string& path, const Array& array) {
    std::string shape;
    for (const int64_t extent : array.shape) shape += std::to_string(extent) + ", ";
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    if (array.shape.size() == 1) shape.pop_back();  // (3,) as NumPy writes it
    if (array.shape.size() > npy_dimensions_max || checked_product(array.shape, path) != array.size()) {
        throw std::logic_error("write_npy: the shape does not fit the values");
    }

    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    // The values begin at a multiple of 64 bytes; the header ends with a line feed.
    const size_t unpadded = npy_magic.size() + 4 + header.size() + 1;
    header.append((64 - unpadded % 64) % 64, ' ');
    header += '\n';

    std::string text(npy_magic);
    text += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
    text += header;
    const auto* values = reinterpret_cast<const char*>(array.values.data());
    text.append(values, array.values.size() * sizeof(float));
    write_file(path, text);
}

}  // namespace dynbal::io
