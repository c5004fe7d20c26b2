//! A compiled network with an input: what both boards of a race run, and what they must answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "device/profile.hpp"
#include "image_file/image_file.hpp"

namespace dynbal::demo {

class Network {
public:
    /// `bytes` are those of a file that `dynbal compile` wrote; `name` is for messages. Throws InputError.
    Network(std::span<const std::byte> bytes, const std::string& name);
    /// On another device than that which it was compiled for.
    Network(ImageFile file, device::DeviceProfile profile) : file_(std::move(file)), profile_(std::move(profile)) {}

    /// Takes sample `index` of a .npy file, whose shape must be one that the program takes; a file that is one sample has no
    /// other than 0. Throws InputError.
    void set_input(std::span<const std::byte> npy, const std::string& name, int64_t index);

    const ImageFile& file() const { return file_; }
    const device::DeviceProfile& profile() const { return profile_; }
    /// As in the file, and as the engine takes it; both empty before set_input().
    std::span<const float> sample() const { return sample_; }
    std::span<const int16_t> input() const { return input_; }
    int64_t samples() const { return samples_; }
    /// How the file's shape was understood, where that is worth a word; mostly empty.
    const std::string& note() const { return note_; }
    /// Values of the sample that are clipped: outside of the range that the calibration inputs had.
    size_t outside() const { return outside_; }

    /// The answer and the cost, in units of budget:E, of a run on steady power.
    std::span<const int16_t> expected() const { return expected_; }
    double steady_units() const { return steady_units_; }

private:
    ImageFile file_;
    device::DeviceProfile profile_;
    std::vector<float> sample_;
    std::vector<int16_t> input_, expected_;
    int64_t samples_ = 0;
    std::string note_;
    size_t outside_ = 0;
    double steady_units_ = 0;
};

}  // namespace dynbal::demo
