//! A program for the emulated board that holds the Cortex-M4 kernels against the portable ones, which define the bits,
//! and calls them on the shapes of the published measurements. Not a product: it is loaded by tests and benches.
#include <cstddef>

#include "common/cortex_m.hpp"
#include "kernel/mac.hpp"
#include "kernel/portable/portable.hpp"
#include "qemu-mps2-an386/semihosting.hpp"

namespace dynbal::board {
namespace {

constexpr uint32_t rows_max = 16;
constexpr uint32_t length_max = 144;

/// Numerical Recipes' generator: the vectors are the same in every run.
class Random {
public:
    uint32_t next() { return state_ = state_ * 1664525U + 1013904223U; }
    uint32_t below(uint32_t limit) { return (next() >> 8U) % limit; }
    /// Any 16-bit value, extremes often.
    int16_t word() {
        const uint32_t value = next();
        const uint32_t kind = value >> 29U;
        return static_cast<int16_t>(kind == 0 ? -32768 : (kind == 1 ? 32767 : static_cast<int32_t>(value >> 8U)));
    }

private:
    uint32_t state_ = 1;
};

/// Buffers with room to start at odd places.
struct Vectors {
    alignas(8) int16_t x[length_max + 4];
    alignas(8) int16_t words[rows_max * (length_max + 4) + 4];
    alignas(8) int8_t bytes[rows_max * (length_max + 4) + 8];
    int32_t sums[rows_max];
    int32_t expected[rows_max];
};

struct Shape {
    uint32_t rows, length, stride, skip_x, skip_weights;
};

template <typename Weight>
uint32_t mismatches(Vectors& v, const Weight* weights, const Shape& shape, Random& random) {
    for (uint32_t row = 0; row < shape.rows; ++row) {
        v.sums[row] = v.expected[row] = static_cast<int32_t>(random.next());
    }
    const int16_t* x = v.x + shape.skip_x;
    kernel::mac_rows(x, weights + shape.skip_weights, shape.stride, shape.rows, shape.length, v.sums);
    kernel::portable::mac_rows(x, weights + shape.skip_weights, shape.stride, shape.rows, shape.length, v.expected);
    uint32_t count = 0;
    for (uint32_t row = 0; row < shape.rows; ++row) {
        count += v.sums[row] != v.expected[row] ? 1 : 0;
    }
    return count;
}

void fill(Vectors& v, Random& random) {
    for (int16_t& word : v.x) {
        word = random.word();
    }
    for (int16_t& word : v.words) {
        word = random.word();
    }
    for (int8_t& byte : v.bytes) {
        byte = static_cast<int8_t>(random.word());
    }
}

uint32_t strip_mismatches(Vectors& v, Random& random) {
    const uint32_t count = random.below(length_max);
    int16_t* words = v.x + random.below(3);
    int16_t* expected = v.words;
    for (uint32_t i = 0; i < count; ++i) {
        expected[i] = words[i];
    }
    kernel::strip_state(words, count);
    kernel::portable::strip_state(expected, count);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; ++i) {
        wrong += words[i] != expected[i] ? 1 : 0;
    }
    return wrong;
}

}  // namespace

int run() {
    static Vectors v;
    Random random;
    fill(v, random);
    // 1x144 by 144x16, as published: the first two calls, which the bench counts.
    const Shape published{rows_max, length_max, length_max, 0, 0};
    uint32_t wrong = mismatches(v, v.words, published, random) + mismatches(v, v.bytes, published, random);
    constexpr uint32_t rounds = 2000;
    for (uint32_t round = 0; round < rounds; ++round) {
        const uint32_t length = random.below(round % 2 == 0 ? 12 : length_max + 1);
        const Shape shape{random.below(rows_max + 1), length, length + random.below(5), random.below(4),
                          random.below(4)};
        wrong += mismatches(v, v.words, shape, random) + mismatches(v, v.bytes, shape, random);
        wrong += strip_mismatches(v, random);
        v.x[random.below(length_max)] = random.word();
    }
    SemihostingConsole console;
    console.write("mismatches ");
    console.write_decimal(wrong);
    console.write("\n");
    return wrong == 0 ? 0 : 1;
}

void finish(int exit_code) { semihosting_exit(static_cast<uint32_t>(exit_code)); }

void unexpected_exception() {
    SemihostingConsole().write("error: the processor met a fault\n");
    finish(70);
}

}  // namespace dynbal::board
