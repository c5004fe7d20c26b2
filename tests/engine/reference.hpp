//! What a stage must compute, in the plainest way there is: the definition that the engine is held
//! to. Shares no code with it but the layout of the image.
#pragma once

#include <cstdint>
#include <vector>

#include "image/format.hpp"

namespace dynbal::test {

/// Output [out_h, out_w, channels_out] of a stage, all sums in 64 bits. Softmax is computed in
/// double and may differ from the engine's by 2 units.
std::vector<int16_t> reference_output(const std::vector<std::byte>& memory, const StageDescriptor& stage);

}  // namespace dynbal::test
