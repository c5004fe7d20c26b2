//! How sound becomes what a network hears: frames, their spectrum, mel bands, a logarithm, cepstral coefficients. One description for
//! all that trainers use: librosa's MFCC, TensorFlow's, log mel spectrograms, or the samples themselves.
//!
//! Invariant: what a training script computed in float64 comes out to its rounding (tests/input/test_sound.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dynbal::input {

/// The keys of a file, each with what it is if it is left out.
struct SoundFeatures {
    double rate_hz = 16000;  ///< of recordings
    int64_t samples = 0;     ///< longer ones are cut, shorter ones filled with 0
    int64_t every =
        1;  ///< only each so-maniest sample is taken, without a filter; frequencies are counted as if all were
    int64_t frame = 0, stride = 0;
    int64_t fft = 0;         ///< a power of two: frames are filled up with 0
    bool centred = false;    ///< half a frame of mirrored samples before the first and behind the last
    bool magnitude = false;  ///< instead of the power
    int64_t bands = 0;       ///< triangles over the spectrum
    double low_hz = 0, high_hz = 0;
    bool slaney = false;      ///< mel scale: straight up to 1,000 Hz; else 1127 ln(1 + f / 700)
    bool over_mel = false;    ///< the triangles' sides are straight over the mel scale, else over frequency
    bool equal_area = false;  ///< 2 / width high, else 1
    bool decibel = false;     ///< 10 log10, else ln
    double floor = 0;         ///< what is less counts as so much before the logarithm
    double range_db = 0;  ///< what lies further below the loudest band of all counts as so much below; 0: nothing does
    int64_t coefficients = 0;               ///< of the cosine transform of each frame; 0: the bands themselves
    bool orthonormal = true;                ///< the first coefficient is divided by sqrt(2)
    int64_t moments = 0;                    ///< frames; more are cut, fewer filled with 0
    bool moments_first = false;             ///< [moments][coefficients], else [coefficients][moments]
    std::vector<double> means, deviations;  ///< of each coefficient: subtracted, then divided by; empty: nothing
    double steps = 0;  ///< values are rounded to whole numbers of 1/steps and given as these, as int16; 0: they are not

    int64_t values_each() const { return coefficients > 0 ? coefficients : bands; }
    int64_t values() const { return moments * values_each(); }
};

/// The text of a TOML file. `path` is for messages. Throws InputError with line, key and what is allowed.
SoundFeatures parse_sound(const std::string& text, const std::string& path);

/// All keys, for people; what is between the first key and the end is such a file.
std::string sound_help();

/// `samples`: -1 to 1, at rate_hz. The result has values() values.
std::vector<float> features_of(const SoundFeatures& how, std::span<const float> samples);

}  // namespace dynbal::input
