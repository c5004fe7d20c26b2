#include "input/sample_set.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/npy.hpp"

namespace dynbal::input {
namespace {

namespace fs = std::filesystem;

std::vector<int64_t> without_ones(std::vector<int64_t> shape) {
    std::erase(shape, 1);
    return shape;
}

/// The classic mistake: as many values, as many dimensions, in another order.
void check_layout(const Spec& spec, const std::vector<int64_t>& shape) {
    const std::vector<int64_t> given = without_ones(shape);
    const std::vector<int64_t> wanted = without_ones(spec.dims);
    if (given.size() == wanted.size() && given != wanted) {
        throw InputError(spec.path + ": a sample has the shape " + shape_text(shape) + ", the model's input is " +
                         shape_text(spec.dims) + "; bring its dimensions into that order (channels first?)");
    }
}

int64_t product(const std::vector<int64_t>& dims) {
    int64_t size = 1;
    for (const int64_t extent : dims) size *= extent;
    return size;
}

class NpySet final : public SampleSet {
public:
    NpySet(const Spec& spec, io::NpyFile file)
        : path_(spec.path), file_(std::move(file)), values_(spec.values()), count_(samples_in(spec, file_.shape())) {}
    int64_t count() const override { return count_; }
    std::vector<float> sample(int64_t index) const override {
        if (index >= 0 && index < count_) return file_.values(index * values_, values_);
        throw InputError(path_ + ": there is no sample " + std::to_string(index) + " (it has " +
                         std::to_string(count_) + ", counted from 0)");
    }

private:
    std::string path_;
    io::NpyFile file_;
    int64_t values_, count_;
};

class MemorySet final : public SampleSet {
public:
    MemorySet(std::string path, Samples samples, int64_t values_each)
        : path_(std::move(path)), samples_(std::move(samples)), values_(values_each) {}
    int64_t count() const override { return samples_.count; }
    std::vector<float> sample(int64_t index) const override {
        if (index < 0 || index >= samples_.count) {
            throw InputError(path_ + ": there is no sample " + std::to_string(index) + " (it has " +
                             std::to_string(samples_.count) + ", counted from 0)");
        }
        const auto begin = samples_.values.begin() + index * values_;
        return {begin, begin + values_};
    }

private:
    std::string path_;
    Samples samples_;
    int64_t values_;
};

/// In small letters, with the point.
std::string extension_of(const std::string& path) {
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension;
}

Spec spec_of(const std::string& text, const std::vector<int64_t>& dims, const std::string& sound) {
    Spec spec{.path = text, .resize = "", .dims = dims, .sound = sound};
    constexpr std::string_view key = ",resize=";
    const size_t at = text.find(key);
    if (at == std::string::npos) return spec;
    spec.path = text.substr(0, at);
    spec.resize = text.substr(at + key.size());
    if (spec.resize != "stretch" && spec.resize != "crop") throw InputError(text + ": resize= is stretch or crop");
    return spec;
}

}  // namespace

int64_t Spec::values() const { return product(dims); }

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "[";
    for (const int64_t extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + "]";
}

std::optional<int64_t> take_index(std::string& spec) {
    const size_t at = spec.rfind('@');
    if (at == std::string::npos) return std::nullopt;
    const size_t end = std::min(spec.find(',', at), spec.size());
    const std::string digits = spec.substr(at + 1, end - at - 1);
    if (digits.find_first_of("./") != std::string::npos) return std::nullopt;
    int64_t index = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || last != digits.data() + digits.size() || index < 0) {
        throw InputError(spec + ": what follows '@' must be the number of a sample, from 0");
    }
    spec.erase(at, end - at);
    return index;
}

SampleSetPointer open_npy(const Spec& spec) { return std::make_shared<NpySet>(spec, io::NpyFile(spec.path)); }

SampleSetPointer open_npy(const Spec& spec, std::vector<uint8_t> bytes) {
    return std::make_shared<NpySet>(spec, io::NpyFile(spec.path, std::move(bytes)));
}

SampleSetPointer in_memory(std::string path, Samples samples, int64_t values_each) {
    return std::make_shared<MemorySet>(std::move(path), std::move(samples), values_each);
}

int64_t samples_in(const Spec& spec, const std::vector<int64_t>& shape) {
    const int64_t size = spec.values();
    if (!shape.empty()) {
        const std::vector<int64_t> rest(shape.begin() + 1, shape.end());
        if (product(rest) == size) {
            if (shape.front() == 0) throw InputError(spec.path + ": the file holds no sample");
            check_layout(spec, rest);
            return shape.front();
        }
    }
    if (product(shape) == size) {
        check_layout(spec, shape);
        return 1;
    }
    const std::vector<int64_t> rest(shape.empty() ? shape.end() : shape.begin() + 1, shape.end());
    throw InputError(spec.path + ": its samples have the shape " + shape_text(rest) +
                     " (the file: " + shape_text(shape) + ", " + std::to_string(product(shape)) +
                     " values), the model needs " + shape_text(spec.dims) + ", " + std::to_string(size) + " values");
}

std::shared_ptr<const SampleSet> open_samples(const std::string& text, const std::vector<int64_t>& dims,
                                              const std::string& sound) {
    const Spec spec = spec_of(text, dims, sound);
    if (fs::is_directory(spec.path)) return open_folder(spec);
    const std::string extension = extension_of(spec.path);
    if (extension == ".npz" || spec.path.find(".npz/") != std::string::npos) return open_npz(spec);
    if (extension == ".csv" || extension == ".tsv" || extension == ".txt") return open_table(spec);
    if (extension == ".png" || extension == ".jpg" || extension == ".jpeg") return open_picture(spec);
    if (extension == ".wav" || extension == ".flac" || extension == ".ogg") return open_sound(spec);
    return open_npy(spec);
}

}  // namespace dynbal::input
