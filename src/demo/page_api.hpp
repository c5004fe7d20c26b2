//! The demo as a page calls it: one network, one race, texts in JSON. C, so that WebAssembly exports it as it is; the same
//! functions serve the tests on this machine.
//!
//! Invariants:
//!  1. what is wrong with what a visitor brought comes back as {"error": "..."}, and all stays as it was;
//!  2. a text that was returned is valid until the next call.
#pragma once

#include <stdint.h>

extern "C" {

/// Memory for what is handed over: filled by the caller, valid until the next call.
uint8_t* dynbal_demo_buffer(uint32_t bytes);

const char* dynbal_demo_program();
/// The buffer holds a file of `dynbal compile`: what it is. Nothing else changes.
const char* dynbal_demo_network(uint32_t bytes, const char* name);
/// The buffer holds a file of `dynbal compile` and behind it a .npy file: this network and sample `index` of the other are what
/// the next race is run with, and the one before is over. If only one of them will not do, nothing changes.
const char* dynbal_demo_open(uint32_t image_bytes, const char* image_name, uint32_t samples_bytes,
                             const char* samples_name, int32_t index);
/// A race of two boards, by the names of their policies, begins. `capacitance_f`: 0 for that of the device.
const char* dynbal_demo_start(const char* first, const char* second, double power_w, double capacitance_f);
const char* dynbal_demo_advance(double seconds, double sample_step_s);
void dynbal_demo_set_power(double power_w);
void dynbal_demo_kill(uint32_t board);
/// The values of the layer that a board works on, [pixel][channel], -32768 where one is not finished.
const int16_t* dynbal_demo_values(uint32_t board);
}
