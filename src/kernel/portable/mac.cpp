#include "kernel/mac.hpp"

#include "kernel/portable/portable.hpp"

namespace dynbal::kernel {

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    portable::mac_rows(x, weights, row_stride, rows, length, sums);
}

void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    portable::mac_rows(x, weights, row_stride, rows, length, sums);
}

void strip_state(int16_t* words, uint32_t count) { portable::strip_state(words, count); }

}  // namespace dynbal::kernel
