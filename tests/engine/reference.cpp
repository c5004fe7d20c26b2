#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

template <typename T>
T load(const std::vector<std::byte>& memory, size_t offset) {
    T value{};
    std::memcpy(&value, memory.data() + offset, sizeof(T));
    return value;
}

class Reference {
public:
    Reference(const std::vector<std::byte>& memory, const StageDescriptor& stage) : memory_(memory), s_(stage) {}

    int16_t value(int64_t row, int64_t col, uint32_t channel) const {
        switch (s_.op) {
            case StageOp::matrix: return pooled(row, col, channel);
            case StageOp::pool_max: return clamp(most_of(row, col, channel));
            case StageOp::pool_average: return clamp(mean_of(row, col, channel));
            case StageOp::add: return sum_of(row, col, channel);
            case StageOp::softmax: return share_of(row, col, channel);
            case StageOp::multiply: return product_of(row, col, channel);
            case StageOp::curve: return on_curve(row, col, channel);
        }
        return 0;
    }

private:
    /// The value at a place of the input; false in padding.
    bool input(uint32_t operand, int64_t row, int64_t col, uint32_t channel, int64_t& q) const {
        q = 0;
        if (row < 0 || col < 0 || row >= s_.in_h || col >= s_.in_w) return false;
        const auto pixel = static_cast<uint32_t>(row * s_.in_w + col);
        q = value_at(memory_, s_.inputs[operand], pixel, channel);
        return true;
    }

    int16_t clamp(int64_t q) const {
        return static_cast<int16_t>(std::clamp(q, int64_t{s_.clamp_low}, int64_t{s_.clamp_high}));
    }

    static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
    /// To nearest, halves upwards.
    static int64_t rounded_div(int64_t a, int64_t b) { return floor_div(2 * a + b, 2 * b); }

    int64_t weight(uint32_t out, uint32_t tap, uint32_t in) const {
        const uint32_t group_in = s_.channels_in / s_.groups;
        const uint32_t row_bytes = (uint32_t{s_.kernel_h} * s_.kernel_w * group_in * s_.weight_bytes + 3) / 4 * 4;
        const size_t place = s_.weights_offset + out * row_bytes + (tap * group_in + in) * s_.weight_bytes;
        return s_.weight_bytes == 1 ? int64_t{load<int8_t>(memory_, place)} : int64_t{load<int16_t>(memory_, place)};
    }

    /// One position of the convolution: bias + twice the products, rescaled and clamped.
    int16_t convolved(int64_t row, int64_t col, uint32_t out) const {
        const uint32_t group_in = s_.channels_in / s_.groups;
        const uint32_t group = out / (s_.channels_out / s_.groups);
        const auto bias = load<int32_t>(memory_, s_.headers_offset + 8 * out);
        const auto scale = load<uint32_t>(memory_, s_.headers_offset + 8 * out + 4);
        int64_t sum = bias;
        for (uint32_t ky = 0; ky < s_.kernel_h; ++ky) {
            for (uint32_t kx = 0; kx < s_.kernel_w; ++kx) {
                for (uint32_t in = 0; in < group_in; ++in) {
                    int64_t q = 0;
                    input(0, row * s_.stride_h + ky * s_.dilation_h - s_.pad_top,
                          col * s_.stride_w + kx * s_.dilation_w - s_.pad_left, group * group_in + in, q);
                    sum += 2 * q * weight(out, ky * s_.kernel_w + kx, in);
                }
            }
        }
        const int64_t divisor = int64_t{1} << (scale >> 24U);
        return clamp(floor_div(sum * int64_t{scale & 0xFFFFFFU} + divisor / 2, divisor));
    }

    int16_t pooled(int64_t row, int64_t col, uint32_t out) const {
        int64_t most = activation_min;
        int64_t sum = 0;
        for (int64_t y = 0; y < s_.pool_h; ++y) {
            for (int64_t x = 0; x < s_.pool_w; ++x) {
                const int64_t q = convolved(row * s_.pool_stride_h + y, col * s_.pool_stride_w + x, out);
                most = std::max(most, q);
                sum += q;
            }
        }
        if (s_.fused_pool != FusedPool::average) return static_cast<int16_t>(most);
        return static_cast<int16_t>(rounded_div(sum, int64_t{s_.pool_h} * s_.pool_w));
    }

