#include "cli/arguments.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace dynbal::cli {

void ImageArguments::add_to(CLI::App& command, bool with_scale) {
    command.add_option("IMAGE", path, "Image made by `dynbal compile`")->required();
    if (with_scale) {
        command.add_option("--scale", scale, "Factor for raw input values (default: that of the compilation)");
    }
}

compiler::ImageFile ImageArguments::read() const { return compiler::read_image_file(path); }

float ImageArguments::scale_for(const compiler::ImageFile& file) const {
    return checked_scale(scale.value_or(file.host.input_scale));
}

float checked_scale(double scale) {
    const auto narrow = static_cast<float>(scale);
    if (std::isfinite(narrow) && narrow != 0.0F) return narrow;
    throw InputError("--scale: " + std::to_string(scale) + " is no usable factor; it must be finite and not zero");
}

void add_input(CLI::App& command, std::string& spec) {
    command.add_option("--input", spec, "FILE.npy, or FILE.npy@INDEX for one sample of many")->required();
}

void add_policy(CLI::App& command, std::string& name) {
    command.add_option("--policy", name, "fixed, paper or best")->capture_default_str();
}

void add_supply(CLI::App& command, std::string& text) {
    command.add_option("--supply", text, "When the power fails; see `dynbal help supplies`")->capture_default_str();
}

void add_jobs(CLI::App& command, uint32_t& jobs) {
    command.add_option("--jobs", jobs, "Threads (default: one a core)")->check(CLI::Range(1U, 1024U));
}

void add_json(CLI::App& command, Context& context) {
    command.add_flag("--json", context.json, "Print JSON for machines");
}

namespace {

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

std::vector<int16_t> read_input(const compiler::ImageFile& file, const std::string& spec, float scale) {
    std::vector<int64_t> shape;
    std::vector<float> values = io::read_sample(spec, file.header().input_values, &shape);
    check_layout(spec, shape, file.host.input_dims);
    for (float& value : values) value *= scale;
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

void add_device(CLI::App& command, std::string& name_or_path) {
    std::string names;
    for (const std::string& name : device::profile_names()) names += (names.empty() ? "" : ", ") + name;
    command.add_option("--device", name_or_path,
                       "What time and energy are those of: " + names +
                           ", or FILE.toml; without it the device that the image was compiled for");
}

sim::DeviceProfile profile_for(const compiler::ImageFile& file, const std::string& name_or_path) {
    return name_or_path.empty() ? profile_of(file) : device::load_profile(name_or_path);
}

const sim::DeviceProfile& profile_of(const compiler::ImageFile& file) {
    return sim::profile_by_name(file.host.device_name);
}

std::string grouped(uint64_t value) {
    std::string text = std::to_string(value);
    for (size_t place = text.size(); place > 3;) {
        place -= 3;
        text.insert(place, 1, ',');
    }
    return text;
}

std::string shell_word(const std::string& word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./:,@+=%").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted += "'";
}

}  // namespace dynbal::cli
