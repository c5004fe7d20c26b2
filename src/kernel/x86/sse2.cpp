//! SSE2, which every x86-64 has: PMADDWD multiplies eight pairs and adds neighbours, wrapping as all sums may.
#include <immintrin.h>

#include "kernel/x86/x86.hpp"

namespace dynbal::kernel::sse2 {
namespace {

constexpr uint32_t lanes = 8;

__m128i load(const int16_t* words) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(words)); }

/// Widened by doubling each byte and shifting the sign down.
__m128i load(const int8_t* bytes) {
    const __m128i narrow = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes));
    return _mm_srai_epi16(_mm_unpacklo_epi8(narrow, narrow), 8);
}

int32_t sum_of(__m128i lanes_of_32) {
    const __m128i pairs = _mm_add_epi32(lanes_of_32, _mm_shuffle_epi32(lanes_of_32, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(pairs, _mm_shuffle_epi32(pairs, 0xB1)));
}

template <typename Weight>
void mac_rows_of(const int16_t* x, const Weight* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
                 int32_t* sums) {
    for (uint32_t row = 0; row < rows; ++row) {
        const Weight* w = weights + row * row_stride;
        __m128i products = _mm_setzero_si128();
        uint32_t i = 0;
        for (; i + lanes <= length; i += lanes) {
            products = _mm_add_epi32(products, _mm_madd_epi16(load(x + i), load(w + i)));
        }
        auto sum = static_cast<uint32_t>(sum_of(products));
        for (; i < length; ++i) {
            sum += static_cast<uint32_t>(int32_t{x[i]} * int32_t{w[i]});
        }
        sums[row] = static_cast<int32_t>(static_cast<uint32_t>(sums[row]) + sum);
    }
}

}  // namespace

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    mac_rows_of(x, weights, row_stride, rows, length, sums);
}

void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    mac_rows_of(x, weights, row_stride, rows, length, sums);
}

}  // namespace dynbal::kernel::sse2
