//! Start of a Cortex-M program: what runs between the reset vector and run(), and where faults end. Its vector table is
//! that of `vectors.cpp`; a board that uses interrupts has a table of its own, and a `reset_entry()` that calls start().
#pragma once

namespace dynbal::board {

/// The board's program; its result is passed to finish().
int run();

/// Ends the program with an exit code, or stops for good where there is nobody to tell.
[[noreturn]] void finish(int exit_code);

/// Entry of every fault and of every interrupt that nothing was registered for: says so and stops.
[[noreturn]] void unexpected_exception();

/// First instruction after reset: initialises data, switches the FPU on, calls run().
[[noreturn]] void start();

}  // namespace dynbal::board
