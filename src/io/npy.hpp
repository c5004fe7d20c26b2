//! NumPy .npy files (format 1.0 to 3.0), the program's tensor input and output.
//!
//! Accepted: booleans, integers of 1 to 8 bytes, floats of 2, 4 and 8, of either order of bytes and of dimensions, finite
//! values. Everything else, and every malformed file, gives InputError with the file name and what
//! is wrong with it; nothing about a file is asserted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/npy_header.hpp"

namespace dynbal::io {

/// An array of floats converted from any numeric dtype, and its shape.
struct Array {
    std::vector<int64_t> shape;
    std::vector<float> values;

    int64_t size() const { return static_cast<int64_t>(values.size()); }
};

/// Reads the whole file. Throws InputError.
Array read_npy(const std::string& path);

/// A .npy file in memory, values still in the file's own format. Immutable, so thread-safe.
class NpyFile {
public:
    /// Reads the file and checks header and length. Throws InputError.
    explicit NpyFile(const std::string& path);
    /// The same of bytes that lie in the memory already; `path` is for messages.
    NpyFile(std::string path, std::vector<uint8_t> bytes);

    const std::vector<int64_t>& shape() const { return shape_; }
    /// Number of values.
    int64_t size() const { return size_; }
    /// Values [first, first + count) of the flattened array, converted to float. A value that is
    /// not finite as a float gives InputError.
    std::vector<float> values(int64_t first, int64_t count) const;

private:
    std::string path_;
    std::vector<int64_t> shape_;
    Dtype dtype_ = Dtype::f4;
    int64_t size_ = 0;
    size_t data_offset_ = 0;
    std::vector<uint8_t> bytes_;
};

/// A view on a .npy file with many samples along its first dimension, read sample by sample.
class NpySamples {
public:
    /// Throws InputError.
    explicit NpySamples(const std::string& path);
    int64_t count() const { return file_.shape().front(); }
    /// Shape of one sample (the first dimension removed).
    const std::vector<int64_t>& sample_shape() const { return sample_shape_; }
    /// Number of values of one sample.
    int64_t sample_size() const { return sample_size_; }
    /// Sample `index` as floats. Thread-safe. Throws InputError if there is no such sample or it
    /// holds a value that is not finite.
    std::vector<float> sample(int64_t index) const;

private:
    std::string path_;
    NpyFile file_;
    std::vector<int64_t> sample_shape_;
    int64_t sample_size_ = 1;
};

/// Reads `FILE.npy` (one sample, of `sample_size` values whatever its shape) or `FILE.npy@INDEX`
/// (one of many). Throws InputError if the sizes do not fit.
/// `shape`, if given, receives the sample's shape.
std::vector<float> read_sample(const std::string& spec, int64_t sample_size, std::vector<int64_t>* shape = nullptr);

/// Writes float32 with the given shape, through a temporary file renamed at the end. Throws
/// InputError if the file cannot be written; the shape must fit the values (std::logic_error).
void write_npy(const std::string& path, const Array& array);

}  // namespace dynbal::io
