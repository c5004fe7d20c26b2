//! The output of the layer that a board works on, as it fills NVM: which values are finished, and what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "image/format.hpp"

namespace dynbal::demo {

class LayerValues {
public:
    /// No value of a layer, whose values have 15 bits.
    static constexpr int16_t unfinished = INT16_MIN;

    /// A layer begins: none of its values is finished.
    void begin(const StageDescriptor& stage);
    /// The byte at this NVM offset has been written. A value is finished with its upper byte.
    void note(uint32_t offset, std::span<const std::byte> memory);

    /// [pixel][channel]
    std::span<const int16_t> values() const { return values_; }
    size_t finished() const { return finished_; }
    double share() const { return values_.empty() ? 0 : static_cast<double>(finished_) / static_cast<double>(size()); }
    /// Index of the value that was finished last.
    std::optional<uint32_t> last() const { return last_; }

private:
    size_t size() const { return values_.size(); }

    TensorPlace place_;
    std::vector<int16_t> values_;
    size_t finished_ = 0;
    std::optional<uint32_t> last_;
};

}  // namespace dynbal::demo
