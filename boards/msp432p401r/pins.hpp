//! What is connected where on the MSP-EXP432P401R LaunchPad, and what its option pins ask for (table in README.md).
#pragma once

#include <cstdint>

#include "plugin/policy.hpp"

namespace dynbal::board {

/// What jumpers to ground on the option pins ask for, read once after power-up.
struct Options {
    bool has_policy = false;  ///< false: the payload says which
    PolicyKind policy = PolicyKind::best;
    uint16_t spi_divider = 3;  ///< of SMCLK (24 MHz)
};

/// Gives every pin its function, chip select high first.
void start_pins();
Options read_options();

void select_fram(bool selected);
/// Green: changes with each answer.
void toggle_progress();
/// Red: the program has stopped with an error.
void show_error();

}  // namespace dynbal::board
