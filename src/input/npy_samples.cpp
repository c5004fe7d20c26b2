// Samples from arrays: which shapes are those of the model. For itself, since the page of web/demo has this kind alone.
#include <utility>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/npy.hpp"

namespace dynbal::input {
namespace {

std::vector<int64_t> without_ones(std::vector<int64_t> shape) {
    std::erase(shape, 1);
    return shape;
}

int64_t product(const std::vector<int64_t>& dims) {
    int64_t size = 1;
    for (const int64_t extent : dims) size *= extent;
    return size;
}

struct Fit {
    int64_t count = 0;
    std::string note{};
};

/// The same shape up to dimensions of one value; or one of the two is flat, and has the values in the order of the other. All else
/// with as many values is a classic mistake: channels last for channels first, two dimensions taken together.
std::string checked_note(const Spec& spec, const std::vector<int64_t>& shape) {
    const std::vector<int64_t> given = without_ones(shape);
    const std::vector<int64_t> wanted = without_ones(spec.dims);
    if (given == wanted) return "";
    if (given.size() <= 1 || wanted.size() <= 1) {
        return spec.path + ": samples of shape " + shape_text(shape) +
               " are taken value by value in the order of the model's " + shape_text(spec.dims);
    }
    throw InputError(spec.path + ": a sample has the shape " + shape_text(shape) + ", the model's input is " +
                     shape_text(spec.dims) + "; bring its dimensions into that order (channels first?) with " +
                     "numpy.transpose, or numpy.reshape where its values are in that order already");
}

/// The shape of a file against the model's. Throws InputError that names both.
Fit fit_of(const Spec& spec, const std::vector<int64_t>& shape) {
    const int64_t size = spec.values();
    const std::vector<int64_t> rest(shape.empty() ? shape.end() : shape.begin() + 1, shape.end());
    if (!shape.empty() && product(rest) == size) {
        if (shape.front() == 0) throw InputError(spec.path + ": the file holds no sample");
        return {shape.front(), checked_note(spec, rest)};
    }
    if (product(shape) == size) return {1, checked_note(spec, shape)};
    throw InputError(spec.path + ": its samples have the shape " + shape_text(rest) +
                     " (the file: " + shape_text(shape) + ", " + std::to_string(product(shape)) +
                     " values), the model needs " + shape_text(spec.dims) + ", " + std::to_string(size) + " values");
}

class NpySet final : public SampleSet {
public:
    NpySet(const Spec& spec, io::NpyFile file)
        : path_(spec.path), file_(std::move(file)), values_(spec.values()), fit_(fit_of(spec, file_.shape())) {}
    int64_t count() const override { return fit_.count; }
    std::string note() const override { return fit_.note; }
    std::vector<float> sample(int64_t index) const override {
        if (index >= 0 && index < count()) return file_.values(index * values_, values_);
        throw InputError(path_ + ": there is no sample " + std::to_string(index) + " (it has " +
                         std::to_string(count()) + ", counted from 0)");
    }

private:
    std::string path_;
    io::NpyFile file_;
    int64_t values_;
    Fit fit_;
};

}  // namespace

int64_t Spec::values() const { return product(dims); }

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "[";
    for (const int64_t extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + "]";
}

SampleSetPointer open_npy(const Spec& spec) { return std::make_shared<NpySet>(spec, io::NpyFile(spec.path)); }

SampleSetPointer open_npy(const Spec& spec, std::vector<uint8_t> bytes) {
    return std::make_shared<NpySet>(spec, io::NpyFile(spec.path, std::move(bytes)));
}

}  // namespace dynbal::input
