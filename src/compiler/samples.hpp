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

/// FILE or FILE@INDEX as engine values. `outside`, if given, receives how many were clipped. Throws InputError.
std::vector<int16_t> read_input(const ImageFile& file, const std::string& spec, float scale, size_t* outside = nullptr);

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

private:
    std::shared_ptr<const input::SampleSet> samples_;
};

/// At most this many samples are used for calibration unless something else is asked for.
inline constexpr int64_t calibration_samples_max = 500;

/// `count` samples spread over the file, because data sets are often sorted by class. `on_sample`, if
/// given, is called after each. `samples` must outlive the result.
CalibrationSamples spread_samples(const SampleFile& samples, int64_t count, float scale,
                                  const std::function<void()>& on_sample = {});

using input::shape_text;

}  // namespace dynbal::compiler
