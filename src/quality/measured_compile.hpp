//! A compiler that measures itself: the image is held against the float network before anyone uses it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/samples.hpp"
#include "graph/graph.hpp"
#include "image_file/image_file.hpp"
#include "quality/comparison.hpp"

namespace dynbal::quality {

/// Calibration samples on which image and float network are held against each other.
inline constexpr int64_t compared_max = 32;

struct MeasuredCompile {
    /// Compiles `graph`, which must outlive this, with at most `samples_max` of the samples, and runs some of them through
    /// both. `options.warn` is not used. `on_sample`: see compiler::spread_samples(). Throws InputError.
    MeasuredCompile(const compiler::Graph& graph, const compiler::SampleFile& samples, int64_t samples_max,
                    const compiler::CompileOptions& options, const std::function<void()>& on_sample);
    MeasuredCompile(const MeasuredCompile&) = delete;  // the comparison looks into the file
    MeasuredCompile& operator=(const MeasuredCompile&) = delete;

    /// What a user should know: of the network, of the samples, of the answer's error. First, since compiling adds to them.
    std::vector<std::string> warnings;
    const ImageFile file;
    Comparison comparison;

private:
    ImageFile compiled(const compiler::Graph& graph, const compiler::SampleFile& samples, int64_t count,
                       compiler::CompileOptions options, const std::function<void()>& on_sample);
};

}  // namespace dynbal::quality
