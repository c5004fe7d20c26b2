//! What `sections.ld` has laid out: the places of the payload and of the arena.
#pragma once

#include <cstddef>
#include <span>

namespace dynbal::board {

extern "C" {
extern std::byte payload_begin[], payload_limit[], arena_begin[], arena_end[];
}

/// From the first byte behind the program to the end of flash.
inline std::span<const std::byte> payload_in_flash() { return {payload_begin, payload_limit}; }

/// The SRAM that static data and the stack leave; 8-byte aligned.
inline std::span<std::byte> free_sram() { return {arena_begin, arena_end}; }

}  // namespace dynbal::board
