//! SHA-256 digests, by Nettle.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace dynbal::io {

using Sha256 = std::array<uint8_t, 32>;

Sha256 sha256(std::span<const uint8_t> bytes);

/// 64 lower-case hexadecimal digits, as sha256sum prints them.
std::string sha256_hex(std::span<const uint8_t> bytes);

}  // namespace dynbal::io
