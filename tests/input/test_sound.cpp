//! Sound as networks hear it: what training scripts made of it (values of models/kws/mfcc.py and models/arabic_kws/mfcc.py), and what
//! is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.hpp"
#include "input/sample_set.hpp"
#include "input/sound_features.hpp"
#include "input_files.hpp"
#include "temporary_folder.hpp"

namespace dynbal::input {
namespace {

constexpr const char* librosa = R"(
rate = 16000
samples = 16000
every = 3
frame = 2048
stride = 512
centred = true
bands = 128
mel = "slaney"
height = "equal area"
logarithm = "dB"
floor = 1e-10
range_db = 80
coefficients = 20
moments = 11
)";

constexpr const char* tensorflow = R"(
rate = 16000
samples = 16000
frame = 640
stride = 320
fft = 1024
spectrum = "magnitude"
bands = 40
low = 20
high = 4000
sides = "straight over mel"
floor = 1e-12
coefficients = 10
cosine = "plain"
moments = 49
)";

int16_t sample_at(int64_t i) {
    return static_cast<int16_t>((((i * i * 7 + i * 13) % 20001 - 10000) * (1 + i % 3)) >> 2);
}

std::vector<float> samples(int64_t count) {
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(sample_at(i)) / 32768);
    return values;
}

std::string wav(int64_t count, uint32_t rate_hz = 16000, uint16_t channels = 1) {
    std::vector<int16_t> all;
    for (int64_t i = 0; i < count; ++i) all.insert(all.end(), channels, sample_at(i));
    return wav_of(all, rate_hz, channels);
}

