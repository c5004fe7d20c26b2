//! What a board does from power-up on: install the image if need be, go on with the inference that was interrupted,
//! answer, and begin the next one until as many as the payload asks for have been run.
//!
//! It says on the console:
//!     dynbal BOARD
//!     installed                          if the image was written into NVM in this power cycle
//!     resumed                            a note (console.hpp): an inference was under way when power failed
//!     inference N class C output WORDS   answer N (from 1): the 15-bit values as hexadecimal words, class = the largest
//!     error: TEXT                        and then stops
#pragma once

#include <span>

#include "common/console.hpp"
#include "common/sections.hpp"
#include "platform/nvm.hpp"
#include "plugin/policy.hpp"

namespace dynbal::board {

/// What the application needs of a board: name, memory and console; the rest may stay. NVM that cannot be used must be
/// found out before.
struct Board {
    const char* name = nullptr;  ///< null: the board has said who it is
    Nvm* nvm = nullptr;
    uint32_t nvm_bytes = 0;
    Console* console = nullptr;
    std::span<const std::byte> flash_payload = payload_in_flash();
    std::span<std::byte> arena = free_sram();  ///< 4-byte aligned
    bool has_policy = false;                   ///< the board's option pins say which policy, not the payload
    PolicyKind policy = PolicyKind::best;
    void (*answered)() = nullptr;  ///< called after each answer, for example to toggle a pin
};

/// Returns 0 when all inferences have been run, else 1 after having said why.
int run_application(const Board& board);

}  // namespace dynbal::board
