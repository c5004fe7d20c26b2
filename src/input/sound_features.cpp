#include "input/sound_features.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "input/mel_bands.hpp"

namespace dynbal::input {
namespace {

using std::numbers::pi;

/// In place; the size is a power of two.
void transform(std::vector<std::complex<double>>& values) {
    const size_t size = values.size();
    for (size_t i = 1, reversed = 0; i < size; ++i) {
        size_t bit = size / 2;
        for (; (reversed & bit) != 0; bit /= 2) reversed ^= bit;
        reversed ^= bit;
        if (i < reversed) std::swap(values[i], values[reversed]);
    }
    for (size_t length = 2; length <= size; length *= 2) {
        for (size_t k = 0; k < length / 2; ++k) {
            const auto turn = std::polar(1.0, -2 * pi * static_cast<double>(k) / static_cast<double>(length));
            for (size_t begin = k; begin < size; begin += length) {
                const std::complex<double> odd = turn * values[begin + length / 2];
                values[begin + length / 2] = values[begin] - odd;
                values[begin] += odd;
            }
        }
    }
}

/// As many samples as are asked for, of these each so-maniest, with mirrored ends.
std::vector<double> prepared(const SoundFeatures& how, std::span<const float> samples) {
    std::vector<double> taken;
    for (int64_t i = 0; i < how.samples; i += how.every) {
        const auto at = static_cast<size_t>(i);
        taken.push_back(at < samples.size() ? samples[at] : 0.0);
    }
    if (!how.centred) return taken;
    const auto size = static_cast<int64_t>(taken.size());
    std::vector<double> result;
    for (int64_t i = -how.frame / 2; i < size + how.frame / 2; ++i) {
        const int64_t mirrored = i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
        result.push_back(taken[static_cast<size_t>(mirrored)]);
    }
    return result;
}

class FeatureMaker {
public:
    explicit FeatureMaker(const SoundFeatures& how) : how_(how), weights_(mel_weights(how)) {
        for (int64_t i = 0; i < how.frame; ++i) {
            window_.push_back(0.5 - 0.5 * std::cos(2 * pi * static_cast<double>(i) / static_cast<double>(how.frame)));
        }
    }

    /// Logarithms of the bands, frame by frame.
    std::vector<std::vector<double>> bands(const std::vector<double>& samples) const {
        std::vector<std::vector<double>> frames;
        const auto size = static_cast<int64_t>(samples.size());
        for (int64_t begin = 0; begin + how_.frame <= size; begin += how_.stride) {
            if (how_.range_db == 0 && std::ssize(frames) == how_.moments) break;
            frames.push_back(bands_of(samples.data() + begin));
        }
        if (how_.range_db > 0) limit(frames);
        return frames;
    }

    double coefficient(const std::vector<double>& band, int64_t index) const {
        if (how_.coefficients == 0) return band[static_cast<size_t>(index)];
        const auto count = static_cast<double>(how_.bands);
        double sum = 0;
        for (size_t i = 0; i < band.size(); ++i) {
            sum += band[i] * std::cos(pi * static_cast<double>(index) * (static_cast<double>(i) + 0.5) / count);
        }
        return sum * std::sqrt((index == 0 && how_.orthonormal ? 1 : 2) / count);
    }

private:
    std::vector<double> bands_of(const double* frame) const {
        std::vector<std::complex<double>> spectrum(static_cast<size_t>(how_.fft));
        for (size_t i = 0; i < window_.size(); ++i) spectrum[i] = frame[i] * window_[i];
        transform(spectrum);
        std::vector<double> result;
        for (const std::vector<double>& weights : weights_) {
            double sum = 0;
            for (size_t bin = 0; bin < weights.size(); ++bin) {
                if (weights[bin] == 0) continue;
                sum += weights[bin] * (how_.magnitude ? std::abs(spectrum[bin]) : std::norm(spectrum[bin]));
            }
            sum = std::max(sum, how_.floor);
            result.push_back(how_.decibel ? 10 * std::log10(sum) : std::log(sum));
        }
        return result;
    }

    void limit(std::vector<std::vector<double>>& frames) const {
        double loudest = -HUGE_VAL;
        for (const auto& frame : frames) loudest = std::max(loudest, *std::max_element(frame.begin(), frame.end()));
        const double least = loudest - how_.range_db * (how_.decibel ? 1 : std::log(10.0) / 10);
        for (auto& frame : frames) {
            for (double& value : frame) value = std::max(value, least);
        }
    }

    const SoundFeatures& how_;
    std::vector<std::vector<double>> weights_;
    std::vector<double> window_;
};

/// What the network takes for a coefficient: standardised, rounded.
double standardised(const SoundFeatures& how, double value, size_t index) {
    if (!how.means.empty()) value -= how.means[index];
    if (!how.deviations.empty()) value /= how.deviations[index];
    if (how.steps == 0) return value;
    return std::clamp(std::nearbyint(value * how.steps), -32768.0, 32767.0);
}

}  // namespace

std::vector<float> features_of(const SoundFeatures& how, std::span<const float> samples) {
    const FeatureMaker maker(how);
    const auto frames = maker.bands(prepared(how, samples));
    const auto each = static_cast<size_t>(how.values_each()), moments = static_cast<size_t>(how.moments);
    std::vector<float> values(each * moments);
    for (size_t moment = 0; moment < moments; ++moment) {
        for (size_t index = 0; index < each; ++index) {
            const double raw =
                moment < frames.size() ? maker.coefficient(frames[moment], static_cast<int64_t>(index)) : 0;
            const size_t at = how.moments_first ? moment * each + index : index * moments + moment;
            values[at] = static_cast<float>(standardised(how, raw, index));
        }
    }
    return values;
}

}  // namespace dynbal::input
