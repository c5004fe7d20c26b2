//! The header of a .npy file: magic, version, and a Python dictionary of three known keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynbal::io {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr size_t npy_dimensions_max = 32;  // NumPy's own limit

/// The number formats of .npy files that are understood.
enum class Dtype : uint8_t { b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8 };

/// Size of one value.
int64_t bytes_of(Dtype dtype);

struct NpyHeader {
    Dtype dtype = Dtype::f4;
    bool big_endian = false;
    bool fortran_order = false;
    std::vector<int64_t> shape;  // each at least 0; their product is not checked
    size_t data_offset = 0;      // of the first value, at most the file's size
};

/// Reads the header from the content of the file. `path` is for messages. Throws InputError.
NpyHeader parse_npy_header(const std::vector<uint8_t>& bytes, const std::string& path);

}  // namespace dynbal::io
