#include "quality/measured_compile.hpp"

#include <algorithm>

#include "quality/summary.hpp"

namespace dynbal::quality {

MeasuredCompile::MeasuredCompile(const compiler::Graph& graph, const compiler::SampleFile& samples, int64_t samples_max,
                                 const compiler::CompileOptions& options, const std::function<void()>& on_sample)
    : warnings(graph.notes),
      file(compiled(graph, samples, std::min(samples.count(), samples_max), options, on_sample)),
      comparison(graph, file) {
    const int64_t compared = std::min({samples.count(), samples_max, compared_max});
    compiler::spread_samples(samples, compared,
                             options.input_scale)([&](const std::vector<float>& sample) { comparison.add(sample); });
    for (const std::string& warning : {warning_of(comparison, options.weight_bytes), warning_of_classes(comparison)}) {
        if (!warning.empty()) warnings.push_back(warning);
    }
}

ImageFile MeasuredCompile::compiled(const compiler::Graph& graph, const compiler::SampleFile& samples, int64_t count,
                                    compiler::CompileOptions options, const std::function<void()>& on_sample) {
    SampleCheck check;
    options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
    const compiler::CalibrationSamples spread =
        compiler::spread_samples(samples, count, options.input_scale, on_sample);
    ImageFile image = compiler::compile(
        graph,
        [&](const std::function<void(const std::vector<float>&)>& visit) {
            spread([&](const std::vector<float>& sample) {
                check.add(sample);
                visit(sample);
            });
        },
        options);
    const std::vector<std::string> found = check.warnings();
    warnings.insert(warnings.end(), found.begin(), found.end());
    return image;
}

}  // namespace dynbal::quality
