//! Inputs from files of every kind (input/sample_set.hpp), checked against the model that they are for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "image_file/image_file.hpp"
#include "input/sample_set.hpp"

namespace dynbal::compiler {

/// What a user should know of an input.
struct InputUse {
    size_t outside = 0;        ///< values beyond the range of the calibration, which are clipped
    double largest_share = 0;  ///< the largest value as a share of what the image can hold
    std::string note;          ///< see input::SampleSet::note()
};

/// FILE or FILE@INDEX as engine values; `use`, if given, receives what is to be known of it. Throws InputError.
std::vector<int16_t> read_input(const ImageFile& file, const std::string& spec, float scale, InputUse* use = nullptr);

/// The same as the model takes it, scaled.
std::vector<float> read_model_input(const ImageFile& file, const std::string& spec, float scale, InputUse& use);

/// A file or a folder of samples; a file that is itself one sample counts as one.
class SampleFile {
public:
    /// Throws InputError, naming both shapes, if a sample does not have the model's number of values.
    SampleFile(const std::string& spec, const std::vector<int64_t>& model_dims, const std::string& sound)
        : samples_(input::open_samples(spec, model_dims, sound)) {}
    int64_t count() const { return samples_->count(); }
    /// Scaled, in ONNX order. Thread-safe. Throws InputError for a value that is not finite.
    std::vector<float> sample(int64_t index, float scale) const;
    /// The class of each, from the folders that they lie in; empty if there are none.
    std::vector<uint32_t> labels() const { return samples_->labels(); }
    /// How they were understood, if a user should know.
    std::string note() const { return samples_->note(); }

private:
    std::shared_ptr<const input::SampleSet> samples_;
};

/// The sample that FILE or FILE@INDEX names, scaled. `note`: see input::SampleSet::note(). Throws InputError, also where one of
/// many is not chosen.
std::vector<float> read_sample(const std::string& spec, const std::vector<int64_t>& model_dims,
                               const std::string& sound, float scale, std::string* note = nullptr);

/// At most this many samples are used for calibration unless something else is asked for.
inline constexpr int64_t calibration_samples_max = 500;

/// `count` samples spread over the file, because data sets are often sorted by class. `on_sample`, if
/// given, is called after each. `samples` must outlive the result.
CalibrationSamples spread_samples(const SampleFile& samples, int64_t count, float scale,
                                  const std::function<void()>& on_sample = {});

using input::shape_text;

}  // namespace dynbal::compiler
