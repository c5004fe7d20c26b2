//! The kernels that define the bits, against sums in 64 bits.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "kernel/mac.hpp"

namespace dynbal::test {
namespace {

template <typename Weight>
void check_mac_rows() {
    const auto rows = *rc::gen::inRange<uint32_t>(1, 9);
    const auto length = *rc::gen::inRange<uint32_t>(0, 40);
    const auto gap = *rc::gen::inRange<uint32_t>(0, 5);
    const uint32_t stride = length + gap;
    const auto x = *rc::gen::container<std::vector<int16_t>>(length, rc::gen::arbitrary<int16_t>());
    // As the compiler makes them: no sum leaves 31 bits.
    const int64_t limit = std::min<int64_t>(std::numeric_limits<Weight>::max(), 32767 / (length + 1));
    auto weights = *rc::gen::container<std::vector<Weight>>(
        size_t{rows} * stride + 1,
        rc::gen::inRange<Weight>(static_cast<Weight>(-limit), static_cast<Weight>(limit + (limit < 127))));
    auto sums = *rc::gen::container<std::vector<int32_t>>(rows, rc::gen::inRange(-100000, 100000));
    const std::vector<int32_t> before = sums;
    kernel::mac_rows(x.data(), weights.data(), stride, rows, length, sums.data());
    for (uint32_t row = 0; row < rows; ++row) {
        int64_t expected = before[row];
        for (uint32_t i = 0; i < length; ++i) {
            expected += int64_t{x[i]} * int64_t{weights[row * stride + i]};
        }
        RC_ASSERT(int64_t{sums[row]} == expected);
    }
}

RC_GTEST_PROP(Kernel, RowsOfInt16, ()) { check_mac_rows<int16_t>(); }
RC_GTEST_PROP(Kernel, RowsOfInt8, ()) { check_mac_rows<int8_t>(); }

TEST(Kernel, StripStateDoublesEveryValueWhateverItsState) {
    for (int32_t value = -16384; value <= 16383; ++value) {
        for (const uint32_t state : {0U, 1U}) {
            auto word =
                static_cast<int16_t>(static_cast<uint16_t>((static_cast<uint32_t>(value) & 0x7FFFU) | state << 15U));
            kernel::strip_state(&word, 1);
            ASSERT_EQ(word, 2 * value);
        }
    }
}

}  // namespace
}  // namespace dynbal::test
