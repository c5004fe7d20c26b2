//! The kinds of inputs. open_samples() chooses; nobody else needs to know them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "input/sample_set.hpp"

namespace dynbal::input {

/// What is asked for, taken apart.
struct Spec {
    std::string path;
    std::string resize;   ///< of a picture: empty, stretch or crop
    std::string columns;  ///< of a table: empty, first or last: the dimension of the model that they are
    std::vector<int64_t> dims;
    std::string sound;  ///< how sound becomes values (input/sound_features.hpp), as TOML; empty if nobody has said

    int64_t values() const;
};

/// Values in memory, sample by sample.
struct Samples {
    std::vector<float> values;
    int64_t count = 0;
    std::string note{};  ///< see SampleSet::note()
};

using SampleSetPointer = std::shared_ptr<const SampleSet>;

SampleSetPointer open_npy(const Spec& spec);
SampleSetPointer open_npy(const Spec& spec, std::vector<uint8_t> bytes);
/// PATH.npz, or PATH.npz/NAME for one array of several.
SampleSetPointer open_npz(const Spec& spec);
/// A row is a sample; or rows are steps and columns channels, one window of the model behind the other, wherever the model has
/// its channels; or a row is what the last dimension holds.
SampleSetPointer open_table(const Spec& spec);
SampleSetPointer open_picture(const Spec& spec);
SampleSetPointer open_sound(const Spec& spec);
/// Files of one folder, or of its sub-folders, whose order by name gives the labels.
SampleSetPointer open_folder(const Spec& spec);

SampleSetPointer in_memory(std::string path, Samples samples, int64_t values_each);

/// Pixels, row by row, `channels` values from 0 to 255 each.
struct Picture {
    int64_t height = 0, width = 0, channels = 0;
    std::vector<uint8_t> values{};
    std::string note{};  ///< what was left out of it, as half a sentence; mostly nothing
};
/// As viewers show it, however the camera was held.
Picture read_png(const std::string& path, std::span<const uint8_t> bytes);
Picture read_jpeg(const std::string& path, std::span<const uint8_t> bytes);

}  // namespace dynbal::input
