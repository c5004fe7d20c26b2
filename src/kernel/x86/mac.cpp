//! Picks the widest instruction set of this machine, once.
#include "kernel/mac.hpp"

#include "kernel/portable/portable.hpp"
#include "kernel/x86/x86.hpp"

namespace dynbal::kernel {
namespace {

template <typename Weight>
void mac_rows_of(const int16_t* x, const Weight* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
                 int32_t* sums) {
    static const bool has_avx2 = avx2::is_supported();
    if (has_avx2) {
        avx2::mac_rows(x, weights, row_stride, rows, length, sums);
    } else {
        sse2::mac_rows(x, weights, row_stride, rows, length, sums);
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

// A plain loop: the compiler makes vector code of it.
void strip_state(int16_t* words, uint32_t count) { portable::strip_state(words, count); }

}  // namespace dynbal::kernel
