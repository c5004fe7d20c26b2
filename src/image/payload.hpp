//! What `dynbal firmware` puts behind a board's program in flash: the device image and one input to run it on. The only
//! definition of its layout; the board's program and the host read and write it through this file.
//!
//! [PayloadHeader | image, image_bytes, padded to 4 | input, input_values int16 in engine order]
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/crc32.hpp"
#include "base/math.hpp"
#include "image/format.hpp"

namespace dynbal {

inline constexpr uint32_t payload_magic = 0x50424E44;  // "DNBP"
inline constexpr uint16_t payload_version = 1;

struct PayloadHeader {
    uint32_t magic = payload_magic;
    uint16_t version = payload_version;
    uint16_t policy = static_cast<uint16_t>(PolicyKind::best);
    uint32_t crc = 0;  ///< CRC-32 of header and what follows, with this field 0
    uint32_t image_bytes = 0;
    uint32_t input_values = 0;
    uint32_t inferences = 1;  ///< how many to run before the program stops; 0: never stop
};
static_assert(sizeof(PayloadHeader) == 24);

constexpr uint32_t payload_image_offset() { return sizeof(PayloadHeader); }
constexpr uint32_t payload_input_offset(const PayloadHeader& header) {
    return payload_image_offset() + align4(header.image_bytes);
}
constexpr uint64_t payload_bytes(const PayloadHeader& header) {
    return uint64_t{payload_image_offset()} + align4(header.image_bytes) + 2 * uint64_t{header.input_values};
}

/// CRC of a payload as stored; `bytes` holds at least payload_bytes(header).
inline uint32_t payload_crc(PayloadHeader header, std::span<const std::byte> bytes) {
    header.crc = 0;
    uint32_t crc = crc32(std::as_bytes(std::span<const PayloadHeader, 1>(&header, 1)));
    const auto size = static_cast<uint32_t>(payload_bytes(header));
    return crc32(bytes.subspan(sizeof(PayloadHeader), size - sizeof(PayloadHeader)), crc);
}

}  // namespace dynbal
