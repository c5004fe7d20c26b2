#include "io/sha256.hpp"

#include <nettle/sha2.h>

#include <tuple>

namespace dynbal::io {

static_assert(std::tuple_size_v<Sha256> == SHA256_DIGEST_SIZE);

Sha256 sha256(std::span<const uint8_t> bytes) {
    sha256_ctx context{};
    sha256_init(&context);
    sha256_update(&context, bytes.size(), bytes.data());
    Sha256 digest{};
    sha256_digest(&context, digest.size(), digest.data());
    return digest;
}

std::string sha256_hex(std::span<const uint8_t> bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : sha256(bytes)) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace dynbal::io
