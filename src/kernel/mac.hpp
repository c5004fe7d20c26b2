//! The arithmetic at the bottom: rows of weights times one patch of input.
//!
//! x        [length] int16, even: twice a 15-bit activation
//! weights  `rows` rows of `length` weights, `row_stride` weights apart
//! sums     [rows] int32, added to
//!
//! The compiler keeps sum(|w|) * 2^15 below 2^31 for each row, so the sum of a row fits whatever the order of additions.
//!
//! portable/ defines the bits. x86/ (chosen at run time), m4/ (Arm's DSP extension) and cmsis/ (Arm's CMSIS-DSP, where
//! the user has it) give the same ones; the build takes one folder's mac.cpp, tests compare all that the machine can run.
#pragma once

#include <cstdint>

namespace dynbal::kernel {

void mac_rows(const int16_t* x, const int16_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);
void mac_rows(const int16_t* x, const int8_t* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums);

/// Strips the state: stored words become twice their 15-bit value, in place.
void strip_state(int16_t* words, uint32_t count);

}  // namespace dynbal::kernel
