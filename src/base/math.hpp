//! Small integer helpers with named rounding, used on host and device.
#pragma once

#include <cstdint>

namespace dynbal {

/// ceil(a / b) for b > 0.
constexpr uint32_t ceil_div(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

constexpr uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
constexpr uint32_t max_u32(uint32_t a, uint32_t b) { return a > b ? a : b; }
constexpr uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
constexpr uint64_t max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

/// The next multiple of 4: transfers and buffers keep 32-bit alignment.
constexpr uint32_t align4(uint32_t bytes) { return (bytes + 3U) & ~3U; }

/// A half-open range [begin, end).
struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;

    constexpr uint32_t size() const { return end - begin; }
    constexpr bool empty() const { return begin >= end; }
    constexpr bool covers(const Range& other) const { return begin <= other.begin && other.end <= end; }
    constexpr bool operator==(const Range&) const = default;
};

constexpr Range intersect(const Range& a, const Range& b) {
    return {max_u32(a.begin, b.begin), max_u32(max_u32(a.begin, b.begin), min_u32(a.end, b.end))};
}

}  // namespace dynbal