    int64_t most_of(int64_t row, int64_t col, uint32_t channel) const {
        int64_t most = activation_min;
        for (int64_t y = 0; y < s_.kernel_h; ++y) {
            for (int64_t x = 0; x < s_.kernel_w; ++x) {
                int64_t q = 0;
                if (input(0, row * s_.stride_h + y * s_.dilation_h - s_.pad_top,
                          col * s_.stride_w + x * s_.dilation_w - s_.pad_left, channel, q)) {
                    most = std::max(most, q);
                }
            }
        }
        return most;
    }

    int64_t mean_of(int64_t row, int64_t col, uint32_t channel) const {
        int64_t sum = 0;
        int64_t count = 0;
        for (int64_t y = 0; y < s_.kernel_h; ++y) {
            for (int64_t x = 0; x < s_.kernel_w; ++x) {
                const int64_t in_row = row * s_.stride_h + y * s_.dilation_h - s_.pad_top;
                const int64_t in_col = col * s_.stride_w + x * s_.dilation_w - s_.pad_left;
                int64_t q = 0;
                const bool inside = input(0, in_row, in_col, channel, q);
                const bool padded = in_row < s_.in_h + s_.average_pad_bottom && in_col < s_.in_w + s_.average_pad_right;
                count += inside || (s_.count_include_pad != 0 && padded) ? 1 : 0;
                sum += q;
            }
        }
        return rounded_div(sum, std::max(count, int64_t{1}));
    }

    int16_t sum_of(int64_t row, int64_t col, uint32_t channel) const {
        int64_t a = 0;
        int64_t b = 0;
        input(0, row, col, channel, a);
        input(1, row, col, channel, b);
        const int64_t divisor = int64_t{1} << s_.rescale_shift;
        return clamp(floor_div(a * s_.rescale[0] + b * s_.rescale[1] + divisor / 2, divisor));
    }

    int16_t product_of(int64_t row, int64_t col, uint32_t channel) const {
        int64_t a = 0;
        int64_t b = 0;
        input(0, row, col, channel, a);
        input(1, row, col, channel, b);
        const int64_t divisor = int64_t{1} << s_.rescale_shift;
        return clamp(floor_div(a * b * s_.rescale[0] + divisor / 2, divisor));
    }

    /// Straight between the points at the ends of a piece.
    int16_t on_curve(int64_t row, int64_t col, uint32_t channel) const {
        int64_t q = 0;
        input(0, row, col, channel, q);
        const int64_t width = int64_t{1} << s_.rescale_shift;
        const int64_t piece = floor_div(q - activation_min, width);
        const size_t row_bytes = 4 * static_cast<size_t>(32768 / width + 1);
        const size_t place = s_.weights_offset + channel * row_bytes + 4 * static_cast<size_t>(piece);
        const int64_t left = load<int32_t>(memory_, place);
        const int64_t right = load<int32_t>(memory_, place + 4);
        const int64_t inside = q - activation_min - piece * width;
        return clamp(left + floor_div((right - left) * inside + width / 2, width));
    }

    int16_t share_of(int64_t row, int64_t col, uint32_t channel) const {
        int64_t most = activation_min;
        int64_t q = 0;
        for (uint32_t of = 0; of < s_.channels_in; ++of) {
            input(0, row, col, of, q);
            most = std::max(most, q);
        }
        const auto term = [&](uint32_t of) {
            input(0, row, col, of, q);
            return std::exp2(static_cast<double>(q - most) * s_.rescale[0] / (1 << 24));
        };
        double total = 0;
        for (uint32_t of = 0; of < s_.channels_in; ++of) total += term(of);
        return clamp(std::llround(16384 * term(channel) / total));
    }

    const std::vector<std::byte>& memory_;
    const StageDescriptor& s_;
};

}  // namespace

std::vector<int16_t> reference_output(const std::vector<std::byte>& memory, const StageDescriptor& stage) {
    const Reference reference(memory, stage);
    std::vector<int16_t> output;
    for (int64_t row = 0; row < stage.out_h; ++row) {
        for (int64_t col = 0; col < stage.out_w; ++col) {
            for (uint32_t channel = 0; channel < stage.channels_out; ++channel) {
                output.push_back(reference.value(row, col, channel));
            }
        }
    }
    return output;
}

}  // namespace dynbal::test
