//! Pseudo-random numbers that are the same on every platform: the distributions of the standard
//! library differ between its implementations, and a failing run must replay anywhere.
#pragma once

#include <cstdint>

namespace dynbal {

/// SplitMix64 (Steele, Lea, Flood 2014) as a hash: every bit of the result depends on every bit of
/// the argument.
constexpr uint64_t hash64(uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

/// The `index`-th number of the sequence that `seed` starts.
constexpr uint64_t random64(uint64_t seed, uint64_t index) { return hash64(hash64(seed) ^ index); }

/// Maps a random number to [low, high]; the bias is below 2^-24 for the ranges used here.
constexpr uint64_t in_range(uint64_t random, uint64_t low, uint64_t high) { return low + random % (high - low + 1); }

}  // namespace dynbal
