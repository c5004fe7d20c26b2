#include "power/lzf.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cstring>

namespace dynbal::power {
namespace {

constexpr H5Z_filter_t filter_number = 32000;
// A chunk of HDF5 has less than 4 GiB; what a recorder writes has some KiB.
constexpr size_t chunk_bytes_max = size_t{1} << 28U;

size_t filter(unsigned flags, size_t /*parameter_count*/, const unsigned* /*parameters*/, size_t size,
              size_t* buffer_size, void** buffer) {
    if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;  // compressing: left as it is
    const auto bytes = lzf_decompress({static_cast<const uint8_t*>(*buffer), size}, chunk_bytes_max);
    if (!bytes || bytes->empty()) return 0;
    void* const target = H5allocate_memory(bytes->size(), false);
    if (target == nullptr) return 0;
    std::memcpy(target, bytes->data(), bytes->size());
    H5free_memory(*buffer);
    *buffer = target;
    *buffer_size = bytes->size();
    return bytes->size();
}

}  // namespace

std::optional<std::vector<uint8_t>> lzf_decompress(std::span<const uint8_t> data, size_t bytes_max) {
    std::vector<uint8_t> bytes;
    for (size_t at = 0; at < data.size();) {
        const size_t control = data[at++];
        if (control < 32) {
            // A run of bytes as they are.
            const size_t length = control + 1;
            if (length > data.size() - at || length > bytes_max - bytes.size()) return std::nullopt;
            const auto begin = data.begin() + static_cast<std::ptrdiff_t>(at);
            bytes.insert(bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
            at += length;
            continue;
        }
        // Bytes that were there before; they may overlap with what they become.
        size_t length = (control >> 5U) + 2;
        if (length == 9) {
            if (at == data.size()) return std::nullopt;
            length += data[at++];
        }
        if (at == data.size()) return std::nullopt;
        const size_t distance = ((control & 0x1FU) << 8U) + data[at++] + 1;
        if (distance > bytes.size() || length > bytes_max - bytes.size()) return std::nullopt;
        for (size_t i = 0; i < length; ++i) bytes.push_back(bytes[bytes.size() - distance]);
    }
    return bytes;
}

void register_lzf_filter() {
    const H5Z_class2_t lzf{H5Z_CLASS_T_VERS, filter_number, 1, 1, "lzf", nullptr, nullptr, filter};
    H5Zregister(&lzf);
}

}  // namespace dynbal::power
