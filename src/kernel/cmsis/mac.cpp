//! Arm's CMSIS-DSP for int16 weights, one row a call. It adds in 64 bits, so the lower 32 are the sum that wraps.
//! For int8 weights it has nothing that leaves the sum as it is: those of its sister CMSIS-NN are rescaled and narrowed
//! before one can have them. So they are ours, as is the state bit.
#include "kernel/mac.hpp"

#include "kernel/m4/m4.hpp"

extern "C" {
#include "kernel/cmsis/dot_product.h"
}

namespace dynbal::kernel {

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    for (uint32_t row = 0; row < rows; ++row) {
        int64_t sum = 0;
        arm_dot_prod_q15(x, weights + row * row_stride, length, &sum);
        sums[row] = static_cast<int32_t>(static_cast<uint32_t>(sums[row]) + static_cast<uint32_t>(sum));
    }
}

void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    m4::mac_rows(x, weights, row_stride, rows, length, sums);
}

void strip_state(int16_t* words, uint32_t count) { m4::strip_state(words, count); }

}  // namespace dynbal::kernel
