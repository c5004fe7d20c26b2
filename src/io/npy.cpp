#include "io/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::io {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they are stored");

constexpr std::string_view magic = "\x93NUMPY";
constexpr size_t dimensions_max = 32;  // NumPy's own limit
constexpr int64_t values_max = int64_t{1} << 40;

struct DtypeInfo {
    std::string_view descr;
    Dtype dtype;
    int64_t bytes;
};

constexpr std::array<DtypeInfo, 11> dtypes{{{"|b1", Dtype::b1, 1},
                                            {"|i1", Dtype::i1, 1},
                                            {"|u1", Dtype::u1, 1},
                                            {"<i2", Dtype::i2, 2},
                                            {"<u2", Dtype::u2, 2},
                                            {"<i4", Dtype::i4, 4},
                                            {"<u4", Dtype::u4, 4},
                                            {"<i8", Dtype::i8, 8},
                                            {"<f2", Dtype::f2, 2},
                                            {"<f4", Dtype::f4, 4},
                                            {"<f8", Dtype::f8, 8}}};

int64_t bytes_of(Dtype dtype) { return dtypes.at(static_cast<size_t>(dtype)).bytes; }

struct Header {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<int64_t>> shape;
};

/// Reads the header, a Python dictionary of three known keys, and nothing more of Python.
class HeaderParser {
public:
    HeaderParser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

    Header parse() {
        Header header;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            parse_value(key, header);
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip_space();
        if (!text_.empty()) fail();
        if (!header.descr || !header.fortran_order || !header.shape) fail();
        return header;
    }

private:
    [[noreturn]] void fail() const {
        throw InputError(path_ + ": not a valid .npy file (malformed header)");
    }

    void parse_value(const std::string& key, Header& header) {
        if (key == "descr" && !header.descr) {
            skip_space();
            if (!text_.empty() && text_.front() == '[') {
                throw InputError(path_ + ": a structured array; only plain numbers are supported");
            }
            header.descr = quoted();
        } else if (key == "fortran_order" && !header.fortran_order) {
            header.fortran_order = boolean();
        } else if (key == "shape" && !header.shape) {
            header.shape = tuple();
        } else {
            fail();
        }
    }

    void skip_space() {
        const size_t first = text_.find_first_not_of(" \t\n\r");
        text_.remove_prefix(first == std::string_view::npos ? text_.size() : first);
    }

    bool accept(char symbol) {
        skip_space();
        if (text_.empty() || text_.front() != symbol) return false;
        text_.remove_prefix(1);
        return true;
    }

    void expect(char symbol) {
        if (!accept(symbol)) fail();
    }

    std::string quoted() {
        skip_space();
        if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) fail();
        const size_t end = text_.find(text_.front(), 1);
        if (end == std::string_view::npos) fail();
        std::string word(text_.substr(1, end - 1));
        text_.remove_prefix(end + 1);
        return word;
    }

    bool boolean() {
        skip_space();
        for (const bool value : {true, false}) {
            const std::string_view word = value ? "True" : "False";
            if (!text_.starts_with(word)) continue;
            text_.remove_prefix(word.size());
            return value;
        }
        fail();
    }

    std::vector<int64_t> tuple() {
        std::vector<int64_t> numbers;
        expect('(');
        while (!accept(')')) {
            numbers.push_back(number());
            if (numbers.size() > dimensions_max) fail();
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return numbers;
    }

    int64_t number() {
        skip_space();
        int64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (error == std::errc::result_out_of_range) {
            throw InputError(path_ + ": the shape is impossibly large");
        }
        if (error != std::errc() || value < 0) fail();
        text_.remove_prefix(static_cast<size_t>(end - text_.data()));
        if (!text_.empty() && text_.front() == 'L') text_.remove_prefix(1);  // Python 2 long
        return value;
    }

    std::string_view text_;
    const std::string& path_;
};

/// The header's text; advances `offset` to the first byte of the values.
std::string_view header_text(const std::vector<uint8_t>& bytes, const std::string& path,
                             size_t& offset) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!text.starts_with(magic)) throw InputError(path + ": not a .npy file");
    if (bytes.size() < 10) throw InputError(path + ": truncated .npy file (no header)");
    const uint8_t version = bytes[6];
    if (version < 1 || version > 3) {
        throw InputError(path + ": .npy format version " + std::to_string(version) +
                         " is not supported (1 to 3 are)");
    }
    const size_t length_bytes = version == 1 ? 2 : 4;
    offset = 8 + length_bytes;
    if (bytes.size() < offset) throw InputError(path + ": truncated .npy file (no header)");
    size_t length = 0;
    for (size_t i = 0; i < length_bytes; ++i) length |= size_t{bytes[8 + i]} << (8 * i);
    if (length > bytes.size() - offset) {
        throw InputError(path + ": truncated .npy file (the header is cut off)");
    }
    offset += length;
    return text.substr(offset - length, length);
}

