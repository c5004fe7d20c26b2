//! Start of a Cortex-M4 program: what runs between the reset vector and main(), and where faults end.
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
