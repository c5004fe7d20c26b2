#include "compiler/samples.hpp"

#include "base/error.hpp"

namespace dynbal::compiler {

std::vector<int16_t> read_input(const ImageFile& file, const std::string& spec, float scale, InputUse* use) {
    InputUse ignored;
    return file.quantise_input(read_model_input(file, spec, scale, use == nullptr ? ignored : *use));
}

std::vector<float> read_model_input(const ImageFile& file, const std::string& spec, float scale, InputUse& use) {
    std::string note;
    std::vector<float> values = read_sample(spec, file.host.input_dims, file.host.sound_text, scale, &note);
    use = {file.count_outside(values), file.largest_share(values), note};
    return values;
}

std::vector<float> read_sample(const std::string& spec, const std::vector<int64_t>& model_dims,
                               const std::string& sound, float scale, std::string* note) {
    std::string path = spec;
    const std::optional<int64_t> index = input::take_index(path);
    const SampleFile samples(path, model_dims, sound);
    if (!index && samples.count() != 1) {
        throw InputError(path + ": it holds " + std::to_string(samples.count()) + " samples; choose one of many with " +
                         path + "@INDEX");
    }
    if (note != nullptr) *note = samples.note();
    return samples.sample(index.value_or(0), scale);
}

std::vector<float> SampleFile::sample(int64_t index, float scale) const {
    std::vector<float> values = samples_->sample(index);
    for (float& value : values) value *= scale;
    return values;
}

CalibrationSamples spread_samples(const SampleFile& samples, int64_t count, float scale,
                                  const std::function<void()>& on_sample) {
    return [&samples, count, scale, on_sample](const std::function<void(const std::vector<float>&)>& visit) {
        for (int64_t i = 0; i < count; ++i) {
            visit(samples.sample(i * samples.count() / count, scale));
            if (on_sample) on_sample();
        }
    };
}

}  // namespace dynbal::compiler