Dtype parse_dtype(const std::string& descr, const std::string& path) {
    const auto known = std::find_if(dtypes.begin(), dtypes.end(),
                                    [&](const DtypeInfo& info) { return info.descr == descr; });
    if (known != dtypes.end()) return known->dtype;
    if (descr.starts_with('>')) {
        throw InputError(path + ": big-endian numbers (" + descr +
                         ") are not supported; save it as little-endian");
    }
    throw InputError(path + ": numbers of type '" + descr.substr(0, 40) + "' are not supported");
}

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

/// IEEE 754 half to float; exact.
float half_to_float(uint16_t half) {
    const int exponent = (half >> 10) & 31;
    const int mantissa = half & 1023;
    float magnitude = 0;
    if (exponent == 31) {
        magnitude = mantissa != 0 ? std::numeric_limits<float>::quiet_NaN()
                                  : std::numeric_limits<float>::infinity();
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
            return convert_all<uint8_t>(source, target,
                                        [](uint8_t value) { return value != 0 ? 1.0F : 0.0F; });
        case Dtype::i1: return convert_integers<int8_t>(source, target);
        case Dtype::u1: return convert_integers<uint8_t>(source, target);
        case Dtype::i2: return convert_integers<int16_t>(source, target);
        case Dtype::u2: return convert_integers<uint16_t>(source, target);
        case Dtype::i4: return convert_integers<int32_t>(source, target);
        case Dtype::u4: return convert_integers<uint32_t>(source, target);
        case Dtype::i8: return convert_integers<int64_t>(source, target);
        case Dtype::f2: return convert_all<uint16_t>(source, target, half_to_float);
        case Dtype::f4:
            return convert_all<float>(source, target, [](float value) { return value; });
        case Dtype::f8: return convert_all<double>(source, target, double_to_float);
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

NpyFile::NpyFile(const std::string& path) : path_(path), bytes_(read_file(path)) {
    const Header header = HeaderParser(header_text(bytes_, path, data_offset_), path).parse();
    dtype_ = parse_dtype(*header.descr, path);
    shape_ = *header.shape;
    size_ = checked_product(shape_, path);
    if (*header.fortran_order && shape_.size() > 1) {
        throw InputError(path + ": Fortran order is not supported; save it with " +
                         "numpy.ascontiguousarray()");
    }
    const auto present = static_cast<int64_t>(bytes_.size() - data_offset_);
    const int64_t expected = size_ * bytes_of(dtype_);
    if (present != expected) {
        throw InputError(path + (present < expected ? ": truncated" : ": damaged") +
                         " .npy file (shape " + shape_text(shape_) + " needs " +
                         std::to_string(expected) + " bytes of values, the file has " +
                         std::to_string(present) + ")");
    }
}

std::vector<float> NpyFile::values(int64_t first, int64_t count) const {
    if (first < 0 || count < 0 || first > size_ || count > size_ - first) {
        throw std::logic_error("NpyFile::values: range outside of the array");
    }
    std::vector<float> result(static_cast<size_t>(count));
    const auto offset = static_cast<size_t>(first * bytes_of(dtype_));
    convert(dtype_, bytes_.data() + data_offset_ + offset, result);
    const auto bad =
        std::find_if(result.begin(), result.end(), [](float v) { return !std::isfinite(v); });
    if (bad != result.end()) {
        throw InputError(path_ + ": value " + std::to_string(first + (bad - result.begin())) +
                         " is not a finite float");
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

std::vector<float> read_sample(const std::string& spec, int64_t sample_size) {
    std::string path;
    const std::optional<int64_t> index = split_index(spec, path);
    const auto check_size = [&](int64_t size, const std::vector<int64_t>& shape) {
        if (size == sample_size) return;
        const bool many = !index && sample_size > 0 && size > 0 && size % sample_size == 0;
        throw InputError(path + ": a sample has " + std::to_string(size) + " values (shape " +
                         shape_text(shape) + "), the model needs " + std::to_string(sample_size) +
                         (many ? "; choose one of many with " + path + "@INDEX" : ""));
    };
    if (index) {
        const NpySamples samples(path);
        check_size(samples.sample_size(), samples.sample_shape());
        return samples.sample(*index);
    }
    const NpyFile file(path);
    check_size(file.size(), file.shape());
    return file.values(0, file.size());
}

void write_npy(const std::string& path, const Array& array) {
    std::string shape;
    for (const int64_t extent : array.shape) shape += std::to_string(extent) + ", ";
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    if (array.shape.size() == 1) shape.pop_back();  // (3,) as NumPy writes it
    if (array.shape.size() > dimensions_max || checked_product(array.shape, path) != array.size()) {
        throw std::logic_error("write_npy: the shape does not fit the values");
    }

    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    // The values begin at a multiple of 64 bytes; the header ends with a line feed.
    const size_t unpadded = magic.size() + 4 + header.size() + 1;
    header.append((64 - unpadded % 64) % 64, ' ');
    header += '\n';

    std::string text(magic);
    text += {'\x01', '\x00', static_cast<char>(header.size() & 255),
             static_cast<char>(header.size() >> 8)};
    text += header;
    const auto* values = reinterpret_cast<const char*>(array.values.data());
    text.append(values, array.values.size() * sizeof(float));
    write_file(path, text);
}

}  // namespace dynbal::io
