#include "cli/arguments.hpp"

#include <fmt/format.h>

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
    command
        .add_option("--input", spec,
                    "FILE, or FILE@INDEX for one sample of many: .npy, .npz (FILE.npz/NAME), .csv, .png or .jpg "
                    "(,resize=stretch or ,resize=crop)")
        ->required();
}

void add_policy(CLI::App& command, std::string& name) {
    command
        .add_option("--policy", name,
                    "How tiles are chosen: fixed (the largest), paper (the DynBal paper's search) or best (the least "
                    "expected cost); under each, a power cycle without progress shrinks them")
        ->capture_default_str();
}

void add_supply(CLI::App& command, std::string& text) {
    command.add_option("--supply", text, "When the power fails; see `dynbal help supplies`")->capture_default_str();
}

std::unique_ptr<sim::Supply> read_supply(const Context& context, const std::string& text,
                                         const sim::DeviceProfile& profile) {
    auto supply = sim::parse_supply(text, profile);
    if (const power::TraceSummary* trace = supply->trace()) context.note(trace->text());
    return supply;
}

nlohmann::ordered_json trace_json(const power::TraceSummary* trace) {
    if (trace == nullptr) return nullptr;
    return {{"file", trace->file},           {"format", trace->format},         {"columns", trace->columns},
            {"samples", trace->samples},     {"duration_s", trace->duration_s}, {"mean_w", trace->mean_w},
            {"largest_w", trace->largest_w}, {"dark_share", trace->dark_share}, {"notes", trace->notes}};
}

void add_jobs(CLI::App& command, uint32_t& jobs) {
    command.add_option("--jobs", jobs, "Threads (default: one a core)")->check(CLI::Range(1U, 1024U));
}

void add_json(CLI::App& command, Context& context) {
    command.add_flag("--json", context.json, "Print JSON for machines");
}

void add_device(CLI::App& command, std::string& name_or_path, const std::string& otherwise) {
    command.add_option("--device", name_or_path,
                       fmt::format("What time and energy are those of: {}, or FILE.toml; without it {}",
                                   fmt::join(device::profile_names(), ", "), otherwise));
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
