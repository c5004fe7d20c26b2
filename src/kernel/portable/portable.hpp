//! The kernels of mac.hpp in plain C++: they define the bits. Sums wrap at 32 bits.
#pragma once

#include <cstdint>

namespace dynbal::kernel::portable {

template <typename Weight>
void mac_rows(const int16_t* x, const Weight* weights, uint32_t row_stride, uint32_t rows, uint32_t length,
              int32_t* sums) {
    for (uint32_t row = 0; row < rows; ++row) {
        const Weight* w = weights + row * row_stride;
        auto sum = static_cast<uint32_t>(sums[row]);
        for (uint32_t i = 0; i < length; ++i) {
            sum += static_cast<uint32_t>(int32_t{x[i]} * int32_t{w[i]});
        }
        sums[row] = static_cast<int32_t>(sum);
    }
}

inline void strip_state(int16_t* words, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        words[i] = static_cast<int16_t>(static_cast<uint16_t>(words[i]) << 1U);
    }
}

}  // namespace dynbal::kernel::portable
