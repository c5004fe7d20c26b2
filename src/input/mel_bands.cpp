#include "input/mel_bands.hpp"

#include <algorithm>
#include <cmath>

namespace dynbal::input {
namespace {

// Of M. Slaney's Auditory Toolbox: straight up to 1,000 Hz, 15 mel there, then logarithmic; 27 steps up to 6,400 Hz.
constexpr double corner_hz = 1000, corner_mel = 15, steps_per_octaves = 27;

double mel_of(double hz, bool slaney) {
    if (!slaney) return 1127 * std::log1p(hz / 700);
    if (hz < corner_hz) return hz * corner_mel / corner_hz;
    return corner_mel + std::log(hz / corner_hz) * steps_per_octaves / std::log(6.4);
}

double hz_of(double mel, bool slaney) {
    if (!slaney) return 700 * std::expm1(mel / 1127);
    if (mel < corner_mel) return mel * corner_hz / corner_mel;
    return corner_hz * std::exp((mel - corner_mel) * std::log(6.4) / steps_per_octaves);
}

}  // namespace

std::vector<std::vector<double>> mel_weights(const SoundFeatures& how) {
    const double low = mel_of(how.low_hz, how.slaney), high = mel_of(how.high_hz, how.slaney);
    std::vector<double> hz, place;  // of the corners; over which axis their sides are straight
    for (int64_t i = 0; i < how.bands + 2; ++i) {
        const double mel = low + (high - low) * static_cast<double>(i) / static_cast<double>(how.bands + 1);
        hz.push_back(hz_of(mel, how.slaney));
        place.push_back(how.over_mel ? mel : hz.back());
    }
    const auto bins = static_cast<size_t>(how.fft / 2 + 1);
    std::vector<std::vector<double>> weights(static_cast<size_t>(how.bands), std::vector<double>(bins));
    for (size_t band = 0; band < weights.size(); ++band) {
        const double height = how.equal_area ? 2 / (hz[band + 2] - hz[band]) : 1;
        for (size_t bin = 0; bin < bins; ++bin) {
            const double at_hz = how.rate_hz * static_cast<double>(bin) / static_cast<double>(how.fft);
            const double at = how.over_mel ? mel_of(at_hz, how.slaney) : at_hz;
            const double rising = (at - place[band]) / (place[band + 1] - place[band]);
            const double falling = (place[band + 2] - at) / (place[band + 2] - place[band + 1]);
            weights[band][bin] = height * std::max(0.0, std::min(rising, falling));
        }
    }
    return weights;
}

}  // namespace dynbal::input
