//! Clocks: from what reset leaves (DCO at 3 MHz, core voltage 0) to 48 MHz, and waiting.
//!
//! Invariant: at no moment is a clock faster than voltage and wait states allow. So the order is: core voltage 1, one
//! flash wait state, SMCLK divided by 2 (it may have half of what MCLK may), and only then the DCO.
#pragma once

#include <cstdint>

namespace dynbal::board {

inline constexpr uint32_t reset_hz = 3'000'000;
inline constexpr uint32_t processor_hz = 48'000'000;
inline constexpr uint32_t smclk_hz = processor_hz / 2;

/// Null, or what went wrong; the processor then still runs at 3 MHz.
const char* start_clock();

/// Waits at least so many processor cycles, at most 2^24. Between the two calls other things can be done; the clock must stay.
void start_wait(uint32_t cycles);
void finish_wait();
void wait_cycles(uint32_t cycles);

}  // namespace dynbal::board
