//! Triangles over the spectrum, equally far apart on the mel scale.
#pragma once

#include <vector>

#include "input/sound_features.hpp"

namespace dynbal::input {

/// [bands][fft / 2 + 1]: what each value of the spectrum weighs in each band.
std::vector<std::vector<double>> mel_weights(const SoundFeatures& how);

}  // namespace dynbal::input
