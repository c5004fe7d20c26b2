//! The kernels of mac.hpp for x86-64, one namespace for each instruction set; mac.cpp picks at run time.
#pragma once

#include <cstdint>

namespace dynbal::kernel {

namespace sse2 {
void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);
void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);
}  // namespace sse2

namespace avx2 {
/// Whether this machine can run the functions of this namespace.
bool is_supported();
void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);
void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);
}  // namespace avx2

}  // namespace dynbal::kernel
