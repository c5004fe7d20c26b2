#include "compiler/samples.hpp"

#include "base/error.hpp"

namespace dynbal::compiler {
namespace {

int64_t product(const std::vector<int64_t>& dims) {
    int64_t size = 1;
    for (const int64_t extent : dims) size *= extent;
    return size;
}

std::vector<int64_t> without_ones(std::vector<int64_t> shape) {
    std::erase(shape, 1);
    return shape;
}

/// The classic mistake: as many values, as many dimensions, in another order.
void check_layout(const std::string& path, const std::vector<int64_t>& shape, const std::vector<int64_t>& model_dims) {
    const std::vector<int64_t> given = without_ones(shape);
    const std::vector<int64_t> wanted = without_ones(model_dims);
    if (given.size() == wanted.size() && given != wanted) {
        throw InputError(path + ": a sample has the shape " + shape_text(shape) + ", the model's input is " +
                         shape_text(model_dims) + "; bring its dimensions into that order (channels first?)");
    }
}

}  // namespace

std::vector<int16_t> read_input(const ImageFile& file, const std::string& spec, float scale, size_t* outside) {
    std::vector<int64_t> shape;
    std::vector<float> values = io::read_sample(spec, file.header().input_values, &shape);
    check_layout(spec, shape, file.host.input_dims);
    for (float& value : values) value *= scale;
    if (outside != nullptr) *outside = file.count_outside(values);
    return file.quantise_input(values);
}

SampleFile::SampleFile(const std::string& path, const std::vector<int64_t>& model_dims) : path_(path), samples_(path) {
    const int64_t size = product(model_dims);
    std::vector<int64_t> shape = samples_.sample_shape();
    if (samples_.sample_size() == size) {
        if (samples_.count() == 0) throw InputError(path + ": the file holds no sample");
        check_layout(path, shape, model_dims);
        return;
    }
    shape.insert(shape.begin(), samples_.count());
    single_ = product(shape) == size;
    if (single_) return;
    throw InputError(path + ": its samples have the shape " + shape_text(samples_.sample_shape()) +
                     " (the file: " + shape_text(shape) + "), the model needs " + shape_text(model_dims));
}

std::vector<float> SampleFile::sample(int64_t index, float scale) const {
    std::vector<float> values;
    if (single_) {
        for (int64_t part = 0; part < samples_.count(); ++part) {
            const std::vector<float> piece = samples_.sample(part);
            values.insert(values.end(), piece.begin(), piece.end());
        }
    } else {
        values = samples_.sample(index);
    }
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

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i) {
        if (i != 0) text += ", ";
        text += std::to_string(shape[i]);
    }
    return text += "]";
}

}  // namespace dynbal::compiler
