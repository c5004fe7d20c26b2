/**
 * What the overlay calls of CMSIS-DSP. Declared here, because the headers of CMSIS-DSP are no part of this project and
 * include more of the C library than a microcontroller need have; their source is compiled with this file in front, so
 * that a declaration which no longer agrees with theirs is an error.
 *
 * C99. C++ includes it inside `extern "C" { }`.
 */
#pragma once

#include <stdint.h>

/** result = sum of x[i] * weights[i], exact in 64 bits. Any address that the type allows. */
void arm_dot_prod_q15(const int16_t* x, const int16_t* weights, uint32_t length, int64_t* result);
