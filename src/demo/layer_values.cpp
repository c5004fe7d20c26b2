#include "demo/layer_values.hpp"

namespace dynbal::demo {

void LayerValues::begin(const StageDescriptor& stage) {
    place_ = stage.output;
    values_.assign(size_t{stage.out_h} * stage.out_w * place_.channels, unfinished);
    finished_ = 0;
    last_.reset();
}

void LayerValues::note(uint32_t offset, std::span<const std::byte> memory) {
    if (offset < place_.offset || (offset - place_.offset) % 2 == 0 || place_.pixel_stride == 0) return;
    const uint32_t word = (offset - place_.offset) / 2;
    const uint32_t pixel = word / place_.pixel_stride;
    const uint32_t channel = word % place_.pixel_stride;
    const size_t index = size_t{pixel} * place_.channels + channel;
    if (channel >= place_.channels || index >= values_.size()) return;
    // Twice the value without its state, and back with the sign.
    const auto twice = static_cast<int16_t>(static_cast<uint16_t>((static_cast<uint32_t>(memory[offset]) << 9U) |
                                                                  (static_cast<uint32_t>(memory[offset - 1]) << 1U)));
    int16_t& value = values_[index];
    if (value == unfinished) ++finished_;
    value = static_cast<int16_t>(twice / 2);
    last_ = static_cast<uint32_t>(index);
}

}  // namespace dynbal::demo
