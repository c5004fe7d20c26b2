#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "input/sound_features.hpp"
#include "io/file.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::input {
namespace {

constexpr int64_t sound_samples_max = 100'000'000;

/// A file in memory, as the library asks for it.
struct Bytes {
    std::vector<uint8_t> all;
    sf_count_t at = 0;

    static Bytes& of(void* self) { return *static_cast<Bytes*>(self); }
    sf_count_t size() const { return static_cast<sf_count_t>(all.size()); }
};

SF_VIRTUAL_IO bytes_io() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* self) { return Bytes::of(self).size(); };
    io.seek = [](sf_count_t offset, int whence, void* self) {
        Bytes& bytes = Bytes::of(self);
        const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? bytes.at : bytes.size();
        // What is damaged may ask for anything.
        if (offset >= -bytes.size() && offset <= bytes.size()) {
            bytes.at = std::clamp<sf_count_t>(from + offset, 0, bytes.size());
        }
        return bytes.at;
    };
    io.read = [](void* target, sf_count_t count, void* self) {
        Bytes& bytes = Bytes::of(self);
        const sf_count_t given = std::clamp<sf_count_t>(count, 0, bytes.size() - bytes.at);
        std::copy_n(bytes.all.begin() + bytes.at, given, static_cast<uint8_t*>(target));
        bytes.at += given;
        return given;
    };
    io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.tell = [](void* self) { return Bytes::of(self).at; };
    return io;
}

struct Sound {
    int64_t rate_hz = 0;
    std::vector<float> samples;  ///< -1 to 1; the mean of all channels
};

uint32_t word_at(const std::vector<uint8_t>& bytes, size_t at) {
    return uint32_t{bytes[at]} | uint32_t{bytes[at + 1]} << 8U | uint32_t{bytes[at + 2]} << 16U |
           uint32_t{bytes[at + 3]} << 24U;
}

/// The library takes what there is of a .wav file for all of it.
void check_whole(const std::string& path, const std::vector<uint8_t>& bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.size() < 12 || !text.starts_with("RIFF") || text.substr(8, 4) != "WAVE") return;
    for (size_t at = 12; at + 8 <= bytes.size();) {
        const uint32_t size = word_at(bytes, at + 4);
        const size_t left = bytes.size() - at - 8;
        const bool streamed = size == UINT32_MAX || size == 0;  // by a program that could not know
        if (text.substr(at, 4) == "data" && !streamed && size > left) {
            throw InputError(path + ": the sound ends after " + std::to_string(left) + " of " + std::to_string(size) +
                             " bytes: the file is cut off or damaged");
        }
        at += 8 + size_t{size} + size % 2;
    }
}

Sound read_sound(const std::string& path) {
    Bytes bytes{io::read_file(path)};
    const std::string kind = io::wrong_kind({reinterpret_cast<const char*>(bytes.all.data()), bytes.all.size()});
    if (!kind.empty()) throw InputError(path + ": " + kind);
    check_whole(path, bytes.all);
    SF_VIRTUAL_IO io = bytes_io();
    SF_INFO info{};
    const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(::sf_open_virtual(&io, SFM_READ, &info, &bytes), ::sf_close);
    if (file == nullptr) {
        const std::string_view reason = ::sf_strerror(nullptr);
        // What the library says where it has understood the header, and found no use for it.
        if (reason.starts_with("Internal error")) {
            throw InputError(path +
                             ": this sound cannot be read: its header names no channels or no samples a second; " +
                             "the file is damaged");
        }
        throw InputError(
            path + ": this sound cannot be read: " + std::string(reason.substr(0, reason.find_last_not_of('.') + 1)) +
            "; .wav, .flac and .ogg are");
    }
    if (info.channels < 1 || info.frames < 0 || info.frames > sound_samples_max / info.channels) {
        throw InputError(path + ": more than 100 million samples of sound");
    }
    const auto channels = static_cast<size_t>(info.channels);
    std::vector<float> all(static_cast<size_t>(info.frames) * channels);
    const sf_count_t frames = ::sf_readf_float(file.get(), all.data(), info.frames);
    if (frames != info.frames) {
        throw InputError(path + ": the sound ends after " + std::to_string(frames) + " of " +
                         std::to_string(info.frames) + " samples: the file is cut off or damaged");
    }
    Sound sound{info.samplerate, {}};
    for (size_t begin = 0; begin < all.size(); begin += channels) {
        float sum = 0;
        for (size_t channel = 0; channel < channels; ++channel) sum += all[begin + channel];
        if (!std::isfinite(sum)) throw InputError(path + ": a sample of the sound is no finite number");
        sound.samples.push_back(sum / static_cast<float>(channels));
    }
    return sound;
}

}  // namespace

SampleSetPointer open_sound(const Spec& spec) {
    const Sound sound = read_sound(spec.path);
    if (spec.sound.empty()) {
        // A network that hears the samples themselves.
        if (std::ssize(sound.samples) == spec.values()) return in_memory(spec.path, {sound.samples, 1}, spec.values());
        throw InputError(spec.path + ": " + std::to_string(sound.samples.size()) +
                         " samples of sound, the model takes " + shape_text(spec.dims) +
                         "; how sound becomes its input is said when it is compiled: --sound FILE.toml");
    }
    const SoundFeatures how = parse_sound(spec.sound, "--sound");
    if (how.values() != spec.values()) {
        throw InputError("--sound gives " + std::to_string(how.values()) + " values, the model takes " +
                         shape_text(spec.dims));
    }
    if (static_cast<double>(sound.rate_hz) != how.rate_hz) {
        throw InputError(spec.path + ": " + std::to_string(sound.rate_hz) + " samples a second, but " +
                         std::to_string(std::llround(how.rate_hz)) + " are needed; convert it: sox IN.wav -r " +
                         std::to_string(std::llround(how.rate_hz)) + " OUT.wav");
    }
    return in_memory(spec.path, {features_of(how, sound.samples), 1}, spec.values());
}

}  // namespace dynbal::input
