//! Kills the emulated board again and again while it computes inference after inference: is every answer right?
//!
//! The program is one that never stops (inferences = 0). A kill counts if the program was running, that is, after its
//! first line. The moments are random and depend on the machine, so unlike a crash test no kill can be replayed; what is
//! kept is the NVM file of the first failure.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "firmware/emulator.hpp"

namespace dynbal::firmware {

struct KillOptions {
    uint32_t kills = 100;
    uint64_t seed = 1;
    std::function<void()> on_kill;
};

struct KillResult {
    uint64_t kills = 0;
    uint64_t inferences = 0;     ///< number of the last answer
    uint64_t answers = 0;        ///< lines with an answer; one may be said twice, before and after a kill
    uint64_t killed_midway = 0;  ///< kills after which the board went on with an inference that was under way
    uint64_t wrong = 0;          ///< answers with other bits, numbers out of order, or errors
    std::string first_failure;
};

/// The text of an answer: four hexadecimal digits a value, as the board says it.
std::string output_text(std::span<const int16_t> values);

/// `expected`: output_text() of the host's answer. Throws InputError where the emulator cannot run.
KillResult run_kill_test(const Emulator& emulator, const std::string& expected, const KillOptions& options);

}  // namespace dynbal::firmware
