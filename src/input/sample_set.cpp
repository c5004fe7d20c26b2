#include "input/sample_set.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::input {
namespace {

namespace fs = std::filesystem;

class MemorySet final : public SampleSet {
public:
    MemorySet(std::string path, Samples samples, int64_t values_each)
        : path_(std::move(path)), samples_(std::move(samples)), values_(values_each) {}
    int64_t count() const override { return samples_.count; }
    std::string note() const override { return samples_.note; }
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

constexpr std::array<std::string_view, 2> option_names{",resize=", ",columns="};

/// Where the last option begins; npos if there is none. Only the end of the text is one, and only if it is no part of a file's name.
size_t option_at(const std::string& text) {
    const size_t comma = text.rfind(',');
    std::error_code none;
    if (comma == std::string::npos || fs::exists(text, none)) return std::string::npos;
    const auto last = std::string_view(text).substr(comma);
    const bool is_option = last.find_first_of("/.@") == std::string_view::npos &&
                           std::any_of(option_names.begin(), option_names.end(),
                                       [&](std::string_view name) { return last.starts_with(name); });
    return is_option ? comma : std::string::npos;
}

/// `FILE,KEY=VALUE` where there is a FILE and no such KEY.
void check_option_known(const std::string& path) {
    std::error_code none;
    const size_t comma = path.rfind(',');
    if (comma == std::string::npos || fs::exists(file_of(path), none) || !fs::exists(path.substr(0, comma), none)) {
        return;
    }
    throw InputError(path + ": there is no such file, and behind " + path.substr(0, comma) +
                     " only ,resize=stretch or ,resize=crop (pictures) and ,columns=first or ,columns=last (tables) "
                     "are options");
}

Spec spec_of(const std::string& text, const std::vector<int64_t>& dims, const std::string& sound) {
    Spec spec{.path = text, .resize = "", .columns = "", .dims = dims, .sound = sound};
    for (size_t at = option_at(spec.path); at != std::string::npos; at = option_at(spec.path)) {
        const std::string value = spec.path.substr(spec.path.find('=', at) + 1);
        const bool is_resize = spec.path[at + 1] == 'r';
        spec.path.resize(at);
        std::string& option = is_resize ? spec.resize : spec.columns;
        if (!option.empty()) throw InputError(text + (is_resize ? ": resize=" : ": columns=") + " is given twice");
        option = value;
        if (is_resize && value != "stretch" && value != "crop") throw InputError(text + ": resize= is stretch or crop");
        if (!is_resize && value != "first" && value != "last") throw InputError(text + ": columns= is first or last");
    }
    check_option_known(spec.path);
    return spec;
}

/// Who wants one sample has taken `@INDEX` off.
void check_takes_all(const std::string& path) {
    std::error_code none;
    std::string file = path;
    if (fs::exists(path, none) || !take_index(file) || !fs::exists(file, none)) return;
    throw InputError(
        path + ": '@' chooses one sample, and here all are taken (evaluate: the first N with --limit N); give " + file);
}

std::string without_options(const std::string& spec) {
    std::string path = spec;
    for (size_t at = option_at(path); at != std::string::npos; at = option_at(path)) path.resize(at);
    return path;
}

/// Of a file whose name says nothing: it is an array or nothing that is known.
void check_is_array(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string start(512, '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<size_t>(file.gcount()));
    // What cannot be opened is told by who reads it.
    if (!file.is_open() || start.starts_with("\x93NUMPY")) return;
    const std::string kind = io::wrong_kind(start);
    if (!kind.empty()) throw InputError(path + ": " + kind);
    throw InputError(
        path + ": inputs are arrays (.npy, .npz), tables (.csv, .tsv, .txt), pictures (.png, .jpg), sounds " +
        "(.wav, .flac, .ogg) or folders of these; this file's name ends like none of them, and it is no array");
}

}  // namespace

std::optional<int64_t> take_index(std::string& spec) {
    const size_t end = without_options(spec).size();
    const size_t at = std::string_view(spec).substr(0, end).rfind('@');
    std::error_code none;
    if (at == std::string::npos || fs::exists(spec.substr(0, end), none)) return std::nullopt;
    const std::string digits = spec.substr(at + 1, end - at - 1);
    const bool is_fraction = !digits.empty() && digits.find_first_not_of(".0123456789") == std::string::npos;
    if (!is_fraction && digits.find_first_of("./") != std::string::npos) return std::nullopt;
    int64_t index = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || last != digits.data() + digits.size() || index < 0) {
        throw InputError(spec + ": what follows '@' must be the number of a sample, from 0");
    }
    spec.erase(at, end - at);
    return index;
}

SampleSetPointer in_memory(std::string path, Samples samples, int64_t values_each) {
    return std::make_shared<MemorySet>(std::move(path), std::move(samples), values_each);
}

std::string file_of(const std::string& spec) {
    std::string path = without_options(spec);
    std::error_code none;
    if (!fs::exists(path, none)) path.resize(std::min(path.rfind('@'), path.size()));
    if (fs::exists(path, none)) return path;
    const size_t archive = path.rfind(".npz/");
    return archive == std::string::npos ? path : path.substr(0, archive + 4);
}

std::shared_ptr<const SampleSet> open_samples(const std::string& text, const std::vector<int64_t>& dims,
                                              const std::string& sound) {
    const Spec spec = spec_of(text, dims, sound);
    check_takes_all(spec.path);
    std::error_code none;
    if (fs::is_directory(spec.path, none)) return open_folder(spec);
    const std::string extension = extension_of(spec.path);
    if (extension == ".npz" || spec.path.find(".npz/") != std::string::npos) return open_npz(spec);
    if (extension == ".csv" || extension == ".tsv" || extension == ".txt") return open_table(spec);
    if (extension == ".png" || extension == ".jpg" || extension == ".jpeg") return open_picture(spec);
    if (extension == ".wav" || extension == ".flac" || extension == ".ogg") return open_sound(spec);
    if (extension != ".npy") check_is_array(spec.path);
    return open_npy(spec);
}

}  // namespace dynbal::input
