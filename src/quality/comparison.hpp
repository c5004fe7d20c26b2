//! How well the integers of an image follow the float network it was made from, stage by stage: both are run on the same
//! samples, the image by the real engine.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "graph/float_run.hpp"
#include "graph/graph.hpp"
#include "image_file/image_file.hpp"
#include "sim/session.hpp"

namespace dynbal::quality {

/// What a stage gives, over all samples, in real values.
struct StageError {
    std::string name, operators;
    double largest_value = 0;  ///< magnitude, of the float network
    double largest_error = 0;
    double error_power = 0;  ///< sum of squares
    uint64_t values = 0;
    uint64_t clipped = 0;  ///< values of the float network that the integers cannot reach

    double rms_error() const;
    /// As a share of the largest value.
    double relative_rms() const { return largest_value > 0 ? rms_error() / largest_value : 0; }
    double relative_largest() const { return largest_value > 0 ? largest_error / largest_value : 0; }
};

class Comparison {
public:
    /// `graph` is what the image was compiled from, both must outlive this. Throws InputError if they do not belong
    /// together.
    Comparison(const compiler::Graph& graph, const ImageFile& file);

    /// Runs one sample, in ONNX order and scaled, through both. Throws std::runtime_error if the engine does not end.
    void add(const std::vector<float>& sample);

    uint64_t samples() const { return samples_; }
    /// Samples for which the image's largest output is one of the float network's largest.
    uint64_t same_class() const { return same_class_; }
    /// Samples to which the float network gives several largest outputs: each of these classes is right.
    uint64_t ties() const { return ties_; }
    /// Is the output a vector of two values or more, so that there are classes? A map of them has no largest that counts.
    bool has_classes() const;
    /// Classes that the float network gave; of a tie all.
    const std::set<size_t>& classes() const { return classes_; }
    const std::vector<StageError>& stages() const { return stages_; }
    const StageError& output() const { return stages_.back(); }
    /// Index of the first stage whose error is more than the bound, in the order of execution; stages().size() if none.
    size_t first_bad() const;
    /// Values of the last sample: what the float network, and what the image gave for a stage, [h, w, c].
    const std::vector<float>& float_values(size_t stage) const;
    const std::vector<float>& image_values(size_t stage) const { return image_values_[stage]; }

private:
    class StageReader;

    void compare(size_t stage);
    void compare_classes(const std::vector<int16_t>& output);

    const compiler::Graph* graph_;
    const ImageFile* file_;
    compiler::FloatRunner runner_;
    sim::Session session_;
    std::vector<StageError> stages_;
    std::vector<std::vector<float>> image_values_;
    const std::vector<std::vector<float>>* float_values_ = nullptr;
    uint64_t samples_ = 0, same_class_ = 0, ties_ = 0;
    std::set<size_t> classes_;
};

/// The classes that scores speak for. Where the float network gives several of them the same score, but for its own rounding, each is
/// right.
std::set<size_t> largest_indices(const std::vector<float>& values);

/// Errors of a stage above these shares of its largest value are worth a look.
inline constexpr double rms_bound = 0.02;
inline constexpr double largest_bound = 0.1;

}  // namespace dynbal::quality