std::string written(const std::string& content, const char* name = "a.wav") {
    const std::string path = io::temporary_file(name);
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

/// [coefficient][moment] of so many moments.
struct At {
    size_t coefficient, moment;
    double value;
};
void expect_values(const std::vector<float>& values, size_t moments, double sum, const std::vector<At>& some) {
    for (const At& at : some)
        EXPECT_NEAR(values[at.coefficient * moments + at.moment], at.value, 1e-4) << at.coefficient << ' ' << at.moment;
    double all = 0;
    for (const float value : values) all += value;
    EXPECT_NEAR(all, sum, 0.02);
}

TEST(Sound, GivesWhatTrainingScriptsMadeOfIt) {
    expect_values(features_of(parse_sound(librosa, "s"), samples(16000)), 11, -893.7153915528448,
                  {{0, 0, -86.21288959935372},
                   {1, 0, 3.0362789023381027},
                   {3, 5, 7.905791773243115},
                   {9, 10, -3.700189669289899},
                   {5, 2, -2.2626033924038538}});
    // Shorter than a second: the rest is silent.
    expect_values(features_of(parse_sound(tensorflow, "s"), samples(12000)), 49, -2278.6102639993287,
                  {{0, 0, 14.11374586037757},
                   {0, 48, -247.13936601},
                   {1, 0, -6.205918854596745},
                   {3, 5, -0.057180747320782224},
                   {9, 10, 0.08606159547742936},
                   {5, 2, 0.5469891662254993}});
}

TEST(Sound, IsStandardisedAndOrdered) {
    const std::string base(tensorflow);
    const std::string means = "means = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\ndeviations = [2, 2, 2, 2, 2, 2, 2, 2, 2, 4]\n";
    const auto plain = features_of(parse_sound(base, "s"), samples(16000));
    const auto rounded = features_of(parse_sound(base + means + "steps = 2048\n", "s"), samples(16000));
    const auto turned = features_of(parse_sound(base + means + "order = \"moments first\"\n", "s"), samples(16000));
    for (size_t coefficient = 0; coefficient < 10; ++coefficient) {
        for (size_t moment = 0; moment < 49; ++moment) {
            const double value =
                (plain[coefficient * 49 + moment] - static_cast<double>(coefficient) - 1) / (coefficient == 9 ? 4 : 2);
            EXPECT_NEAR(turned[moment * 10 + coefficient], value, 1e-4);
            EXPECT_NEAR(rounded[coefficient * 49 + moment], std::round(value * 2048), 1);
        }
    }
    const auto bands = features_of(
        parse_sound("samples = 1024\nframe = 512\nstride = 512\nbands = 8\nmoments = 3\n", "s"), samples(1024));
    EXPECT_EQ(bands.size(), 24U) << "a spectrogram";
    EXPECT_EQ(bands[2], 0) << "there is no third frame";
}

/// What is left out counts as `dynbal help sound` says.
TEST(Sound, TheHelpIsAFile) {
    const std::string help = sound_help();
    const std::string text = help.substr(help.find("rate = "));
    const std::string needed = "samples = 16000\nframe = 640\nstride = 320\nfft = 1024\nbands = 40\nmoments = 49\n";
    EXPECT_EQ(features_of(parse_sound(text, "s"), samples(16000)),
              features_of(parse_sound(needed, "s"), samples(16000)));
}

TEST(Sound, FilesOfManyKinds) {
    const auto direct = features_of(parse_sound(librosa, "s"), samples(16000));
    EXPECT_EQ(open_samples(written(wav(16000)), {20, 11}, librosa)->sample(0), direct);
    EXPECT_EQ(open_samples(written(wav(16000, 16000, 2)), {1, 20, 11}, librosa)->sample(0), direct) << "both channels";
    EXPECT_EQ(open_samples(written(wav(100)), {100}, "")->sample(0), samples(100)) << "the samples themselves";
}

TEST(Sound, WhatDoesNotFitIsRefused) {
    const auto error = [](const std::string& content, const std::string& how,
                          const std::vector<int64_t>& dims = {20, 11}) {
        try {
            (void)open_samples(written(content), dims, how);
        } catch (const InputError& refused) {
            return std::string(refused.what());
        }
        return std::string();
    };
    EXPECT_NE(error(wav(16000, 8000), librosa).find("8000 samples a second, but 16000"), std::string::npos);
    EXPECT_NE(error(wav(16000), "").find("--sound FILE.toml"), std::string::npos);
    EXPECT_NE(error(wav(16000), librosa, {10}).find("gives 220 values"), std::string::npos);
    EXPECT_NE(error(wav(16000).substr(0, 20000), librosa), "") << "cut off";
    EXPECT_NE(error("no sound", librosa).find("cannot be read"), std::string::npos);
    EXPECT_NE(error("", librosa), "");
    EXPECT_NE(error(wav_of({1, 2}, 0, 1), librosa).find("its header names no channels or no samples a second"),
              std::string::npos);
    EXPECT_NE(error(wav_of({1, 2}, 16000, 0), librosa).find("Channel count is zero"), std::string::npos);
    EXPECT_NE(error("<html>", librosa).find("download"), std::string::npos);
    for (const auto& [text, says] :
         {std::pair{"samples = 10\n", "frame: is missing"},
          {"samples = 10\nframe = 20\nstride = 1\nfft = 32\nbands = 2\nmoments = 1\n", "longer than the sound"},
          {"samples = 100\nframe = 20\nstride = 1\nbands = 2\nmoments = 1\n", "fft: must be a power of two"},
          {"samples = 100\nframe = 16\nstride = 1\nbands = 2\nmoments = 1\nmel = \"bark\"\n", "\"htk\" or \"slaney\""},
          {"samples = 100\nframe = 16\nstride = 1\nbands = 2\nmoments = 1\nmeans = [1]\n", "as many numbers"},
          {"samples = 100\nframe = 16\nstride = 1\nbands = 2\nmoments = 1\ndeviations = [1, 0]\n", "divided"},
          {"samples = 100\nframe = 16\nstride = 1\nbands = 2\nmoments = 1\nsteps = -1\n", "from 0"},
          {"samples = 100\nframe = 16\nstride = 1\nbands = 2\nmoments = 1\nbans = 3\n", "no such key"}}) {
        EXPECT_NE(error(wav(100), text).find(says), std::string::npos) << text << error(wav(100), text);
    }
}

}  // namespace
}  // namespace dynbal::input
