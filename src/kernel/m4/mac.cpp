#include "kernel/mac.hpp"

#include "kernel/m4/m4.hpp"

namespace dynbal::kernel {

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    m4::mac_rows(x, weights, row_stride, rows, length, sums);
}

void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    m4::mac_rows(x, weights, row_stride, rows, length, sums);
}

void strip_state(int16_t* words, uint32_t count) { m4::strip_state(words, count); }

}  // namespace dynbal::kernel
