//! Inputs from .npy files, checked against the model that they are for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/image_file.hpp"
#include "io/npy.hpp"

namespace dynbal::compiler {

/// FILE.npy or FILE.npy@INDEX as engine values. `outside`, if given, receives how many were clipped. Throws InputError.
std::vector<int16_t> read_input(const ImageFile& file, const std::string& spec, float scale, size_t* outside = nullptr);

/// A file of many samples; a file that is itself one sample counts as one.
class SampleFile {
public:
    /// Throws InputError, naming both shapes, if a sample does not have the model's number of values.
    SampleFile(const std::string& path, const std::vector<int64_t>& model_dims);
    int64_t count() const { return single_ ? 1 : samples_.count(); }
    /// Scaled, in ONNX order. Thread-safe. Throws InputError for a value that is not finite.
    std::vector<float> sample(int64_t index, float scale) const;

private:
    std::string path_;
    io::NpySamples samples_;
    bool single_ = false;
};

/// At most this many samples are used for calibration unless something else is asked for.
inline constexpr int64_t calibration_samples_max = 500;

/// `count` samples spread over the file, because data sets are often sorted by class. `on_sample`, if
/// given, is called after each. `samples` must outlive the result.
CalibrationSamples spread_samples(const SampleFile& samples, int64_t count, float scale,
                                  const std::function<void()>& on_sample = {});

/// [1, 28, 28]
std::string shape_text(const std::vector<int64_t>& shape);

}  // namespace dynbal::compiler
