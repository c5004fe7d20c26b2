//! AVX2: sixteen products at a time. Built with -mavx2, so nothing here may be called before is_supported() was asked,
//! and nothing inline from elsewhere may be used: it would be compiled for AVX2, too.
#include <immintrin.h>

#include "kernel/x86/x86.hpp"

namespace dynbal::kernel::avx2 {
namespace {

constexpr uint32_t lanes = 16;

__m256i load(const int16_t* words) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)); }

__m256i load(const int8_t* bytes) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

uint32_t sum_of(__m256i lanes_of_32) {
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(lanes_of_32), _mm256_extracti128_si256(lanes_of_32, 1));
    const __m128i pairs = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    return static_cast<uint32_t>(_mm_cvtsi128_si32(_mm_add_epi32(pairs, _mm_shuffle_epi32(pairs, 0xB1))));
}

template <typename Weight>
void mac_rows_of(const int16_t* x, const Weight* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
                 int32_t* sums) {
    for (uint32_t row = 0; row < rows; ++row) {
        const Weight* w = weights + row * row_stride;
        __m256i products = _mm256_setzero_si256();
        uint32_t i = 0;
        for (; i + lanes <= length; i += lanes) {
            products = _mm256_add_epi32(products, _mm256_madd_epi16(load(x + i), load(w + i)));
        }
        uint32_t sum = sum_of(products);
        for (; i < length; ++i) {
            sum += static_cast<uint32_t>(int32_t{x[i]} * int32_t{w[i]});
        }
        sums[row] = static_cast<int32_t>(static_cast<uint32_t>(sums[row]) + sum);
    }
}

}  // namespace

bool is_supported() { return __builtin_cpu_supports("avx2") != 0; }

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    mac_rows_of(x, weights, row_stride, rows, length, sums);
}

void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    mac_rows_of(x, weights, row_stride, rows, length, sums);
}

}  // namespace dynbal::kernel::avx2
