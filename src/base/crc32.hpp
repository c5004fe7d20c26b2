//! CRC-32 (IEEE 802.3, reflected, as in zlib): guards the image and every double-buffered record.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dynbal {

namespace detail {
/// 16 entries, one per nibble: 64 bytes of flash instead of 1 KB; records are short.
inline constexpr std::array<uint32_t, 16> crc32_nibble_table = [] {
    std::array<uint32_t, 16> table{};
    for (uint32_t i = 0; i < 16; ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 4; ++bit) {
            value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
        }
        table[i] = value;
    }
    return table;
}();
}  // namespace detail

/// Continues a CRC over further bytes; start with `seed` 0.
constexpr uint32_t crc32(std::span<const std::byte> bytes, uint32_t seed = 0) {
    uint32_t crc = ~seed;
    for (const std::byte byte : bytes) {
        crc ^= static_cast<uint32_t>(byte);
        crc = detail::crc32_nibble_table[crc & 15U] ^ (crc >> 4U);
        crc = detail::crc32_nibble_table[crc & 15U] ^ (crc >> 4U);
    }
    return ~crc;
}

}  // namespace dynbal
